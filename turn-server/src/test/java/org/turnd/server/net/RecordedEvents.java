package org.turnd.server.net;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.turnd.server.engine.AllocationSummary;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;

/// Keeps what it is told.
final class RecordedEvents implements EngineEvents {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    List<String> lines() {
        return lines;
    }

    @Override
    public void onAllocated(AllocationSummary allocation, int lifetimeSeconds) {
        allocation
                .relayed()
                .forEach(
                        relayed -> lines.add("allocated " + allocation.username() + " " + relayed));
    }

    @Override
    public void onAllocationEnded(AllocationSummary allocation, EndReason reason) {
        lines.add("ended " + reason);
    }

    @Override
    public void onRefused(ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {
        lines.add("refused " + errorCode);
    }
}

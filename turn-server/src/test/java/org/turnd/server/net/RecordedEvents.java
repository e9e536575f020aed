package org.turnd.server.net;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Keeps what it is told.
final class RecordedEvents implements EngineEvents {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    List<String> lines() {
        return lines;
    }

    @Override
    public void onAllocated(
            ClientPath client, String username, TransportAddress relayed, int lifetimeSeconds) {
        lines.add("allocated " + username + " " + relayed);
    }

    @Override
    public void onAllocationEnded(
            ClientPath client,
            String username,
            EndReason reason,
            long bytesToPeers,
            long bytesToClient) {
        lines.add("ended " + reason);
    }

    @Override
    public void onRefused(ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {
        lines.add("refused " + errorCode);
    }
}

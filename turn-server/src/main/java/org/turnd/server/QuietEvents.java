package org.turnd.server;

import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// For embedders who are content with the counters.
final class QuietEvents implements EngineEvents {
    @Override
    public void onAllocated(
            ClientPath client, String username, TransportAddress relayed, int lifetimeSeconds) {}

    @Override
    public void onAllocationEnded(
            ClientPath client,
            String username,
            EndReason reason,
            long bytesToPeers,
            long bytesToClient) {}

    @Override
    public void onRefused(
            ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {}
}

package org.turnd.server.net;

import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Passes events on, and keeps the shard informed which of its connections have allocations.
final class MarkingEvents implements EngineEvents {
    private final EngineEvents next;
    private final Shard.AllocationMarker marker;

    MarkingEvents(EngineEvents next, Shard.AllocationMarker marker) {
        this.next = next;
        this.marker = marker;
    }

    @Override
    public void onAllocated(
            ClientPath client, String username, TransportAddress relayed, int lifetimeSeconds) {
        marker.mark(client, true);
        next.onAllocated(client, username, relayed, lifetimeSeconds);
    }

    @Override
    public void onClientLetIn(ClientPath client, String username) {
        marker.mark(client, true);
        next.onClientLetIn(client, username);
    }

    @Override
    public void onClientLeft(ClientPath client, String username) {
        marker.mark(client, false);
        next.onClientLeft(client, username);
    }

    @Override
    public void onAllocationEnded(
            ClientPath client,
            String username,
            EndReason reason,
            long bytesToPeers,
            long bytesToClient) {
        marker.mark(client, false);
        next.onAllocationEnded(client, username, reason, bytesToPeers, bytesToClient);
    }

    @Override
    public void onPermitted(ClientPath client, String username, TransportAddress peer) {
        next.onPermitted(client, username, peer);
    }

    @Override
    public void onPeerConnected(ClientPath client, String username, TransportAddress peer) {
        next.onPeerConnected(client, username, peer);
    }

    @Override
    public void onPeerConnectionEnded(
            ClientPath client,
            String username,
            TransportAddress peer,
            PeerConnectionEnd reason,
            long bytesToPeer,
            long bytesToClient) {
        next.onPeerConnectionEnded(client, username, peer, reason, bytesToPeer, bytesToClient);
    }

    @Override
    public void onRefused(ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {
        next.onRefused(client, method, errorCode, cause);
    }
}

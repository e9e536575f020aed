package org.turnd.server.net;

import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.AllocationSummary;
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
    public void onAllocated(AllocationSummary allocation, int lifetimeSeconds) {
        marker.mark(allocation.client(), true);
        next.onAllocated(allocation, lifetimeSeconds);
    }

    @Override
    public void onClientLetIn(AllocationSummary allocation) {
        marker.mark(allocation.client(), true);
        next.onClientLetIn(allocation);
    }

    @Override
    public void onClientLeft(AllocationSummary allocation) {
        marker.mark(allocation.client(), false);
        next.onClientLeft(allocation);
    }

    @Override
    public void onAllocationEnded(AllocationSummary allocation, EndReason reason) {
        marker.mark(allocation.client(), false);
        next.onAllocationEnded(allocation, reason);
    }

    @Override
    public void onRefreshed(AllocationSummary allocation, int lifetimeSeconds) {
        next.onRefreshed(allocation, lifetimeSeconds);
    }

    @Override
    public void onPermitted(AllocationSummary allocation, TransportAddress peer) {
        next.onPermitted(allocation, peer);
    }

    @Override
    public void onPeerConnected(AllocationSummary allocation, TransportAddress peer) {
        next.onPeerConnected(allocation, peer);
    }

    @Override
    public void onPeerConnectionEnded(
            AllocationSummary allocation,
            TransportAddress peer,
            PeerConnectionEnd reason,
            long bytesToPeer,
            long bytesToClient) {
        next.onPeerConnectionEnded(allocation, peer, reason, bytesToPeer, bytesToClient);
    }

    @Override
    public void onHandled(
            ClientPath client,
            StunMethod method,
            int errorCode,
            @Nullable RefusalCause cause,
            String realm,
            long arrivedNanos,
            long waitedNanos) {
        next.onHandled(client, method, errorCode, cause, realm, arrivedNanos, waitedNanos);
    }

    @Override
    public void onRefused(ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {
        next.onRefused(client, method, errorCode, cause);
    }
}

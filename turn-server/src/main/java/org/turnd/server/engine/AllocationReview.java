package org.turnd.server.engine;

/// Brings the allocations of a shard in line with rules that have changed since they were made.
///
/// A deny holds at once: permissions, channels and connections with a peer that may not be reached
/// any more end. Whose owner is no user any more, or has another key, is relayed on, and refused
/// when its client asks for more (401).
final class AllocationReview {
    /// Nothing is left to look at.
    static final int DONE = -1;

    /// Relays that are looked at before packets get their turn again.
    static final int RELAYS_AT_ONCE = 256;

    private final Allocations allocations;
    private final PeerConnections connections;
    private final ReachablePeers reachable;
    private final Realms realms;
    private final ChannelOffload offload;
    private final int shard;
    private final SharedState shared;
    private final EngineCounters counters;

    AllocationReview(
            Surroundings surroundings,
            Allocations allocations,
            PeerConnections connections,
            ReachablePeers reachable,
            Realms realms,
            ChannelOffload offload) {
        this.allocations = allocations;
        this.connections = connections;
        this.reachable = reachable;
        this.realms = realms;
        this.offload = offload;
        this.shard = surroundings.shard();
        this.shared = surroundings.shared();
        this.counters = surroundings.counters();
    }

    /// Looks at some relays from this id on, and returns the id to go on with, or [#DONE].
    int review(int from, long nowNanos) {
        int end = Math.min(allocations.relayIdsEnd(), from + RELAYS_AT_ONCE);
        for (int id = from; id < end; id++) {
            Relay relay = allocations.relay(id);
            if (relay != null) {
                review(relay, nowNanos);
            }
        }
        return end < allocations.relayIdsEnd() ? end : DONE;
    }

    private void review(Relay relay, long nowNanos) {
        Allocation allocation = relay.allocation;
        allocation.disowned = !realms.vouchFor(allocation.owner);
        if (allocation.pending == null) {
            allocation.bandwidth =
                    shared.bandwidthOf(
                            allocation.owner.realm().index(), allocation.username, shard, nowNanos);
        }
        int ended = relay.permissions.keep(reachable::permits, nowNanos);
        endChannels(relay);
        ended +=
                connections.closeDenied(
                        relay, peer -> !reachable.permitsConnection(peer), nowNanos);
        counters.add(Counter.PERMISSIONS_REVOKED, ended);
    }

    /// A channel is enough for data to pass, without a permission.
    private void endChannels(Relay relay) {
        Allocation allocation = relay.allocation;
        boolean[] anyDenied = new boolean[1];
        allocation.channels.forEach(channel -> {
            if (isDenied(channel, relay)) {
                anyDenied[0] = true;
                offload.onChannelClosed(allocation.client, relay.id, channel.number);
            }
        });
        if (anyDenied[0]) {
            allocation.channels.removeIf(channel -> isDenied(channel, relay));
        }
    }

    private boolean isDenied(ChannelBinding channel, Relay relay) {
        return channel.relay == relay
                && !reachable.permitsChannel(channel.peerHigh, channel.peerLow, channel.peerPort);
    }
}

package org.turnd.server.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// What operators see of a shard's allocations, and do to them. A shard may have many thousands and
/// relays for all of them meanwhile, so it shows them in slices. Engine's thread only.
public final class Sessions {
    /// There is no further slice.
    public static final int END = -1;

    private final Allocations allocations;

    Sessions(Allocations allocations) {
        this.allocations = allocations;
    }

    /// Shows the allocations of a slice: each that lives during the whole walk at least once, and,
    /// should one of its two relayed transport addresses expire meanwhile, twice.
    ///
    /// @param from 0, then what the slice before has returned
    /// @param count how many places to look at, at most; some hold no allocation
    /// @return where the next slice begins, or [#END]
    public int visit(int from, int count, long nowNanos, Visitor visitor) {
        int end = Math.min(from + count, allocations.relayIdsEnd());
        for (int id = from; id < end; id++) {
            Relay relay = allocations.relay(id);
            if (relay != null && isFirst(relay)) {
                visitor.visit(new Seen(relay.allocation, nowNanos));
            }
        }
        return end < allocations.relayIdsEnd() ? end : END;
    }

    private static boolean isFirst(Relay relay) {
        for (AddressFamily family : AddressFamily.values()) {
            Relay other = relay.allocation.relay(family);
            if (other != null && other.id < relay.id) {
                return false;
            }
        }
        return true;
    }

    /// Looks at an allocation.
    public interface Visitor {
        /// Looks at one. It is not to be used after the visit.
        void visit(Seen seen);
    }

    /// An allocation, pending or live, during a visit.
    public final class Seen {
        private final Allocation allocation;
        private final long nowNanos;

        private Seen(Allocation allocation, long nowNanos) {
            this.allocation = allocation;
            this.nowNanos = nowNanos;
        }

        public AllocationId id() {
            return allocation.id;
        }

        /// The realm of its user.
        public String realm() {
            return allocation.owner.realm().name();
        }

        /// What quotas and logs call its user.
        public String username() {
            return allocation.username;
        }

        /// What its user's key was made with, see [Credential#source].
        public @Nullable String source() {
            return allocation.owner.source();
        }

        /// Says whether its Allocate is answered.
        public boolean isLive() {
            return allocation.pending == null;
        }

        /// The time of the visit.
        public long nowNanos() {
            return nowNanos;
        }

        /// Ends it at once, with all it holds.
        public void end(EndReason reason) {
            allocations.end(allocation, reason, nowNanos);
        }

        /// Copies what is to be seen of it.
        public Session session() {
            List<TransportAddress> relayed = new ArrayList<>();
            int connections = 0;
            for (AddressFamily family : AddressFamily.values()) {
                Relay relay = allocation.relay(family);
                if (relay != null) {
                    relayed.add(relay.relayed);
                    connections += relay.connections.size();
                }
            }
            return new Session(
                    allocation.id,
                    realm(),
                    allocation.username,
                    allocation.owner.source(),
                    allocation.client.transport(),
                    allocation.client.listener(),
                    allocation.client.client(),
                    relayed,
                    allocation.relaysTcp,
                    allocation.isMobile(),
                    allocation.abandoned,
                    permissions().size(),
                    channels().size(),
                    connections,
                    Duration.ofNanos(nowNanos - allocation.createdNanos),
                    until(allocation.nextExpiryNanos()),
                    allocation.bytesToPeers,
                    allocation.bytesToClient,
                    allocation.packetsToPeers,
                    allocation.packetsToClient);
        }

        /// Copies all there is to be seen.
        public Session.Details details() {
            return new Session.Details(session(), permissions(), channels());
        }

        private List<Session.Permission> permissions() {
            List<Session.Permission> live = new ArrayList<>();
            for (AddressFamily family : AddressFamily.values()) {
                Relay relay = allocation.relay(family);
                if (relay != null) {
                    relay.permissions.forEachLive(
                            nowNanos,
                            (high, low, expiresNanos) ->
                                    live.add(
                                            new Session.Permission(
                                                    new TransportAddress(high, low, 0),
                                                    until(expiresNanos))));
                }
            }
            return live;
        }

        private List<Session.Channel> channels() {
            List<Session.Channel> live = new ArrayList<>();
            allocation.channels.forEach(channel -> {
                if (channel.isLive(nowNanos)) {
                    live.add(
                            new Session.Channel(
                                    channel.number,
                                    new TransportAddress(
                                            channel.peerHigh, channel.peerLow, channel.peerPort),
                                    until(channel.expiresNanos)));
                }
            });
            return live;
        }

        private Duration until(long nanos) {
            return Duration.ofNanos(Math.max(0, nanos - nowNanos));
        }
    }
}

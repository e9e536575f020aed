package org.turnd.server.policy;

import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.Bandwidth;
import org.turnd.server.engine.Counter;
import org.turnd.server.policy.TotalBandwidth.Share;
import org.turnd.server.policy.TotalBandwidth.Shares;

/// What one allocation may relay: within its own bound, its user's and the server's.
final class AllocationBandwidth implements Bandwidth {
    private final Way toPeers;
    private final Way toClients;

    /// @param own, user, total the bounds; null where there is none
    /// @param shard whose packets these are
    AllocationBandwidth(
            @Nullable TokenBuckets own,
            @Nullable TokenBuckets user,
            @Nullable TotalBandwidth total,
            int shard) {
        TokenBuckets whole = total == null ? null : total.buckets();
        Shares shares = total == null ? null : total.of(shard);
        toPeers =
                new Way(
                        own == null ? null : own.toPeers(),
                        user == null ? null : user.toPeers(),
                        whole == null ? null : whole.toPeers(),
                        shares == null ? null : shares.toPeers());
        toClients =
                new Way(
                        own == null ? null : own.toClients(),
                        user == null ? null : user.toClients(),
                        whole == null ? null : whole.toClients(),
                        shares == null ? null : shares.toClients());
    }

    @Override
    public @Nullable Counter takeToPeers(int length, long nowNanos) {
        return toPeers.take(length + HEADER_BYTES, nowNanos);
    }

    @Override
    public @Nullable Counter takeToClients(int length, long nowNanos) {
        return toClients.take(length + HEADER_BYTES, nowNanos);
    }

    @Override
    public long spendToPeers(int length, long nowNanos) {
        return toPeers.spend(length, nowNanos);
    }

    @Override
    public long spendToClients(int length, long nowNanos) {
        return toClients.spend(length, nowNanos);
    }

    /// One direction. An allocation relays packets, on its shard's thread alone, or streams, on
    /// any: so its own bucket needs no atomics for packets.
    private record Way(
            @Nullable TokenBucket own,
            @Nullable TokenBucket user,
            @Nullable TokenBucket total,
            @Nullable Share share) {

        /// Takes the bytes of a packet from all, or from none and says whose are used up.
        @Nullable Counter take(int bytes, long nowNanos) {
            if (own != null && !own.has(bytes, nowNanos)) {
                return Counter.DROPPED_ALLOCATION_BANDWIDTH;
            }
            if (user != null && !user.take(bytes, nowNanos)) {
                return Counter.DROPPED_USER_BANDWIDTH;
            }
            if (share != null && !share.take(bytes, nowNanos)) {
                if (user != null) {
                    user.giveBack(bytes);
                }
                return Counter.DROPPED_TOTAL_BANDWIDTH;
            }
            if (own != null) {
                own.takeAlone(bytes, nowNanos);
            }
            return null;
        }

        long spend(int bytes, long nowNanos) {
            long wait = own == null ? 0 : own.spend(bytes, nowNanos);
            if (user != null) {
                wait = Math.max(wait, user.spend(bytes, nowNanos));
            }
            return total == null ? wait : Math.max(wait, total.spend(bytes, nowNanos));
        }
    }
}

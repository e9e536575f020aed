package org.turnd.server.policy;

import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.Bandwidth;
import org.turnd.server.engine.Counter;
import org.turnd.server.policy.TotalBandwidth.Share;
import org.turnd.server.policy.TotalBandwidth.Shares;

/// What one allocation may relay: within its own bound, its user's, its realm's and the server's.
final class AllocationBandwidth implements Bandwidth {
    private final Way toPeers;
    private final Way toClients;

    /// @param own, user, realm, total the bounds; null where there is none
    /// @param shard whose packets these are
    AllocationBandwidth(
            @Nullable TokenBuckets own,
            @Nullable TokenBuckets user,
            @Nullable TotalBandwidth realm,
            @Nullable TotalBandwidth total,
            int shard) {
        Shares ofRealm = realm == null ? null : realm.of(shard);
        Shares ofTotal = total == null ? null : total.of(shard);
        toPeers =
                new Way(
                        own == null ? null : own.toPeers(),
                        user == null ? null : user.toPeers(),
                        ofRealm == null ? null : ofRealm.toPeers(),
                        ofTotal == null ? null : ofTotal.toPeers());
        toClients =
                new Way(
                        own == null ? null : own.toClients(),
                        user == null ? null : user.toClients(),
                        ofRealm == null ? null : ofRealm.toClients(),
                        ofTotal == null ? null : ofTotal.toClients());
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
            @Nullable Share realm,
            @Nullable Share total) {

        /// Takes the bytes of a packet from all, or from none and says whose are used up.
        @Nullable Counter take(int bytes, long nowNanos) {
            if (own != null && !own.has(bytes, nowNanos)) {
                return Counter.DROPPED_ALLOCATION_BANDWIDTH;
            }
            if (user != null && !user.take(bytes, nowNanos)) {
                return Counter.DROPPED_USER_BANDWIDTH;
            }
            if (realm != null && !realm.take(bytes, nowNanos)) {
                giveBack(user, bytes);
                return Counter.DROPPED_REALM_BANDWIDTH;
            }
            if (total != null && !total.take(bytes, nowNanos)) {
                giveBack(user, bytes);
                if (realm != null) {
                    realm.giveBack(bytes);
                }
                return Counter.DROPPED_TOTAL_BANDWIDTH;
            }
            if (own != null) {
                own.takeAlone(bytes, nowNanos);
            }
            return null;
        }

        private static void giveBack(@Nullable TokenBucket bucket, int bytes) {
            if (bucket != null) {
                bucket.giveBack(bytes);
            }
        }

        long spend(int bytes, long nowNanos) {
            long wait = own == null ? 0 : own.spend(bytes, nowNanos);
            if (user != null) {
                wait = Math.max(wait, user.spend(bytes, nowNanos));
            }
            if (realm != null) {
                wait = Math.max(wait, realm.bucket().spend(bytes, nowNanos));
            }
            return total == null ? wait : Math.max(wait, total.bucket().spend(bytes, nowNanos));
        }
    }
}

package org.turnd.server.policy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What the whole server, or one realm, may relay. Shards take it in slices, so that they don't
/// contend for every packet; streams, which bring more at once, take from the whole.
final class TotalBandwidth {
    private static final int SLICES_PER_SECOND = 1000;
    private static final int SLICE_BYTES_MIN = 2 << 10;
    private static final int SLICE_BYTES_MAX = 64 << 10;

    private final TokenBuckets buckets;
    private final int sliceBytes;
    private final ConcurrentHashMap<Integer, Shares> shards = new ConcurrentHashMap<>();

    /// @param bytesPerSecond each way, at least 1
    TotalBandwidth(int bytesPerSecond, long nowNanos) {
        buckets = new TokenBuckets(bytesPerSecond, nowNanos);
        sliceBytes =
                Math.clamp(bytesPerSecond / SLICES_PER_SECOND, SLICE_BYTES_MIN, SLICE_BYTES_MAX);
    }

    /// Returns what is kept in a place, made there when it is wanted and missing or of another
    /// rate; null for no bound.
    static @Nullable TotalBandwidth in(
            AtomicReference<@Nullable TotalBandwidth> place, int bytesPerSecond, long nowNanos) {
        while (bytesPerSecond > 0) {
            TotalBandwidth known = place.get();
            if (known != null && known.buckets.bytesPerSecond() == bytesPerSecond) {
                return known;
            }
            var fresh = new TotalBandwidth(bytesPerSecond, nowNanos);
            if (place.compareAndSet(known, fresh)) {
                return fresh;
            }
        }
        return null;
    }

    Shares of(int shard) {
        return shards.computeIfAbsent(
                shard,
                index ->
                        new Shares(
                                new Share(buckets.toPeers(), sliceBytes),
                                new Share(buckets.toClients(), sliceBytes)));
    }

    /// What one shard has taken, for each way.
    record Shares(Share toPeers, Share toClients) {}

    /// What one shard has taken and not used yet, one way. Belongs to the shard's thread.
    static final class Share {
        /// Alone in its cache line, between others that nobody uses.
        private static final int PADDING = 8;

        private final TokenBucket bucket;
        private final int sliceBytes;
        private final long[] left = new long[2 * PADDING + 1];

        Share(TokenBucket bucket, int sliceBytes) {
            this.bucket = bucket;
            this.sliceBytes = sliceBytes;
        }

        /// The bucket that the shares of all shards are of.
        TokenBucket bucket() {
            return bucket;
        }

        /// Gives back the bytes of a packet that doesn't go.
        void giveBack(int bytes) {
            left[PADDING] += bytes;
        }

        /// Takes the bytes of a packet if they are there.
        boolean take(int bytes, long nowNanos) {
            long rest = left[PADDING] - bytes;
            if (rest < 0) {
                int wanted = Math.max(bytes, sliceBytes);
                if (bucket.take(wanted, nowNanos)) {
                    rest += wanted;
                } else if (bucket.take((int) -rest, nowNanos)) {
                    rest = 0;
                } else {
                    return false;
                }
            }
            left[PADDING] = rest;
            return true;
        }
    }
}

package org.turnd.server.policy;

import java.util.concurrent.atomic.AtomicLong;
import org.turnd.server.engine.Bandwidth;

/// A token bucket for each way. It holds one second's worth, and is kept as the time when it will
/// be full again.
final class UserBandwidth implements Bandwidth {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final double nanosPerByte;
    private final AtomicLong toPeersNanos;
    private final AtomicLong toClientsNanos;

    /// @param bytesPerSecond at least 1
    /// @param nowNanos the bucket is full now
    UserBandwidth(long bytesPerSecond, long nowNanos) {
        nanosPerByte = (double) SECOND_NANOS / bytesPerSecond;
        toPeersNanos = new AtomicLong(nowNanos);
        toClientsNanos = new AtomicLong(nowNanos);
    }

    @Override
    public boolean takeToPeers(int length, long nowNanos) {
        return take(toPeersNanos, length, nowNanos);
    }

    @Override
    public boolean takeToClients(int length, long nowNanos) {
        return take(toClientsNanos, length, nowNanos);
    }

    @Override
    public long spendToPeers(int length, long nowNanos) {
        return spend(toPeersNanos, length, nowNanos);
    }

    @Override
    public long spendToClients(int length, long nowNanos) {
        return spend(toClientsNanos, length, nowNanos);
    }

    /// What was read can't be dropped any more: the bucket may owe it.
    private long spend(AtomicLong fullNanos, int length, long nowNanos) {
        long cost = (long) (length * nanosPerByte);
        while (true) {
            long full = fullNanos.get();
            long from = full - nowNanos > 0 ? full : nowNanos;
            if (fullNanos.compareAndSet(full, from + cost)) {
                return Math.max(0, from + cost - nowNanos - SECOND_NANOS);
            }
        }
    }

    private boolean take(AtomicLong fullNanos, int length, long nowNanos) {
        long cost = (long) ((length + HEADER_BYTES) * nanosPerByte);
        while (true) {
            long full = fullNanos.get();
            long from = full - nowNanos > 0 ? full : nowNanos;
            // What costs more than a second passes when the bucket is full.
            if (from != nowNanos && from - nowNanos + cost > SECOND_NANOS) {
                return false;
            }
            if (fullNanos.compareAndSet(full, from + cost)) {
                return true;
            }
        }
    }
}

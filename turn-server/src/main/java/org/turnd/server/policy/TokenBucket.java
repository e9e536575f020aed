package org.turnd.server.policy;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes a second in one direction, one second's worth of them at once. Kept as the time when the
/// bucket will be full again. Safe on every thread; neither locks nor allocates.
final class TokenBucket {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final double nanosPerByte;
    private final AtomicLong fullNanos;

    /// When a packet was refused last, or when the bucket was made.
    private volatile long refusedNanos;

    /// @param bytesPerSecond at least 1
    /// @param nowNanos the bucket is full now
    TokenBucket(long bytesPerSecond, long nowNanos) {
        nanosPerByte = (double) SECOND_NANOS / bytesPerSecond;
        fullNanos = new AtomicLong(nowNanos);
        refusedNanos = nowNanos - SECOND_NANOS;
    }

    /// Takes the bytes of a packet if they are there.
    boolean take(int bytes, long nowNanos) {
        long cost = cost(bytes);
        while (true) {
            long full = fullNanos.get();
            if (!holds(full, cost, nowNanos)) {
                refusedNanos = nowNanos;
                return false;
            }
            if (fullNanos.compareAndSet(full, later(full, nowNanos) + cost)) {
                return true;
            }
        }
    }

    /// Says whether the bytes of a packet are there.
    boolean has(int bytes, long nowNanos) {
        return holds(fullNanos.getPlain(), cost(bytes), nowNanos);
    }

    /// Takes bytes that it [#has]; while no other thread takes any.
    void takeAlone(int bytes, long nowNanos) {
        fullNanos.setOpaque(later(fullNanos.getPlain(), nowNanos) + cost(bytes));
    }

    /// Puts bytes back that weren't needed.
    void giveBack(int bytes) {
        fullNanos.addAndGet(-cost(bytes));
    }

    /// Takes bytes that a stream has brought already: the bucket may owe them. Returns how long the
    /// stream must rest, in nanoseconds: until the bucket owes nothing, and twice as long while
    /// packets are refused, because those can only take what is there.
    long spend(int bytes, long nowNanos) {
        long cost = cost(bytes);
        while (true) {
            long full = fullNanos.get();
            long from = later(full, nowNanos);
            if (fullNanos.compareAndSet(full, from + cost)) {
                long owed = Math.max(0, from + cost - nowNanos - SECOND_NANOS);
                return nowNanos - refusedNanos < SECOND_NANOS ? 2 * owed : owed;
            }
        }
    }

    private long cost(int bytes) {
        return (long) (bytes * nanosPerByte);
    }

    private static boolean holds(long full, long cost, long nowNanos) {
        long from = later(full, nowNanos);
        // What costs more than a second passes when the bucket is full.
        return from == nowNanos || from - nowNanos + cost <= SECOND_NANOS;
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }
}

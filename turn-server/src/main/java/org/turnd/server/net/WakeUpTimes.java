package org.turnd.server.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// How long the wake-ups of one event loop took, from its first input to its last system call:
/// whoever came meanwhile has waited that long. Written by the loop's thread alone, read by any.
///
/// Each bucket is twice as wide as the one before, so that finding one costs an instruction.
public final class WakeUpTimes {
    /// Buckets, the last without an upper bound.
    public static final int BUCKETS = 18;

    /// The upper bound of the first bucket is two to this power of nanoseconds, 16 us; that of the
    /// last but one is a second.
    private static final int FIRST_BITS = 14;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SUM = BUCKETS;

    private final long[] slots = new long[BUCKETS + 1];

    /// Counts a wake-up. The loop's thread only.
    public void add(long nanos) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, nanos - 1));
        add(Math.clamp(bits - FIRST_BITS, 0, BUCKETS - 1), 1);
        add(SUM, nanos);
    }

    private void add(int slot, long n) {
        SLOT.setOpaque(slots, slot, slots[slot] + n);
    }

    /// How many wake-ups fell into a bucket, and into no one before it.
    public long count(int bucket) {
        return (long) SLOT.getOpaque(slots, bucket);
    }

    /// How long all of them took.
    public long sumNanos() {
        return (long) SLOT.getOpaque(slots, SUM);
    }

    /// How long a wake-up of this bucket took at most, in seconds; infinity for the last.
    public static double upperSeconds(int bucket) {
        return bucket == BUCKETS - 1
                ? Double.POSITIVE_INFINITY
                : (1L << (FIRST_BITS + bucket)) / 1e9;
    }
}

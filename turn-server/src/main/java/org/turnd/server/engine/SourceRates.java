package org.turnd.server.engine;

/// Lets each source through so often a second, with a burst, in memory that doesn't grow (N-10).
///
/// A source is an IPv4 address or the first 64 bits of an IPv6 address. Sources whose hashes meet
/// share an allowance; the hash has a secret seed, so that nobody can choose with whom.
final class SourceRates {
    private static final int SLOTS = 4096;
    private static final int BURST_SECONDS = 4;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long seed;
    private final long intervalNanos;

    /// When the allowance of each slot is whole again; meaningless when that is further away than a
    /// whole burst, or in the past.
    private final long[] wholeNanos = new long[SLOTS];

    SourceRates(int perSecond, long seed) {
        this.seed = seed;
        intervalNanos = SECOND_NANOS / perSecond;
    }

    /// Says whether one more from this source is within its allowance, and takes it.
    boolean admits(long high, long low, long nowNanos) {
        int slot = Hash.of(seed, high, high == 0 ? low : 0, 0) & (SLOTS - 1);
        long ahead = wholeNanos[slot] - nowNanos;
        long burstNanos = BURST_SECONDS * SECOND_NANOS;
        long used = ahead < 0 || ahead > burstNanos ? 0 : ahead;
        if (used + intervalNanos > burstNanos) {
            return false;
        }
        wholeNanos[slot] = nowNanos + used + intervalNanos;
        return true;
    }
}

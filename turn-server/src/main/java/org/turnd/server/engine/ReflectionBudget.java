package org.turnd.server.engine;

/// Keeps this server from sending whom somebody else pretends to be much more than that somebody
/// has sent (S-07), in memory that doesn't grow: what strangers of one prefix sent, times a factor,
/// and an allowance.
///
/// A prefix is an IPv4 /24 or an IPv6 /56, what one site has: an attack on many of its addresses is
/// one on its line. Prefixes whose hashes meet share a budget; the hash has a secret seed, so that
/// nobody can choose with whom. Requests of users count for their neighbours, too.
final class ReflectionBudget {
    /// What a prefix gets beyond the factor at once, and again in each [#WHOLE_NANOS].
    static final int ALLOWANCE_BYTES = 64 << 10;

    static final long WHOLE_NANOS = 60 * 1_000_000_000L;

    private static final int SLOTS = 1 << 14;
    private static final long NANOS_PER_BYTE = WHOLE_NANOS / ALLOWANCE_BYTES;

    private int factor;
    private final long seed;

    /// What each slot has used of its allowance, and when that was.
    private final long[] used;

    private final long[] atNanos;

    /// @param factor bytes sent at most for each one received; 0 for no bound
    ReflectionBudget(int factor, long seed) {
        this.factor = factor;
        this.seed = seed;
        used = new long[SLOTS];
        atNanos = new long[SLOTS];
    }

    /// Goes by another factor from now on.
    void use(int nextFactor) {
        factor = nextFactor;
    }

    /// Counts a request.
    void received(long high, long low, int bytes, long nowNanos) {
        if (factor > 0) {
            int slot = slot(high, low);
            set(slot, used(slot, nowNanos) - (long) factor * bytes, nowNanos);
        }
    }

    /// Says whether an answer to somebody unknown may be sent, and counts it.
    boolean admits(long high, long low, int bytes, long nowNanos) {
        if (factor == 0) {
            return true;
        }
        int slot = slot(high, low);
        long after = used(slot, nowNanos) + bytes;
        if (after > ALLOWANCE_BYTES) {
            return false;
        }
        set(slot, after, nowNanos);
        return true;
    }

    private void set(int slot, long bytes, long nowNanos) {
        used[slot] = Math.max(0, bytes);
        atNanos[slot] = nowNanos;
    }

    private long used(int slot, long nowNanos) {
        return used[slot] == 0
                ? 0
                : Math.max(0, used[slot] - (nowNanos - atNanos[slot]) / NANOS_PER_BYTE);
    }

    private int slot(long high, long low) {
        return Hash.of(seed, high >>> 8, high == 0 ? low >>> 8 : 0, 0) & SLOTS - 1;
    }
}

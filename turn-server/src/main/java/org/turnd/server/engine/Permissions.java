package org.turnd.server.engine;

/// The permissions of one relayed transport address: peer IP addresses and when they expire (RFC
/// 8656 §9). Expiry is checked when looked at; no timer runs. Looking up allocates nothing.
final class Permissions {
    static final long LIFETIME_NANOS = 300 * 1_000_000_000L;

    /// Most clients have one or two permissions, and a server has many clients.
    private static final int INITIAL_SLOTS = 4;

    private static final Test EVERY = (high, low) -> true;

    private final long seed;
    private final int max;
    private long[] highs = new long[INITIAL_SLOTS];
    private long[] lows = new long[INITIAL_SLOTS];
    private long[] expiries = new long[INITIAL_SLOTS];
    private boolean[] used = new boolean[INITIAL_SLOTS];
    private int size;

    /// @param max permissions at most
    Permissions(long seed, int max) {
        this.seed = seed;
        this.max = max;
    }

    /// Says whether a permission for this IP address is live.
    boolean isLive(long high, long low, long nowNanos) {
        int slot = find(high, low);
        return used[slot] && expiries[slot] - nowNanos > 0;
    }

    /// Returns when the permission for this IP address expires; it must exist.
    long expiresNanos(long high, long low) {
        return expiries[find(high, low)];
    }

    /// Says whether so many more permissions fit, if need be after dropping those that have
    /// expired.
    boolean hasRoom(long added, long nowNanos) {
        if (max - size < added) {
            rebuild(used.length, nowNanos, EVERY);
        }
        return max - size >= added;
    }

    /// Installs or refreshes a permission for 300 s. The caller has seen to it that there is room.
    void install(long high, long low, long nowNanos) {
        int slot = find(high, low);
        if (!used[slot]) {
            if (size * 2 >= used.length) {
                rebuild(used.length * 2, nowNanos, EVERY);
                slot = find(high, low);
            }
            highs[slot] = high;
            lows[slot] = low;
            used[slot] = true;
            size++;
        }
        expiries[slot] = nowNanos + LIFETIME_NANOS;
    }

    /// Shows the permissions that are live.
    void forEachLive(long nowNanos, Visitor visitor) {
        for (int slot = 0; slot < used.length; slot++) {
            if (used[slot] && expiries[slot] - nowNanos > 0) {
                visitor.visit(highs[slot], lows[slot], expiries[slot]);
            }
        }
    }

    /// Looks at a permission.
    interface Visitor {
        void visit(long high, long low, long expiresNanos);
    }

    /// Drops the live permissions for addresses that fail a test, and returns how many those were.
    int keep(Test kept, long nowNanos) {
        int denied = 0;
        for (int i = 0; i < used.length; i++) {
            if (used[i] && expiries[i] - nowNanos > 0 && !kept.test(highs[i], lows[i])) {
                denied++;
            }
        }
        if (denied > 0) {
            rebuild(used.length, nowNanos, kept);
        }
        return denied;
    }

    /// Permissions, some of which may have expired.
    int size() {
        return size;
    }

    /// Says something of an IP address.
    interface Test {
        boolean test(long high, long low);
    }

    /// Returns the slot of this address, or the free slot where it would go.
    private int find(long high, long low) {
        int mask = used.length - 1;
        int slot = Hash.of(seed, high, low, 0) & mask;
        while (used[slot] && (lows[slot] != low || highs[slot] != high)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void rebuild(int slots, long nowNanos, Test kept) {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        long[] oldExpiries = expiries;
        boolean[] oldUsed = used;
        highs = new long[slots];
        lows = new long[slots];
        expiries = new long[slots];
        used = new boolean[slots];
        size = 0;
        for (int i = 0; i < oldUsed.length; i++) {
            if (oldUsed[i] && oldExpiries[i] - nowNanos > 0 && kept.test(oldHighs[i], oldLows[i])) {
                int slot = find(oldHighs[i], oldLows[i]);
                highs[slot] = oldHighs[i];
                lows[slot] = oldLows[i];
                expiries[slot] = oldExpiries[i];
                used[slot] = true;
                size++;
            }
        }
    }
}

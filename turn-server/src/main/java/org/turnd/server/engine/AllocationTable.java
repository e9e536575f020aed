package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;

/// UDP five-tuples to their allocations: open addressing with linear probing over primitive keys.
/// Looking up allocates nothing. The seed keeps clients from choosing addresses that collide.
final class AllocationTable {
    private static final int INITIAL_SLOTS = 64;

    private final long seed;
    private long[] highs = new long[INITIAL_SLOTS];
    private long[] lows = new long[INITIAL_SLOTS];
    private int[] ports = new int[INITIAL_SLOTS];
    private @Nullable Allocation[] values = new @Nullable Allocation[INITIAL_SLOTS];
    private int size;

    AllocationTable(long seed) {
        this.seed = seed;
    }

    int size() {
        return size;
    }

    @Nullable Allocation find(int listener, long high, long low, int port) {
        int key = portKey(listener, port);
        int mask = values.length - 1;
        int slot = Hash.of(seed, high, low, key) & mask;
        while (true) {
            Allocation allocation = values[slot];
            if (allocation == null
                    || (lows[slot] == low && ports[slot] == key && highs[slot] == high)) {
                return allocation;
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Adds an allocation whose five-tuple isn't in the table yet.
    void put(Allocation allocation) {
        if (size * 2 >= values.length) {
            grow();
        }
        insert(allocation);
        size++;
    }

    /// Removes an allocation that is in the table.
    void remove(Allocation allocation) {
        int mask = values.length - 1;
        int slot = homeOf(allocation);
        while (values[slot] != allocation) {
            slot = (slot + 1) & mask;
        }
        size--;
        // Backward shift: whoever probed past the hole moves into it.
        int hole = slot;
        while (true) {
            slot = (slot + 1) & mask;
            Allocation other = values[slot];
            if (other == null) {
                values[hole] = null;
                return;
            }
            int home = homeOf(other);
            if (((slot - home) & mask) >= ((slot - hole) & mask)) {
                highs[hole] = highs[slot];
                lows[hole] = lows[slot];
                ports[hole] = ports[slot];
                values[hole] = other;
                hole = slot;
            }
        }
    }

    private void insert(Allocation allocation) {
        int mask = values.length - 1;
        int slot = homeOf(allocation);
        while (values[slot] != null) {
            slot = (slot + 1) & mask;
        }
        ClientPath path = allocation.client;
        highs[slot] = path.client().high();
        lows[slot] = path.client().low();
        ports[slot] = portKey(path.listener(), path.client().port());
        values[slot] = allocation;
    }

    private void grow() {
        @Nullable Allocation[] old = values;
        int slots = old.length * 2;
        highs = new long[slots];
        lows = new long[slots];
        ports = new int[slots];
        values = new @Nullable Allocation[slots];
        for (Allocation allocation : old) {
            if (allocation != null) {
                insert(allocation);
            }
        }
    }

    private int homeOf(Allocation allocation) {
        ClientPath path = allocation.client;
        int key = portKey(path.listener(), path.client().port());
        return Hash.of(seed, path.client().high(), path.client().low(), key) & (values.length - 1);
    }

    private static int portKey(int listener, int port) {
        return listener << 16 | port;
    }
}

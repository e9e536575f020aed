package org.turnd.server.engine;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// UDP five-tuples to what is known of them: open addressing with linear probing over primitive
/// keys. Looking up allocates nothing. The seed keeps clients from choosing addresses that collide.
///
/// Not thread-safe.
public final class FiveTupleTable<V> {
    private static final int INITIAL_SLOTS = 64;

    private final long seed;
    private long[] highs = new long[INITIAL_SLOTS];
    private long[] lows = new long[INITIAL_SLOTS];
    private int[] ports = new int[INITIAL_SLOTS];
    private @Nullable Object[] values = new @Nullable Object[INITIAL_SLOTS];
    private int size;

    /// @param seed secret, and the shard's own
    public FiveTupleTable(long seed) {
        this.seed = seed;
    }

    /// Returns how many five-tuples are known.
    public int size() {
        return size;
    }

    /// Returns what is known of a five-tuple, or null.
    @SuppressWarnings("unchecked") // put takes nothing but V
    public @Nullable V find(int listener, long high, long low, int port) {
        return (V) values[slotOf(high, low, portKey(listener, port))];
    }

    /// As [#find(int, long, long, int)].
    public @Nullable V find(ClientPath path) {
        return find(
                path.listener(), path.client().high(), path.client().low(), path.client().port());
    }

    /// Adds a value for a five-tuple that has none yet.
    public void put(ClientPath path, V value) {
        if (size * 2 >= values.length) {
            rebuild(values.length * 2, all -> false);
        }
        insert(
                path.client().high(),
                path.client().low(),
                portKey(path.listener(), path.client().port()),
                value);
        size++;
    }

    /// Forgets every value that the condition holds for.
    void removeIf(Predicate<V> condition) {
        rebuild(values.length, condition);
    }

    /// Forgets a five-tuple, if it is known at all.
    public void remove(ClientPath path) {
        int mask = values.length - 1;
        int key = portKey(path.listener(), path.client().port());
        int slot = slotOf(path.client().high(), path.client().low(), key);
        if (values[slot] == null) {
            return;
        }
        size--;
        // Backward shift: whoever probed past the hole moves into it.
        int hole = slot;
        while (true) {
            slot = (slot + 1) & mask;
            if (values[slot] == null) {
                values[hole] = null;
                return;
            }
            int home = Hash.of(seed, highs[slot], lows[slot], ports[slot]) & mask;
            if (((slot - home) & mask) >= ((slot - hole) & mask)) {
                highs[hole] = highs[slot];
                lows[hole] = lows[slot];
                ports[hole] = ports[slot];
                values[hole] = values[slot];
                hole = slot;
            }
        }
    }

    /// Returns where a key stands, or the free slot where it would.
    private int slotOf(long high, long low, int key) {
        int mask = values.length - 1;
        int slot = Hash.of(seed, high, low, key) & mask;
        while (values[slot] != null
                && (lows[slot] != low || ports[slot] != key || highs[slot] != high)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void insert(long high, long low, int key, Object value) {
        int slot = slotOf(high, low, key);
        highs[slot] = high;
        lows[slot] = low;
        ports[slot] = key;
        values[slot] = value;
    }

    @SuppressWarnings("unchecked") // put takes nothing but V
    private void rebuild(int slots, Predicate<V> removed) {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        int[] oldPorts = ports;
        @Nullable Object[] old = values;
        highs = new long[slots];
        lows = new long[slots];
        ports = new int[slots];
        values = new @Nullable Object[slots];
        for (int slot = 0; slot < old.length; slot++) {
            Object value = old[slot];
            if (value != null && removed.test((V) value)) {
                size--;
            } else if (value != null) {
                insert(oldHighs[slot], oldLows[slot], oldPorts[slot], value);
            }
        }
    }

    private static int portKey(int listener, int port) {
        return listener << 16 | port;
    }
}

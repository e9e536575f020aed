package org.turnd.cli.bench;

import java.util.Arrays;

/// Which packets of a stream have come, by their sequence numbers from 0 on. Not thread-safe.
final class SequenceTracker {
    /// Of a packet that is later than this many others nobody knows whether it is a duplicate.
    static final int WINDOW = 4096;

    private final long[] seen = new long[WINDOW / Long.SIZE];
    private long highest = -1;

    /// What a packet is in its stream.
    enum Arrival {
        IN_ORDER,
        /// A later one came before.
        REORDERED,
        DUPLICATE
    }

    /// Notes a packet.
    Arrival arrived(long sequence) {
        if (sequence > highest) {
            forget(sequence);
            highest = sequence;
            mark(sequence);
            return Arrival.IN_ORDER;
        }
        if (highest - sequence >= WINDOW) {
            return Arrival.REORDERED;
        }
        if ((seen[word(sequence)] & 1L << sequence) != 0) {
            return Arrival.DUPLICATE;
        }
        mark(sequence);
        return Arrival.REORDERED;
    }

    private void forget(long sequence) {
        if (sequence - highest >= WINDOW) {
            Arrays.fill(seen, 0);
            return;
        }
        for (long between = highest + 1; between <= sequence; between++) {
            seen[word(between)] &= ~(1L << between);
        }
    }

    private void mark(long sequence) {
        seen[word(sequence)] |= 1L << sequence;
    }

    private static int word(long sequence) {
        return (int) (sequence % WINDOW) / Long.SIZE;
    }
}

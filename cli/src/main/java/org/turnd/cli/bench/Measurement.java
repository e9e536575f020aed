package org.turnd.cli.bench;

import org.HdrHistogram.Histogram;

/// What became of the packets of one round. For one thread.
final class Measurement {
    private static final long LATENCY_NANOS_MAX = 60_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final int round;
    private final SequenceTracker[] trackers;
    private final Histogram latencyNanos = new Histogram(LATENCY_NANOS_MAX, SIGNIFICANT_DIGITS);
    private long received;
    private long passed;
    private long duplicated;
    private long reordered;
    private long corrupted;
    private long misdelivered;
    private long stale;

    /// The counts at one moment.
    ///
    /// @param received packets that came to their destination, each once
    /// @param passed packets that were relayed on half their way, as an echo's at the peer
    /// @param duplicated came once more
    /// @param reordered came after a later one
    /// @param corrupted came with other bytes than sent
    /// @param misdelivered came to somebody else
    /// @param stale came when their round was over, and counted as lost there
    record Counts(
            long received,
            long passed,
            long duplicated,
            long reordered,
            long corrupted,
            long misdelivered,
            long stale) {
        /// Returns how many times the server relayed a packet.
        long relayed() {
            return received + passed + duplicated;
        }

        /// Returns how many of the packets sent never came.
        long lostOf(long sent) {
            return Math.max(0, sent - received);
        }
    }

    /// Makes an empty one.
    ///
    /// @param round packets of other rounds are not counted
    /// @param streams their number; streams are named 0 to `streams - 1`
    Measurement(int round, int streams) {
        this.round = round;
        this.trackers = new SequenceTracker[streams];
        for (int i = 0; i < streams; i++) {
            trackers[i] = new SequenceTracker();
        }
    }

    int round() {
        return round;
    }

    /// Notes a whole packet at its destination.
    ///
    /// @return false if it came before
    boolean arrived(int stream, long sequence, long latency) {
        switch (trackers[stream].arrived(sequence)) {
            case IN_ORDER -> {}
            case REORDERED -> reordered++;
            case DUPLICATE -> {
                duplicated++;
                return false;
            }
        }
        received++;
        latencyNanos.recordValue(Math.clamp(latency, 0, LATENCY_NANOS_MAX));
        return true;
    }

    void passed() {
        passed++;
    }

    void corrupted() {
        corrupted++;
    }

    void misdelivered() {
        misdelivered++;
    }

    void stale() {
        stale++;
    }

    Counts counts() {
        return new Counts(received, passed, duplicated, reordered, corrupted, misdelivered, stale);
    }

    /// Returns a copy of the latencies, in nanoseconds.
    Histogram latencies() {
        return latencyNanos.copy();
    }
}

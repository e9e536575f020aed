package org.turnd.cli.bench;

import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/// What became of the packets of one round. Thread-safe.
final class Measurement {
    private static final long LATENCY_NANOS_MAX = 60_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final int round;
    private final SequenceTracker[] trackers;
    private final AtomicLongArray receivedByStream;
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
        this.receivedByStream = new AtomicLongArray(streams);
    }

    int round() {
        return round;
    }

    /// Notes a whole packet at its destination.
    synchronized void arrived(int stream, long sequence, long latency) {
        switch (trackers[stream].arrived(sequence)) {
            case IN_ORDER -> {}
            case REORDERED -> reordered++;
            case DUPLICATE -> {
                duplicated++;
                return;
            }
        }
        received++;
        receivedByStream.setOpaque(stream, receivedByStream.getPlain(stream) + 1);
        latencyNanos.recordValue(Math.clamp(latency, 0, LATENCY_NANOS_MAX));
    }

    synchronized void passed() {
        passed++;
    }

    synchronized void corrupted() {
        corrupted++;
    }

    synchronized void misdelivered() {
        misdelivered++;
    }

    synchronized void stale() {
        stale++;
    }

    /// Returns how many packets of a stream came so far. Without a lock.
    long received(int stream) {
        return receivedByStream.getOpaque(stream);
    }

    synchronized Counts counts() {
        return new Counts(received, passed, duplicated, reordered, corrupted, misdelivered, stale);
    }

    /// Returns a copy of the latencies, in nanoseconds.
    synchronized Histogram latencies() {
        return latencyNanos.copy();
    }
}

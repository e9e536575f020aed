package org.turnd.cli.bench;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/// Sends packets on all streams in turn, on the caller's thread.
final class Load {
    /// As fast as goes, with a bounded number of packets under way.
    static final double UNLIMITED = Double.POSITIVE_INFINITY;

    /// Packets under way in all streams together when there is no rate.
    static final int UNDER_WAY_MAX = 1024;

    private static final long PAUSE_NANOS_MIN = 20_000;
    private static final long GIVEN_UP_NANOS = 20_000_000;

    private final PacketStream[] streams;
    private final int burst;
    private int next;

    /// What was sent.
    ///
    /// @param packets given to the operating system
    /// @param forfeited due, but the sender was too slow
    /// @param nanos how long it took
    record Sent(long packets, long forfeited, long nanos) {
        double packetsPerSecond() {
            return packets * 1e9 / Math.max(1, nanos);
        }
    }

    Load(PacketStream[] streams, int burst) {
        this.streams = streams.clone();
        this.burst = burst;
    }

    /// Sends for a time.
    ///
    /// @param packetsPerSecond in all streams together, or [#UNLIMITED]
    Sent run(double packetsPerSecond, long durationNanos, Measurement measurement)
            throws IOException {
        for (var stream : streams) {
            stream.restart();
        }
        return packetsPerSecond == UNLIMITED
                ? unlimited(durationNanos, measurement)
                : paced(packetsPerSecond, durationNanos, measurement.round());
    }

    private Sent paced(double rate, long durationNanos, int round) throws IOException {
        long start = System.nanoTime();
        long end = start + durationNanos;
        var pacer = new Pacer(rate, burst, start);
        long sent = 0;
        long refused = 0;
        long now = start;
        while (now < end) {
            for (int due = pacer.take(now); due > 0; due--) {
                int gone = sendBurst(round);
                sent += gone;
                refused += burst - gone;
            }
            now = System.nanoTime();
            long wait = Math.min(pacer.nextNanos(), end) - now;
            if (wait > PAUSE_NANOS_MIN) {
                LockSupport.parkNanos(wait);
                now = System.nanoTime();
            }
        }
        return new Sent(sent, pacer.forfeited() + refused, now - start);
    }

    private Sent unlimited(long durationNanos, Measurement measurement) throws IOException {
        int window = Math.max(burst, UNDER_WAY_MAX / streams.length);
        var givenUp = new long[streams.length];
        long start = System.nanoTime();
        long end = start + durationNanos;
        long lastProgress = start;
        long sent = 0;
        long now = start;
        while (now < end) {
            int gone = 0;
            for (int i = 0; i < streams.length; i++) {
                if (underWay(next, measurement) - givenUp[next] + burst <= window) {
                    gone += sendBurst(measurement.round());
                } else {
                    next = (next + 1) % streams.length;
                }
            }
            sent += gone;
            now = System.nanoTime();
            if (gone > 0) {
                lastProgress = now;
            } else if (now - lastProgress > GIVEN_UP_NANOS) {
                // What has not come by now was lost, and must not keep others waiting.
                for (int i = 0; i < streams.length; i++) {
                    givenUp[i] = underWay(i, measurement);
                }
            } else {
                LockSupport.parkNanos(PAUSE_NANOS_MIN);
            }
        }
        return new Sent(sent, 0, now - start);
    }

    private long underWay(int stream, Measurement measurement) {
        return streams[stream].sent() - measurement.received(stream);
    }

    private int sendBurst(int round) throws IOException {
        var stream = streams[next];
        next = (next + 1) % streams.length;
        int gone = 0;
        while (gone < burst && stream.send(round)) {
            gone++;
        }
        return gone;
    }
}

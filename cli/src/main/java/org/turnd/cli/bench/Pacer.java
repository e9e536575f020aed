package org.turnd.cli.bench;

/// When packets are due at a fixed rate: by absolute deadlines, so that what was late once does not
/// make everything later. Whole bursts only. A sender that is too slow forfeits packets rather than
/// sending them in one heap.
final class Pacer {
    /// How far a sender may be behind and still catch up.
    static final long LAG_NANOS_MAX = 20_000_000;

    private static final double NANOS_PER_SECOND = 1e9;

    private final double burstsPerNano;
    private final double nanosPerBurst;
    private final int burst;
    private long startNanos;
    private long bursts;
    private long forfeited;

    /// Makes a pacer that begins now.
    ///
    /// @param packetsPerSecond above 0
    /// @param burst packets that are due together, 1 or more
    Pacer(double packetsPerSecond, int burst, long nowNanos) {
        this.burstsPerNano = packetsPerSecond / burst / NANOS_PER_SECOND;
        this.nanosPerBurst = 1 / burstsPerNano;
        this.burst = burst;
        this.startNanos = nowNanos;
    }

    /// Gives up what is too late.
    void forfeit(long nowNanos) {
        long late = nowNanos - nextNanos() - LAG_NANOS_MAX;
        if (late > 0) {
            forfeited += ((long) (late * burstsPerNano)) * burst;
            startNanos += late;
        }
    }

    /// Takes the next burst; the one after it is the next now.
    void advance() {
        bursts++;
    }

    /// Returns when the next burst is due.
    long nextNanos() {
        return startNanos + (long) Math.ceil(bursts * nanosPerBurst);
    }

    /// Returns how many packets were due and are never sent, because the sender was too slow.
    long forfeited() {
        return forfeited;
    }
}

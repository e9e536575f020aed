package org.turnd.cli.bench;

import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What one round of packets came to.
///
/// @param askedPerSecond the rate asked for, infinite for as fast as goes
/// @param latencyNanos of packets that came
/// @param serverCpuNanos null if the server's process is not known
/// @param ownCpu CPU time of the bench itself in the same time
record Round(
        double askedPerSecond,
        Load.Sent sent,
        Measurement.Counts counts,
        Histogram latencyNanos,
        @Nullable Long serverCpuNanos,
        Duration ownCpu) {
    private static final double AS_ASKED = 0.98;
    private static final double BUSY = 0.85;

    double lossPercent() {
        return sent.packets() == 0 ? 0 : 100.0 * counts.lostOf(sent.packets()) / sent.packets();
    }

    boolean isSentAsAsked() {
        return Double.isInfinite(askedPerSecond)
                || sent.packetsPerSecond() >= AS_ASKED * askedPerSecond;
    }

    // Waiting for the last packets costs next to nothing, and would make a busy server look idle.
    double serverCores() {
        return serverCpuNanos == null ? Double.NaN : serverCpuNanos / (double) sent.nanos();
    }

    double ownCores() {
        return ownCpu.toNanos() / (double) sent.nanos();
    }

    /// Tells whether the figures say more of the bench than of the server: it did not send what it
    /// was asked for, or went as fast as it could and the server was not busy.
    boolean isLimitedByBench() {
        return !isSentAsAsked() || (Double.isInfinite(askedPerSecond) && isServerIdle());
    }

    private boolean isServerIdle() {
        return serverCpuNanos != null && serverCores() < BUSY;
    }

    boolean isGood() {
        return counts.corrupted() == 0 && counts.misdelivered() == 0 && counts.received() > 0;
    }
}

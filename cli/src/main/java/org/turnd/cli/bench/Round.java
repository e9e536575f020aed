package org.turnd.cli.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What one round of packets came to.
///
/// @param askedPerSecond the rate asked for, infinite for as fast as goes
/// @param latencyNanos of packets that came
/// @param serverCpuNanos null if the server's process is not known
/// @param ownCpu CPU time of the bench itself in the same time
/// @param control how control requests fared meanwhile, null if none were sent
/// @param timeline what happened in each half second
record Round(
        double askedPerSecond,
        Load.Sent sent,
        Measurement.Counts counts,
        Histogram latencyNanos,
        @Nullable Long serverCpuNanos,
        Duration ownCpu,
        ControlProbe.@Nullable Outcome control,
        List<Sample> timeline) {
    /// A part of a round.
    ///
    /// @param seconds its end, since the round's beginning
    /// @param serverCores NaN if the server's process is not known
    record Sample(double seconds, double receivedPerSecond, double serverCores) {
        Map<String, Object> figures() {
            return Double.isNaN(serverCores)
                    ? Map.of("seconds", seconds, "receivedPerSecond", receivedPerSecond)
                    : Map.of(
                            "seconds",
                            seconds,
                            "receivedPerSecond",
                            receivedPerSecond,
                            "serverCores",
                            serverCores);
        }
    }

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

    /// Returns microseconds of the server's CPU time a packet relayed, NaN if they are not known.
    double serverCpuMicrosPerPacket() {
        return serverCpuNanos == null || counts.relayed() == 0
                ? Double.NaN
                : serverCpuNanos / 1e3 / counts.relayed();
    }

    double receivedPerSecond() {
        return counts.received() * 1e9 / sent.nanos();
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

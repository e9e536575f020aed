package org.turnd.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoundTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void saysWhoWasTheBottleneck() {
        assertFalse(round(1_000, 990, 990, SECOND / 10).isLimitedByBench());
        assertTrue(round(1_000, 900, 900, SECOND / 10).isLimitedByBench());
        assertTrue(round(Load.UNLIMITED, 900, 900, SECOND / 2).isLimitedByBench());
        assertFalse(round(Load.UNLIMITED, 900, 900, SECOND * 9 / 10).isLimitedByBench());
        assertFalse(round(Load.UNLIMITED, 900, 900, null).isLimitedByBench());
    }

    @Test
    void lossIsWhatWasSentAndDidNotCome() {
        var round = round(1_000, 1_000, 980, null);
        assertEquals(2.0, round.lossPercent(), 1e-9);
        assertTrue(TrafficRun.isWithin(round, 2.5));
        assertFalse(TrafficRun.isWithin(round, 1.5));
        assertFalse(TrafficRun.isWithin(round(1_000, 500, 500, null), 50));
        assertFalse(TrafficRun.isWithin(round(1_000, 1_000, 0, null), 100));
    }

    @Test
    void corruptionMisdeliveryAndSilenceAreFailures() {
        assertTrue(round(1_000, 1_000, 500, null).isGood());
        assertFalse(round(1_000, 1_000, 0, null).isGood());
        assertFalse(of(1_000, 1_000, new Measurement.Counts(9, 0, 0, 0, 1, 0, 0), null).isGood());
        assertFalse(of(1_000, 1_000, new Measurement.Counts(9, 0, 0, 0, 0, 1, 0), null).isGood());
    }

    private static Round round(
            double asked, long sent, long received, @Nullable Long serverCpuNanos) {
        var counts = new Measurement.Counts(received, 0, 0, 0, 0, 0, 0);
        return of(asked, sent, counts, serverCpuNanos);
    }

    private static Round of(
            double asked, long sent, Measurement.Counts counts, @Nullable Long serverCpuNanos) {
        return new Round(
                asked,
                new Load.Sent(sent, 0, SECOND),
                counts,
                new Histogram(3),
                serverCpuNanos,
                Duration.ZERO,
                null,
                List.of());
    }
}

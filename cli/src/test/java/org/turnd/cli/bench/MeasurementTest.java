package org.turnd.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    private final Measurement measurement = new Measurement(1, 2);

    @Test
    void countsEachPacketOnce() {
        arrive(0, 0, 1, 2, 3);
        arrive(1, 0, 1);
        assertEquals(new Measurement.Counts(6, 0, 0, 0, 0, 0, 0), measurement.counts());
        assertEquals(0, measurement.counts().lostOf(6));
    }

    @Test
    void whatNeverComesIsLost() {
        arrive(0, 0, 1, 4);
        assertEquals(2, measurement.counts().lostOf(5));
        assertEquals(0, measurement.counts().reordered());
    }

    @Test
    void aDuplicateMakesUpForNothingLost() {
        arrive(0, 0, 2, 2, 0);
        assertEquals(2, measurement.counts().duplicated());
        assertEquals(2, measurement.counts().received());
        assertEquals(1, measurement.counts().lostOf(3));
        assertEquals(4, measurement.counts().relayed());
    }

    @Test
    void aPacketBehindALaterOneIsReorderedAndNotLost() {
        arrive(0, 0, 2, 1, 3);
        assertEquals(1, measurement.counts().reordered());
        assertEquals(0, measurement.counts().lostOf(4));
    }

    @Test
    void theWindowOfSequenceNumbersMovesOn() {
        var tracker = new SequenceTracker();
        var reordered = new ArrayList<Long>();
        for (long sequence = 0; sequence < 3L * SequenceTracker.WINDOW; sequence += 2) {
            if (tracker.arrived(sequence) != SequenceTracker.Arrival.IN_ORDER) {
                reordered.add(sequence);
            }
        }
        assertEquals(List.of(), reordered);
        long highest = 3L * SequenceTracker.WINDOW - 2;
        assertEquals(SequenceTracker.Arrival.DUPLICATE, tracker.arrived(highest - 100));
        assertEquals(SequenceTracker.Arrival.REORDERED, tracker.arrived(highest - 101));
        assertEquals(SequenceTracker.Arrival.DUPLICATE, tracker.arrived(highest - 101));
        long far = highest + 10L * SequenceTracker.WINDOW;
        assertEquals(SequenceTracker.Arrival.IN_ORDER, tracker.arrived(far));
        assertEquals(SequenceTracker.Arrival.REORDERED, tracker.arrived(far - 1));
    }

    @Test
    void latenciesAreKeptForPercentiles() {
        for (int i = 0; i < 1_000; i++) {
            measurement.arrived(0, i, (i + 1) * 1_000L);
        }
        var latencies = measurement.latencies();
        assertEquals(500_000, (double) latencies.getValueAtPercentile(50), 1_000);
        assertEquals(990_000, (double) latencies.getValueAtPercentile(99), 2_000);
        assertEquals(1_000_000, (double) latencies.getMaxValue(), 1_000);
    }

    private void arrive(int stream, long... sequences) {
        for (long sequence : sequences) {
            measurement.arrived(stream, sequence, 1_000);
        }
    }
}

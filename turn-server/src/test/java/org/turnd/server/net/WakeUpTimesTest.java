package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WakeUpTimesTest {
    @ParameterizedTest
    @CsvSource({
        "-1, 0",
        "0, 0",
        "1, 0",
        "16383, 0",
        "16384, 0",
        "16385, 1",
        "32768, 1",
        "32769, 2",
        "1073741824, 16",
        "1073741825, 17",
        "9223372036854775807, 17"
    })
    void countsInTheBucketThatHoldsTheTime(long nanos, int bucket) {
        var times = new WakeUpTimes();

        times.add(nanos);

        for (int i = 0; i < WakeUpTimes.BUCKETS; i++) {
            assertEquals(i == bucket ? 1 : 0, times.count(i), "bucket " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 16})
    void theBoundIsTheLastTimeOfItsBucket(int bucket) {
        var times = new WakeUpTimes();
        long nanos = Math.round(WakeUpTimes.upperSeconds(bucket) * 1e9);

        times.add(nanos);
        times.add(nanos + 1);

        assertEquals(1, times.count(bucket));
        assertEquals(1, times.count(bucket + 1));
        assertEquals(2 * nanos + 1, times.sumNanos());
        assertTrue(Double.isInfinite(WakeUpTimes.upperSeconds(WakeUpTimes.BUCKETS - 1)));
    }
}

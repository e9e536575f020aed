package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Coalescing")
class CoalescingTest {
    private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

    private final List<Long> sleeps = new ArrayList<>();
    private final Coalescing coalescing = new Coalescing(sleeps::add, INTERVAL);
    private final long start = System.nanoTime();

    @Test
    @DisplayName("waits out the interval after a wake-up that came soon and found little")
    void waits() {
        wakeUp(start, 1);
        assertEquals(List.of(), sleeps, "the first");
        wakeUp(start, Coalescing.ENOUGH_MESSAGES - 1);
        assertEquals(1, sleeps.size());
        assertTrue(sleeps.getFirst() > 0 && sleeps.getFirst() <= INTERVAL, sleeps::toString);
    }

    @Test
    @DisplayName("goes on at once after a full wake-up")
    void goesOnWhenFull() {
        wakeUp(start, 1);
        wakeUp(start, Coalescing.ENOUGH_MESSAGES);
        assertEquals(List.of(), sleeps);
    }

    @Test
    @DisplayName("goes on at once when the last wake-up is long ago")
    void goesOnWhenRare() {
        wakeUp(start, 1);
        wakeUp(start + INTERVAL, 1);
        assertEquals(List.of(), sleeps);
    }

    @Test
    @DisplayName("goes on at once when the interval has passed meanwhile")
    void goesOnWhenLate() {
        wakeUp(start - INTERVAL, 1);
        wakeUp(start - INTERVAL, 1);
        assertEquals(List.of(), sleeps);
    }

    @Test
    @DisplayName("never waits with an interval of 0")
    void isSwitchedOff() {
        var off = new Coalescing(sleeps::add, 0);
        off.endWakeUp(start);
        off.endWakeUp(start);
        assertEquals(List.of(), sleeps);
    }

    private void wakeUp(long nowNanos, int messages) {
        for (int i = 0; i < messages; i++) {
            coalescing.count();
        }
        coalescing.endWakeUp(nowNanos);
    }
}

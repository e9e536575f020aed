package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The wheel against a list that is searched from end to end.
class TimerWheelTest {
    private static final long SECOND = TimerWheel.TICK_NANOS;
    private static final long HOUR = 3600 * SECOND;

    private static final class Bell extends TimerWheel.Timer {}

    /// @param earliestTick no wheel may ring before this, and no later than on it
    private record Planned(long earliestTick) {}

    private final TimerWheel wheel = new TimerWheel();
    private final Map<Bell, Planned> planned = new HashMap<>();
    private long nowNanos;

    private static long tickOf(long nanos) {
        return Math.floorDiv(nanos, SECOND);
    }

    private static long tickAfter(long nanos) {
        return -Math.floorDiv(-nanos, SECOND);
    }

    private void schedule(Bell bell, long deadlineNanos) {
        wheel.schedule(bell, deadlineNanos, nowNanos);
        planned.put(bell, new Planned(Math.max(tickAfter(deadlineNanos), tickOf(nowNanos) + 1)));
    }

    private void cancel(Bell bell) {
        wheel.cancel(bell);
        planned.remove(bell);
    }

    /// Rings what is due and checks it. What rings now and then schedules or cancels another.
    private int advance(long nanos, List<Bell> bells, SplittableRandom random) {
        nowNanos += nanos;
        int[] rung = {0};
        wheel.advance(
                nowNanos,
                timer -> {
                    rung[0]++;
                    Planned plan = planned.remove((Bell) timer);
                    if (plan == null) {
                        throw new AssertionError("rang though it was cancelled or had rung");
                    }
                    assertTrue(plan.earliestTick <= tickOf(nowNanos), "rang too early");
                    if (random.nextInt(4) == 0) {
                        schedule((Bell) timer, nowNanos + random.nextLong(2 * HOUR));
                    }
                    if (random.nextInt(4) == 0) {
                        cancel(bells.get(random.nextInt(bells.size())));
                    }
                });
        planned.forEach((bell, plan) -> assertTrue(plan.earliestTick > tickOf(nowNanos), "late"));
        return rung[0];
    }

    private void assertDeadlineIsEarlyEnough() {
        long next = wheel.nextDeadlineNanos();
        long earliest =
                planned.values().stream()
                        .mapToLong(Planned::earliestTick)
                        .min()
                        .orElse(Long.MAX_VALUE);
        if (earliest == Long.MAX_VALUE) {
            assertEquals(Long.MAX_VALUE, next);
        } else {
            assertTrue(next <= earliest * SECOND, "the deadline is past a bell");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void ringsWhatTheModelRings(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        nowNanos = random.nextLong(-2 * HOUR, 2 * HOUR);
        List<Bell> bells = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            bells.add(new Bell());
        }
        int rung = 0;
        for (int step = 0; step < 4000; step++) {
            Bell bell = bells.get(random.nextInt(bells.size()));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> schedule(bell, nowNanos + random.nextLong(-SECOND, 20 * SECOND));
                case 3 -> schedule(bell, nowNanos + random.nextLong(3 * HOUR));
                case 4 -> cancel(bell);
                case 5, 6 -> rung += advance(random.nextLong(2 * SECOND), bells, random);
                default -> rung += advance(jump(random), bells, random);
            }
            assertDeadlineIsEarlyEnough();
        }
        assertTrue(rung > 500, "only " + rung + " rang");
    }

    /// Mostly nothing, now and then more than the wheel's whole round.
    private static long jump(SplittableRandom random) {
        return random.nextInt(20) == 0 ? random.nextLong(20 * HOUR) : random.nextLong(SECOND);
    }

    @Test
    void ringsEverythingWhenOnlyCalledAtItsOwnDeadlines() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 500; i++) {
            schedule(new Bell(), random.nextLong(10 * HOUR));
        }
        int calls = 0;
        while (!planned.isEmpty()) {
            long next = wheel.nextDeadlineNanos();
            assertTrue(next > nowNanos, "the deadline goes forward");
            nowNanos = next;
            wheel.advance(nowNanos, timer -> planned.remove((Bell) timer));
            assertTrue(++calls <= 5000, "too many calls");
        }
        assertEquals(Long.MAX_VALUE, wheel.nextDeadlineNanos());
    }

    @Test
    void ringsOnTheTickOfTheDeadlineAndNotBefore() {
        Bell bell = new Bell();
        schedule(bell, 5 * SECOND);
        List<TimerWheel.Timer> rung = new ArrayList<>();
        wheel.advance(5 * SECOND - 1, rung::add);
        assertEquals(List.of(), rung);
        assertEquals(5 * SECOND, wheel.nextDeadlineNanos());
        wheel.advance(5 * SECOND, rung::add);
        assertEquals(List.of(bell), rung);
    }

    @Test
    void ringsLateDeadlinesOnTheNextTick() {
        Bell bell = new Bell();
        wheel.schedule(bell, -HOUR, 0);
        List<TimerWheel.Timer> rung = new ArrayList<>();
        wheel.advance(SECOND, rung::add);
        assertEquals(List.of(bell), rung);
    }

    @Test
    void movesATimerThatIsScheduledAgain() {
        Bell bell = new Bell();
        schedule(bell, 5 * SECOND);
        schedule(bell, 9 * SECOND);
        List<TimerWheel.Timer> rung = new ArrayList<>();
        wheel.advance(8 * SECOND, rung::add);
        assertEquals(List.of(), rung);
        wheel.advance(9 * SECOND, rung::add);
        wheel.advance(2 * HOUR, rung::add);
        assertEquals(List.of(bell), rung);
    }
}

package org.turnd.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long MILLISECOND = 1_000_000;

    @Test
    void theFirstBurstIsDueAtOnceAndTheNextAfterItsShareOfTheSecond() {
        var pacer = new Pacer(1_000, 1, 0);
        assertEquals(1, take(pacer, 0));
        assertEquals(0, take(pacer, MILLISECOND - 1));
        assertEquals(MILLISECOND, pacer.nextNanos());
        assertEquals(1, take(pacer, MILLISECOND));
    }

    @Test
    void burstsComeSoMuchMoreSeldom() {
        var pacer = new Pacer(8_000, 8, 0);
        assertEquals(1, take(pacer, 0));
        assertEquals(MILLISECOND, pacer.nextNanos());
        assertEquals(3, take(pacer, 3 * MILLISECOND));
    }

    @Test
    void beingLateOnceDoesNotLowerTheRate() {
        var pacer = new Pacer(1_000, 1, 0);
        assertEquals(11, take(pacer, 10 * MILLISECOND + 500_000));
        assertEquals(11 * MILLISECOND, pacer.nextNanos());
        assertEquals(0, pacer.forfeited());
    }

    @Test
    void aBurstThatIsTakenLateWasDueInTime() {
        var pacer = new Pacer(1_000, 1, 0);
        pacer.forfeit(10 * MILLISECOND);
        assertEquals(0, pacer.nextNanos());
        pacer.advance();
        assertEquals(MILLISECOND, pacer.nextNanos());
    }

    @Test
    void whatIsTooLateIsForfeitedAndCounted() {
        var pacer = new Pacer(1_000, 1, 0);
        assertEquals(1, take(pacer, 0));
        int taken = take(pacer, 1_000 * MILLISECOND);
        assertTrue(taken <= 22, () -> taken + " packets in one heap");
        assertEquals(1_001, (double) (1 + taken + pacer.forfeited()), 1);
    }

    @Test
    void theRateIsKeptOverALongTimeWithUnevenSteps() {
        var pacer = new Pacer(40_000, 1, 5);
        long sent = 0;
        long now = 5;
        for (int i = 0; now < 10_000 * MILLISECOND; i++) {
            sent += take(pacer, now);
            now += 13_000 + i % 7 * 50_000;
        }
        assertEquals(400_000, (double) sent, 20);
        assertEquals(0, pacer.forfeited());
    }

    private static int take(Pacer pacer, long nowNanos) {
        pacer.forfeit(nowNanos);
        int taken = 0;
        for (; pacer.nextNanos() <= nowNanos; taken++) {
            pacer.advance();
        }
        return taken;
    }
}

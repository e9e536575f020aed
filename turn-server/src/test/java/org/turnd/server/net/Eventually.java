package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/// Polls for what another thread brings about, a bounded time.
public final class Eventually {
    private static final long LIMIT_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 5_000_000L;

    private Eventually() {}

    public static void equal(int expected, IntSupplier actual) {
        await(() -> actual.getAsInt() == expected);
        assertEquals(expected, actual.getAsInt());
    }

    public static void holds(BooleanSupplier condition) {
        await(condition);
        assertTrue(condition.getAsBoolean());
    }

    private static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean() && System.nanoTime() - start < LIMIT_NANOS) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/// Polls for what another thread brings about, a bounded time.
public final class Eventually {
    private static final long LIMIT_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 5_000_000L;

    private Eventually() {}

    public static void equal(int expected, IntSupplier actual) {
        long start = System.nanoTime();
        while (actual.getAsInt() != expected && System.nanoTime() - start < LIMIT_NANOS) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        assertEquals(expected, actual.getAsInt());
    }
}

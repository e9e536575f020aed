package org.turnd.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;

/// Allocations that come and go, and a server that does.
final class Lives {
    private static final int ALLOCATIONS = 1_000;
    private static final Duration SLEEP = Duration.ofSeconds(2);

    private Lives() {}

    /// One after the other; every eighth over TCP, and of those every eighth over TLS.
    static String shortAllocations(Arena arena, int times) throws TurnFailure {
        int count = ALLOCATIONS * times;
        for (int i = 0; i < count; i++) {
            Carrier carrier = i % 8 > 0 ? Carrier.UDP : Carrier.TCP;
            try (TurnClient client = arena.client(carrier)) {
                client.allocate(null);
                client.createPermission(Arena.address(Arena.PEER, 7000));
            }
        }
        return count + " allocations";
    }

    /// The process stands still, and finds its clock ahead when it goes on, as after a machine's
    /// sleep.
    static String sleep(Arena arena, int times) {
        for (int i = 0; i < Math.min(times, 5); i++) {
            arena.server().signal("STOP");
            try {
                LockSupport.parkNanos(SLEEP.toNanos());
            } finally {
                arena.server().signal("CONT");
            }
            arena.awaitServed();
        }
        return SLEEP.toSeconds() + " s";
    }

    /// The server dies without a word and starts again on the same ports; clients allocate anew.
    static String crash(Arena arena, int times) throws IOException {
        arena.withoutProbe(arena.server()::crash);
        return "served again";
    }
}

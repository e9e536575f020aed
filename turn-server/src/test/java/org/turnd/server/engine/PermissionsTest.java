package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Permissions of one relay, by themselves and against a map of expiry times.
class PermissionsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void livesForThreeHundredSecondsAndNoLonger() {
        Permissions permissions = new Permissions(1, 10);
        long start = -150 * SECOND;
        permissions.install(0, 7, start);
        assertTrue(permissions.isLive(0, 7, start + 300 * SECOND - 1));
        assertFalse(permissions.isLive(0, 7, start + 300 * SECOND));
        assertFalse(permissions.isLive(7, 0, start), "of another address");
        permissions.install(0, 7, start + 299 * SECOND);
        assertTrue(permissions.isLive(0, 7, start + 598 * SECOND));
        assertEquals(start + 599 * SECOND, permissions.expiresNanos(0, 7));
    }

    @Test
    void expiredOnesMakeRoom() {
        Permissions permissions = new Permissions(1, 10);
        for (int i = 0; i < 9; i++) {
            permissions.install(0, i, 0);
        }
        assertTrue(permissions.hasRoom(1, 0));
        assertFalse(permissions.hasRoom(2, 0));
        assertFalse(permissions.hasRoom(2, 300 * SECOND - 1));
        assertTrue(permissions.hasRoom(10, 300 * SECOND));
        assertFalse(permissions.hasRoom(11, 300 * SECOND));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void knowsWhatTheModelKnows(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int max = 1 + random.nextInt(60);
        Permissions permissions = new Permissions(random.nextLong(), max);
        Map<Integer, Long> model = new HashMap<>();
        long now = -10_000 * SECOND;
        for (int step = 0; step < 20_000; step++) {
            now += random.nextLong(20 * SECOND);
            long moment = now;
            int host = random.nextInt(100);
            model.values().removeIf(expires -> expires <= moment);
            boolean live = model.containsKey(host);
            assertEquals(live, permissions.isLive(host & 1, host, now), "step " + step);
            int more = random.nextInt(1, 4);
            assertEquals(model.size() + more <= max, permissions.hasRoom(more, now));
            if (live || permissions.hasRoom(1, now)) {
                permissions.install(host & 1, host, now);
                model.put(host, now + 300 * SECOND);
            }
            assertTrue(permissions.size() <= max, "bounded");
        }
    }
}

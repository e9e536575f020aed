package org.turnd.server.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.SharedState.Reservation;

/// Ports kept for the bearers of RESERVATION-TOKENs (RFC 8656 §7.2). Not thread-safe; its owner
/// holds a lock.
final class Reservations {
    /// F-14 (RFC 8656 §7.2): how long a reservation is held.
    static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(30);

    /// No token.
    static final long NO_TOKEN = 0;

    private record Held(Reservation reservation, long untilNanos) {}

    private final int max;
    private final RandomGenerator random;
    private final Consumer<Reservation> onExpired;

    /// In the order of their making, which is the order of their end.
    private final LinkedHashMap<Long, Held> byToken = new LinkedHashMap<>();

    /// @param max reservations at most
    /// @param random must be hard to predict: a token is the only proof of ownership
    /// @param onExpired takes back a port that nobody came for
    Reservations(int max, RandomGenerator random, Consumer<Reservation> onExpired) {
        this.max = max;
        this.random = random;
        this.onExpired = onExpired;
    }

    boolean isFull() {
        return byToken.size() >= max;
    }

    long add(Reservation reservation, long nowNanos) {
        long token;
        do {
            token = random.nextLong();
        } while (token == NO_TOKEN || byToken.containsKey(token));
        byToken.put(token, new Held(reservation, nowNanos + HELD_NANOS));
        return token;
    }

    /// Takes a reservation of this realm; each token works once (F-07).
    @Nullable Reservation remove(int realm, long token) {
        Held held = byToken.get(token);
        if (held == null || held.reservation().realm() != realm) {
            return null;
        }
        byToken.remove(token);
        return held.reservation();
    }

    /// Gives back what nobody came for in time.
    void expire(long nowNanos) {
        Map.Entry<Long, Held> oldest = byToken.firstEntry();
        while (oldest != null && nowNanos - oldest.getValue().untilNanos() > 0) {
            byToken.pollFirstEntry();
            onExpired.accept(oldest.getValue().reservation());
            oldest = byToken.firstEntry();
        }
    }
}

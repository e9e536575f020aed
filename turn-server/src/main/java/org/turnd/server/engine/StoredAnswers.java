package org.turnd.server.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.Octets;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// The answers to authenticated requests that must not be carried out twice, kept for retransmitted
/// requests over UDP (RFC 8489 §6.3.1). Bounded in time and number; the oldest goes first.
final class StoredAnswers {
    /// C-02: RFC 8489 §6.3.1 asks for 40 s.
    static final long LIFETIME_NANOS = 40 * 1_000_000_000L;

    private record Key(
            Transport transport,
            int listener,
            TransportAddress client,
            int messageType,
            TransactionId id) {}

    private record Stored(Octets bytes, long expiresNanos) {}

    private final Map<Key, Stored> answers = new LinkedHashMap<>();
    private final int max;

    /// @param max answers at most
    StoredAnswers(int max) {
        this.max = max;
    }

    /// Returns the answer to an earlier copy of this request, or null.
    @Nullable Octets find(ClientPath client, int messageType, TransactionId id, long nowNanos) {
        if (answers.isEmpty()) {
            return null;
        }
        Stored stored = answers.get(keyOf(client, messageType, id));
        return stored == null || stored.expiresNanos - nowNanos <= 0 ? null : stored.bytes;
    }

    /// Keeps an answer.
    void put(ClientPath client, int messageType, TransactionId id, Octets bytes, long nowNanos) {
        dropExpired(nowNanos);
        answers.put(keyOf(client, messageType, id), new Stored(bytes, nowNanos + LIFETIME_NANOS));
    }

    private void dropExpired(long nowNanos) {
        Iterator<Stored> oldestFirst = answers.values().iterator();
        while (oldestFirst.hasNext()) {
            Stored stored = oldestFirst.next();
            if (answers.size() < max && stored.expiresNanos - nowNanos > 0) {
                return;
            }
            oldestFirst.remove();
        }
    }

    private static Key keyOf(ClientPath client, int messageType, TransactionId id) {
        return new Key(client.transport(), client.listener(), client.client(), messageType, id);
    }
}

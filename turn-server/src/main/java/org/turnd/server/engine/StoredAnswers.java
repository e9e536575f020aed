package org.turnd.server.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.Octets;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// The answers to authenticated requests that must not be carried out twice, kept for retransmitted
/// requests over UDP (RFC 8489 §6.3.1). Bounded in time and number; the oldest goes first.
///
/// A busy server holds a hundred thousand. They lie in a ring in the order of their coming, their
/// keys as plain numbers, so that the garbage collector has next to nothing to look through.
final class StoredAnswers {
    /// C-02: RFC 8489 §6.3.1 asks for 40 s.
    static final long LIFETIME_NANOS = 40 * 1_000_000_000L;

    private static final int INITIAL_SLOTS = 16;

    /// Address, port with listener and message type, and transaction id with the DTLS session.
    private static final int KEY_LONGS = 5;

    private static final int FREE = -1;

    private final int max;
    private final long seed;

    // The ring. Its length is a power of two.
    private long[] keys = new long[INITIAL_SLOTS * KEY_LONGS];
    private long[] expiries = new long[INITIAL_SLOTS];
    private @Nullable Octets[] answers = new @Nullable Octets[INITIAL_SLOTS];
    private int oldest;
    private int size;

    /// Places in the ring by the hash of their keys: open addressing, at most half full.
    private int[] places = freePlaces(INITIAL_SLOTS);

    private final long[] wanted = new long[KEY_LONGS];

    /// @param max answers at most
    /// @param seed keeps clients from choosing transaction ids that collide
    StoredAnswers(int max, long seed) {
        this.max = max;
        this.seed = seed;
    }

    /// Returns the answer to an earlier copy of this request, or null.
    @Nullable Octets find(ClientPath client, int messageType, TransactionId id, long nowNanos) {
        if (size == 0 || !client.transport().isDatagram()) {
            return null;
        }
        setKey(wanted, 0, client, messageType, id);
        int mask = places.length - 1;
        for (int place = hash(wanted, 0) & mask; ; place = (place + 1) & mask) {
            int slot = places[place];
            if (slot == FREE) {
                return null;
            }
            if (isWanted(slot) && expiries[slot] - nowNanos > 0) {
                return answers[slot];
            }
        }
    }

    /// Keeps an answer to a request over UDP.
    void put(ClientPath client, int messageType, TransactionId id, Octets bytes, long nowNanos) {
        while (size > 0 && (size >= max || expiries[oldest] - nowNanos <= 0)) {
            dropOldest();
        }
        if (size == answers.length) {
            grow();
        }
        int slot = (oldest + size) & (answers.length - 1);
        size++;
        setKey(keys, slot * KEY_LONGS, client, messageType, id);
        expiries[slot] = nowNanos + LIFETIME_NANOS;
        answers[slot] = bytes;
        insert(slot);
    }

    private static void setKey(
            long[] key, int at, ClientPath client, int messageType, TransactionId id) {
        TransportAddress address = client.client();
        key[at] = address.high();
        key[at + 1] = address.low();
        key[at + 2] = (long) client.listener() << 32 | (long) messageType << 16 | address.port();
        // The cookie is always the same. A DTLS session's answers are for that session alone.
        key[at + 3] = (long) client.connection() << 32 | Integer.toUnsignedLong(id.high());
        key[at + 4] = id.low();
    }

    private int hash(long[] key, int at) {
        long request = key[at + 2];
        int client = Hash.of(seed, key[at], key[at + 1], (int) (request ^ request >>> 32));
        return Hash.of(seed, key[at + 3], key[at + 4], client);
    }

    private boolean isWanted(int slot) {
        int at = slot * KEY_LONGS;
        return Arrays.equals(keys, at, at + KEY_LONGS, wanted, 0, KEY_LONGS);
    }

    private int homeOf(int slot) {
        return hash(keys, slot * KEY_LONGS) & (places.length - 1);
    }

    private void insert(int slot) {
        int mask = places.length - 1;
        int place = homeOf(slot);
        while (places[place] != FREE) {
            place = (place + 1) & mask;
        }
        places[place] = slot;
    }

    private void dropOldest() {
        int mask = places.length - 1;
        int hole = homeOf(oldest);
        while (places[hole] != oldest) {
            hole = (hole + 1) & mask;
        }
        // Backward shift: whoever probed past the hole moves into it.
        for (int place = (hole + 1) & mask; places[place] != FREE; place = (place + 1) & mask) {
            int home = homeOf(places[place]);
            if (((place - home) & mask) >= ((place - hole) & mask)) {
                places[hole] = places[place];
                hole = place;
            }
        }
        places[hole] = FREE;
        answers[oldest] = null;
        oldest = (oldest + 1) & (answers.length - 1);
        size--;
    }

    private void grow() {
        int slots = answers.length;
        keys = unrolled(keys, oldest * KEY_LONGS);
        expiries = unrolled(expiries, oldest);
        @Nullable Octets[] old = answers;
        answers = new @Nullable Octets[slots * 2];
        System.arraycopy(old, oldest, answers, 0, slots - oldest);
        System.arraycopy(old, 0, answers, slots - oldest, oldest);
        oldest = 0;
        places = freePlaces(slots * 2);
        for (int slot = 0; slot < size; slot++) {
            insert(slot);
        }
    }

    /// Twice the room, beginning with what was at `first`.
    private static long[] unrolled(long[] ring, int first) {
        long[] roomy = new long[ring.length * 2];
        System.arraycopy(ring, first, roomy, 0, ring.length - first);
        System.arraycopy(ring, 0, roomy, ring.length - first, first);
        return roomy;
    }

    private static int[] freePlaces(int slots) {
        int[] places = new int[slots * 2];
        Arrays.fill(places, FREE);
        return places;
    }
}

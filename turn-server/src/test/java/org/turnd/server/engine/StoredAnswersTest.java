package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.LinkedHashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.turnd.stun.Octets;
import org.turnd.stun.TransactionId;

class StoredAnswersTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long SEED = 7;
    private static final int ALLOCATE = 0x0003;
    private static final int REFRESH = 0x0004;
    private static final ClientPath CLIENT = ClientPath.datagram(0, address("198.51.100.1", 1000));

    private static TransactionId id(int number) {
        return TransactionId.of(0, number);
    }

    @Test
    void keepsAnAnswerForFortySeconds() {
        StoredAnswers answers = new StoredAnswers(10, SEED);
        long start = -20 * SECOND;
        answers.put(CLIENT, ALLOCATE, id(1), Octets.utf8("one"), start);
        assertEquals(
                Octets.utf8("one"), answers.find(CLIENT, ALLOCATE, id(1), start + 40 * SECOND - 1));
        assertNull(answers.find(CLIENT, ALLOCATE, id(1), start + 40 * SECOND));
    }

    @Test
    void tellsTransactionsApart() {
        StoredAnswers answers = new StoredAnswers(10, SEED);
        answers.put(CLIENT, ALLOCATE, id(1), Octets.utf8("one"), 0);
        assertNull(answers.find(CLIENT, ALLOCATE, id(2), 0));
        assertNull(answers.find(CLIENT, REFRESH, id(1), 0));
        assertNull(answers.find(ClientPath.datagram(1, CLIENT.client()), ALLOCATE, id(1), 0));
        ClientPath neighbour = ClientPath.datagram(0, CLIENT.client().withPort(1001));
        assertNull(answers.find(neighbour, ALLOCATE, id(1), 0));
        // A ClientPath is made anew for every datagram.
        ClientPath again = ClientPath.datagram(0, address("198.51.100.1", 1000));
        assertEquals(Octets.utf8("one"), answers.find(again, ALLOCATE, id(1), 0));
    }

    @Test
    void holdsNoMoreThanItMayAndForgetsTheOldest() {
        StoredAnswers answers = new StoredAnswers(3, SEED);
        for (int i = 0; i < 1000; i++) {
            answers.put(CLIENT, ALLOCATE, id(i), Octets.utf8("a" + i), i);
            for (int j = 0; j <= i; j++) {
                Octets expected = j > i - 3 ? Octets.utf8("a" + j) : null;
                assertEquals(expected, answers.find(CLIENT, ALLOCATE, id(j), i));
            }
        }
    }

    @Test
    void keepsTheNewAnswerOfATransactionThatComesAgainAfterItsTime() {
        StoredAnswers answers = new StoredAnswers(3, SEED);
        answers.put(CLIENT, ALLOCATE, id(1), Octets.utf8("old"), 0);
        answers.put(CLIENT, ALLOCATE, id(2), Octets.utf8("two"), 30 * SECOND);
        answers.put(CLIENT, ALLOCATE, id(1), Octets.utf8("new"), 50 * SECOND);
        assertEquals(Octets.utf8("new"), answers.find(CLIENT, ALLOCATE, id(1), 89 * SECOND));
        assertNull(answers.find(CLIENT, ALLOCATE, id(2), 89 * SECOND));
    }

    @Test
    void agreesWithAMapThroughManyAnswersOfManyClients() {
        Random random = new Random(SEED);
        StoredAnswers answers = new StoredAnswers(500, SEED);
        record Key(int port, int type, int id) {}
        var expected = new LinkedHashMap<Key, Long>();
        long now = Long.MAX_VALUE - 100 * SECOND;
        for (int i = 0; i < 20_000; i++) {
            now += random.nextLong(i % 3000 < 2000 ? SECOND / 10 : SECOND);
            long at = now;
            var key = new Key(1 + random.nextInt(40), random.nextInt(2), random.nextInt(40));
            ClientPath client = ClientPath.datagram(0, CLIENT.client().withPort(key.port()));
            int type = key.type() == 0 ? ALLOCATE : REFRESH;
            expected.values().removeIf(since -> at - since >= StoredAnswers.LIFETIME_NANOS);
            Long since = expected.get(key);
            Octets found = answers.find(client, type, id(key.id()), now);
            assertEquals(since == null ? null : Octets.utf8(key + " " + since), found, "step " + i);
            if (found == null) {
                if (expected.size() == 500) {
                    expected.remove(expected.keySet().iterator().next());
                }
                expected.put(key, now);
                answers.put(client, type, id(key.id()), Octets.utf8(key + " " + now), now);
            }
        }
    }
}

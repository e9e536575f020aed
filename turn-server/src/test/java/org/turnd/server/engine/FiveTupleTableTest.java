package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.TransportAddress;

/// The open-addressing table against a [HashMap].
class FiveTupleTableTest {
    private record FiveTuple(int listener, TransportAddress client) {}

    private static ClientPath path(FiveTuple tuple) {
        return ClientPath.datagram(tuple.listener, tuple.client);
    }

    private static @Nullable Object find(FiveTupleTable<Object> table, FiveTuple tuple) {
        TransportAddress client = tuple.client;
        return table.find(tuple.listener, client.high(), client.low(), client.port());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void findsWhatTheModelFinds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FiveTupleTable<Object> table = new FiveTupleTable<>(random.nextLong());
        Map<FiveTuple, Object> model = new HashMap<>();
        List<FiveTuple> tuples = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            // Few addresses and ports, so that keys differ in one part alone.
            long high = random.nextInt(3) == 0 ? 0x20010DB8_00000000L : 0;
            long low = 0x0000FFFF_C0000200L + random.nextInt(3);
            tuples.add(
                    new FiveTuple(
                            random.nextInt(4),
                            new TransportAddress(high, low, 40_000 + random.nextInt(40))));
        }
        for (int step = 0; step < 20_000; step++) {
            FiveTuple tuple = tuples.get(random.nextInt(tuples.size()));
            Object known = model.get(tuple);
            // Runs of growth and of decay, so that the table is full at times and empty at others.
            boolean growing = step / 2000 % 2 == 0;
            if (known == null && (growing || random.nextInt(4) == 0)) {
                Object added = new Object();
                table.put(path(tuple), added);
                model.put(tuple, added);
            } else if (known != null && (!growing || random.nextInt(4) == 0)) {
                table.remove(path(tuple));
                model.remove(tuple);
            }
            assertSame(model.get(tuple), find(table, tuple), "step " + step);
            if (step % 97 == 0) {
                tuples.forEach(one -> assertSame(model.get(one), find(table, one)));
                assertEquals(model.size(), table.size());
            }
        }
    }

    @Test
    void isEmptyAgainWhenAllAreRemoved() {
        FiveTupleTable<Object> table = new FiveTupleTable<>(5);
        List<FiveTuple> all = new ArrayList<>();
        for (int port = 1; port <= 1000; port++) {
            FiveTuple added = new FiveTuple(0, TransportAddress.ipv4(0xC0000201, port));
            table.put(path(added), added);
            all.add(added);
        }
        assertEquals(1000, table.size());
        all.forEach(tuple -> table.remove(path(tuple)));
        assertEquals(0, table.size());
        all.forEach(tuple -> assertNull(find(table, tuple)));
        // Nobody is there to be forgotten twice.
        table.remove(path(all.getFirst()));
        assertEquals(0, table.size());
    }
}

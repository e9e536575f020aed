package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.turnd.stun.TransportAddress;

class SocketAddressCacheTest {
    @Test
    void returnsTheSameObjectForTheSameAddress() {
        var cache = new SocketAddressCache(64);
        TransportAddress address = TestSettings.address("2001:db8::7", 4242);
        var first = cache.get(address.high(), address.low(), address.port());
        assertEquals(address.toInetSocketAddress(), first);
        assertSame(first, cache.get(address.high(), address.low(), address.port()));
    }

    @Test
    void neverConfusesAddresses() {
        var cache = new SocketAddressCache(2);
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            var address = TransportAddress.ipv4(0x7F000000 + random.nextInt(8), random.nextInt(4));
            assertEquals(
                    address.toInetSocketAddress(),
                    cache.get(address.high(), address.low(), address.port()));
        }
    }

    @Test
    void spreadsTheClientsOfOneAddressOverItsSlots() {
        var cache = new SocketAddressCache(4096);
        TransportAddress nat = TestSettings.address("203.0.113.5", 0);
        Set<Object> made = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int pass = 0; pass < 2; pass++) {
            for (int port = 1024; port < 2048; port++) {
                made.add(cache.get(nat.high(), nat.low(), port));
            }
        }
        // A perfect hash would have to make 22 of 100 a second time.
        assertTrue(made.size() < 1024 + 320, made.size() + " made for 1024");
    }
}

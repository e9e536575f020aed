package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.TransportAddress;

@Tag("M-09")
class RoutesTest {
    private static final int MAX = 300;

    private final Routes routes = new Routes(1, MAX);

    private static ClientPath udp(int port) {
        return ClientPath.datagram(2, TransportAddress.ipv4(0xC6336401, port));
    }

    private Routes.@Nullable Route find(ClientPath client, long nowNanos) {
        TransportAddress at = client.client();
        return routes.find(client.listener(), at.high(), at.low(), at.port(), nowNanos);
    }

    @Test
    void lastsAsLongAsItsLease() {
        assertTrue(routes.set(udp(1), 3, 100, 0));
        assertEquals(3, Objects.requireNonNull(find(udp(1), 99)).owner);
        assertNull(find(udp(1), 100));
        assertTrue(routes.set(udp(1), 3, 200, 100));
        assertNotNull(find(udp(1), 199));
        assertNull(find(udp(2), 0));
    }

    @Test
    void isForgottenByItsOwnerAlone() {
        routes.set(udp(1), 3, 100, 0);
        routes.drop(udp(1), 2);
        assertNotNull(find(udp(1), 0));
        routes.set(udp(1), 2, 100, 0);
        routes.drop(udp(1), 3);
        assertEquals(2, Objects.requireNonNull(find(udp(1), 0)).owner);
        routes.drop(udp(1), 2);
        assertNull(find(udp(1), 0));
        assertEquals(0, routes.datagramCount());
    }

    @Test
    void belongsToTheConnectionOfAStream() {
        ClientPath stream = ClientPath.stream(Transport.TCP, 1, 7, udp(1).client());
        assertTrue(routes.set(stream, 3, 100, 0));
        assertEquals(3, Objects.requireNonNull(stream.route).owner);
        assertEquals(0, routes.datagramCount());
        routes.drop(stream, 3);
        assertNull(stream.route);
    }

    @Test
    void makesRoomByForgettingWhatHasExpired() {
        for (int port = 1; port <= MAX; port++) {
            assertTrue(routes.set(udp(port), 1, port <= 200 ? 50 : 1000, 0));
        }
        assertFalse(routes.set(udp(MAX + 1), 1, 1000, 49));
        assertTrue(routes.set(udp(MAX + 1), 1, 1000, 50));
        assertEquals(101, routes.datagramCount());
        for (int port = 201; port <= MAX + 1; port++) {
            assertNotNull(find(udp(port), 999));
        }
    }
}

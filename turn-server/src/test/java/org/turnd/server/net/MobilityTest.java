package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.engine.Counter;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Clients that move (RFC 8016) over real sockets, within a shard and from one to another.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(60)
class MobilityTest {
    private static final int CHANNEL = 0x4000;
    private static final int ATTEMPTS_MAX = 200;
    private static final MobilityTicket WANTED = new MobilityTicket(Octets.EMPTY);
    private static final RequestedTransport UDP = new RequestedTransport(RequestedTransport.UDP);

    @TempDir static Path directory;

    @SuppressWarnings("NullAway.Init") // see start
    private static TestTls tls;

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    /// How a client comes.
    enum Way {
        UDP4,
        UDP6,
        TCP4,
        TLS6
    }

    @BeforeAll
    static void start() throws Exception {
        tls = new TestTls(directory, TlsProvider.AUTO);
    }

    private TurnServer server(Duration window) throws Exception {
        return new TestSettings()
                .plane(plane)
                .shards(2)
                .tls(tls.material())
                .mobility(window)
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.UDP, "::1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0)
                .listen(Protocol.TLS, "::1", 0)
                .start();
    }

    private static TransportAddress address(TurnServer server, Way way) {
        Listener listener = server.listeners().get(way.ordinal());
        return listener.address();
    }

    private static TestClient client(TurnServer server, Way way) throws IOException {
        TransportAddress address = address(server, way);
        return switch (way) {
            case UDP4, UDP6 -> TestClient.udp(address);
            case TCP4 -> TestClient.tcp(address);
            case TLS6 -> new TestClient(Wire.over(tls.connect(address, "TLSv1.3")));
        };
    }

    /// A client whose messages reach the shard wanted: the kernel or the acceptor decides.
    private static TestClient client(TurnServer server, Way way, int shard) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            long before = bindings(server, shard);
            TestClient client = client(server, way);
            client.binding();
            if (bindings(server, shard) > before) {
                return client;
            }
            client.close();
        }
        throw new AssertionError("no way to shard " + shard);
    }

    private static long bindings(TurnServer server, int shard) {
        return server.shards().get(shard).engineCounters().get(Counter.BINDING_REQUESTS);
    }

    private static <T> T success(StunMessage answer, Class<T> attribute) {
        assertEquals(StunClass.SUCCESS_RESPONSE, answer.messageClass(), answer::toString);
        return answer.attributes().stream()
                .filter(attribute::isInstance)
                .map(attribute::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError(answer));
    }

    private static int error(StunMessage answer) {
        ErrorCode error = answer.first(ErrorCode.class);
        assertNotNull(error, answer::toString);
        return Objects.requireNonNull(error).code();
    }

    private static byte[] data(int number) {
        return new byte[] {(byte) number, 1, 2, (byte) (number >> 8), 7};
    }

    private static void assertReachesPeer(TestClient client, Wire peer, int number)
            throws IOException {
        client.sendChannelData(CHANNEL, data(number));
        assertArrayEquals(data(number), peer.receive());
    }

    private static void assertPeerReaches(TestClient client, Wire peer, int number)
            throws IOException {
        peer.send(data(number));
        assertArrayEquals(TestClient.channelData(CHANNEL, data(number)), client.wire().receive());
    }

    private static int total(TurnServer server) {
        return server.shards().stream().mapToInt(ShardStatus::allocations).sum();
    }

    @ParameterizedTest(name = "from {0} to {1} and on to {2}, by way of another shard: {3}")
    @CsvSource({
        "UDP4, UDP4, UDP4, true",
        "UDP4, UDP4, UDP4, false",
        "UDP4, TCP4, TLS6, true",
        "UDP4, TCP4, TLS6, false",
        "UDP4, UDP6, TCP4, true",
        "TCP4, TLS6, UDP6, true",
        "TLS6, UDP4, TCP4, true",
        "TLS6, TCP4, UDP4, false"
    })
    @Tag("M-03")
    @Tag("M-05")
    @Tag("M-09")
    void dataFlowsWhileTheClientMoves(Way first, Way second, Way third, boolean across)
            throws Exception {
        int other = across ? 1 : 0;
        try (var server = server(Duration.ofSeconds(30));
                var home = client(server, first, 0);
                var away = client(server, second, other);
                // Two shards away from home it is back where the relay is.
                var further = client(server, third, 0)) {
            StunMessage allocated = home.request(StunMethod.ALLOCATE, UDP, WANTED);
            TransportAddress relayed = success(allocated, XorRelayedAddress.class).address();
            MobilityTicket ticket = success(allocated, MobilityTicket.class);
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                home.bindChannel(CHANNEL, peer.local());
                assertReachesPeer(home, peer, 1);
                assertPeerReaches(home, peer, 2);
                ticket = move(home, away, peer, ticket);
                ticket = move(away, further, peer, ticket);
                assertNotEquals(ticket, move(further, home, peer, ticket));
                assertEquals(1, total(server));
            }
            success(home.request(StunMethod.REFRESH, new Lifetime(0)), Lifetime.class);
            Eventually.equal(0, () -> total(server));
            // Whom the allocation left stands where anybody stands.
            assertEquals(437, error(away.request(StunMethod.REFRESH)));
            away.allocate();
            further.allocate();
        }
    }

    private static MobilityTicket move(
            TestClient from, TestClient to, Wire peer, MobilityTicket ticket) throws IOException {
        StunMessage answer = to.request(StunMethod.REFRESH, ticket);
        assertEquals(600, success(answer, Lifetime.class).seconds());
        for (int i = 10; i < 20; i++) {
            assertReachesPeer(from, peer, i);
            assertPeerReaches(from, peer, i);
        }
        to.bindChannel(CHANNEL, peer.local());
        assertPeerReaches(from, peer, 20);
        for (int i = 30; i < 40; i++) {
            assertReachesPeer(to, peer, i);
            assertPeerReaches(to, peer, i);
        }
        assertEquals(437, error(from.request(StunMethod.REFRESH)));
        return success(answer, MobilityTicket.class);
    }

    @ParameterizedTest
    @CsvSource({"TCP4, UDP4, true", "TLS6, TCP4, true", "TCP4, TCP4, false"})
    @Tag("M-05")
    @Tag("C-14")
    void takesTheNewPlaceWhenTheOldConnectionCloses(Way from, Way to, boolean across)
            throws Exception {
        try (var server = server(Duration.ofSeconds(30));
                var home = client(server, from, 0);
                var away = client(server, to, across ? 1 : 0)) {
            StunMessage allocated = home.request(StunMethod.ALLOCATE, UDP, WANTED);
            TransportAddress relayed = success(allocated, XorRelayedAddress.class).address();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                home.bindChannel(CHANNEL, peer.local());
                away.request(StunMethod.REFRESH, success(allocated, MobilityTicket.class));
                home.wire().close();
                Eventually.equal(1, () -> (int) moves(server));
                assertPeerReaches(away, peer, 1);
                assertReachesPeer(away, peer, 2);
            }
        }
    }

    private static long moves(TurnServer server) {
        return server.shards().stream()
                .mapToLong(shard -> shard.engineCounters().get(Counter.CLIENTS_MOVED))
                .sum();
    }

    @Test
    @Tag("C-14")
    @Tag("M-05")
    void forgetsAClientThatVanishesAfterAMoveToAnotherShard() throws Exception {
        try (var server = server(Duration.ofMillis(0));
                var home = client(server, Way.UDP4, 0);
                var away = client(server, Way.TCP4, 1)) {
            StunMessage allocated = home.request(StunMethod.ALLOCATE, UDP, WANTED);
            away.request(StunMethod.REFRESH, success(allocated, MobilityTicket.class));
            away.sendChannelData(CHANNEL, data(1));
            Eventually.equal(1, () -> (int) moves(server));
            away.wire().close();
            // The window is 0, so the next tick of a second ends it.
            Eventually.equal(0, () -> total(server));
        }
    }

    @Test
    @Tag("M-04")
    void refusesOnEveryShard() throws Exception {
        try (var server = server(Duration.ofSeconds(30));
                var home = client(server, Way.UDP4, 0)) {
            StunMessage allocated = home.request(StunMethod.ALLOCATE, UDP, WANTED);
            MobilityTicket ticket = success(allocated, MobilityTicket.class);
            byte[] altered = ticket.value().toByteArray();
            altered[20] ^= 1;
            for (int shard = 0; shard < 2; shard++) {
                for (Way way : Way.values()) {
                    try (var away = client(server, way, shard);
                            var owner = client(server, way, shard)) {
                        MobilityTicket forged = new MobilityTicket(Octets.of(altered));
                        assertEquals(400, error(away.request(StunMethod.REFRESH, forged)));
                        // A five-tuple has one allocation.
                        owner.allocate();
                        assertEquals(437, error(owner.request(StunMethod.REFRESH, ticket)));
                    }
                }
            }
            success(home.request(StunMethod.REFRESH, new Lifetime(0)), Lifetime.class);
            for (int shard = 0; shard < 2; shard++) {
                try (var late = client(server, Way.TCP4, shard)) {
                    assertEquals(437, error(late.request(StunMethod.REFRESH, ticket)));
                    // It may begin anew.
                    late.allocate();
                }
            }
        }
    }
}

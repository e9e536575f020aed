package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.Reload;
import org.turnd.server.TurnServer;
import org.turnd.server.auth.RedisServer;
import org.turnd.server.config.RedisSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.ExpiredCredentials;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.config.StoresSettings;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.server.engine.Counter;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.RestCredentials;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Users in a real Redis that freezes, dies and comes back, asked by clients over real sockets.
@Timeout(120)
class StoreWireTest {
    private static final RequestedTransport UDP_RELAY =
            new RequestedTransport(RequestedTransport.UDP);
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    @TempDir Path directory;

    private RedisServer redis;
    private TurnServer server;

    @BeforeEach
    void open() throws Exception {
        redis = RedisServer.start(directory);
        add("carol", "croquet");
        server = start(redis);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        redis.close();
    }

    private static TurnServer start(RedisServer redis) throws Exception {
        return settings(redis).start();
    }

    private static TestSettings settings(RedisServer redis) {
        var bounds =
                new Bounds(
                        Duration.ofMillis(500),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(1),
                        1000,
                        4,
                        64,
                        32,
                        1000,
                        Duration.ofSeconds(1));
        var users =
                new RedisSettings(
                        URI.create(redis.url()),
                        null,
                        null,
                        RedisSettings.COTURN_USER_KEY,
                        RedisSettings.COTURN_SECRETS_KEY);
        var stores = new StoresSettings(bounds, Switch.ON, null, null, users, null, null);
        return new TestSettings()
                .auth(auth -> auth.with(stores))
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0);
    }

    private void add(String user, String password) {
        IntegrityKey key = IntegrityKey.md5(user, TestSettings.REALM, password);
        try (var client = redis.client()) {
            client.set(
                    "turn/realm/" + TestSettings.REALM + "/user/" + user + "/key",
                    HexFormat.of().formatHex(key.toByteArray()));
        }
    }

    private TestClient client(Protocol protocol) throws IOException {
        TransportAddress address =
                server.listeners().stream()
                        .filter(listener -> listener.protocol() == protocol)
                        .findFirst()
                        .orElseThrow()
                        .address();
        return protocol == Protocol.UDP ? TestClient.udp(address) : TestClient.tcp(address);
    }

    private static int code(StunMessage answer) {
        ErrorCode error = answer.first(ErrorCode.class);
        return error == null ? 0 : error.code();
    }

    private long count(Counter counter) {
        return server.shards().stream()
                .mapToLong(shard -> shard.engineCounters().get(counter))
                .sum();
    }

    @Test
    void letsInWhomRedisKnowsAndNobodyElse() throws Exception {
        for (Protocol protocol : new Protocol[] {Protocol.UDP, Protocol.TCP}) {
            try (TestClient carol = client(protocol).as("carol", "croquet");
                    TestClient guesser = client(protocol).as("carol", "flamingo");
                    TestClient stranger = client(protocol).as("nobody", "x");
                    TestClient local = client(protocol)) {
                assertNotNull(carol.allocate());
                assertEquals(401, code(guesser.request(StunMethod.ALLOCATE, UDP_RELAY)));
                assertEquals(401, code(stranger.request(StunMethod.ALLOCATE, UDP_RELAY)));
                assertNotNull(local.allocate());
            }
        }
    }

    @Test
    void takesCredentialsOfSharedSecretsThatLieInRedis() throws Exception {
        String name = System.currentTimeMillis() / 1000 + 600 + ":dave";
        try (var client = redis.client()) {
            client.sadd("turn/realm/" + TestSettings.REALM + "/secret", "looking-glass");
        }
        Eventually.holds(() -> isLetIn(name, RestCredentials.password("looking-glass", name)));
    }

    @Test
    void aReloadCutsAllocationsOfUsersInRedisThatEnd() throws Exception {
        try (var client = redis.client()) {
            client.hset(
                    "turn/realm/" + TestSettings.REALM + "/user/erin/key",
                    Map.of(
                            "password",
                            "eaglet",
                            "valid-until",
                            "" + (System.currentTimeMillis() / 1000 + 300)));
        }
        try (TestClient erin = client(Protocol.TCP).as("erin", "eaglet")) {
            assertEquals(600, lifetimeSeconds(erin.request(StunMethod.ALLOCATE, UDP_RELAY)));
        }
        ServerSettings cutting = settings(redis).auth(StoreWireTest::cutting).build();
        assertEquals(
                List.of("auth.expired-credentials"),
                assertInstanceOf(Reload.Taken.class, server.reload(cutting)).changed());
        try (TestClient erin = client(Protocol.TCP).as("erin", "eaglet")) {
            long seconds = lifetimeSeconds(erin.request(StunMethod.ALLOCATE, UDP_RELAY));
            assertTrue(seconds <= 300, () -> seconds + " s, longer than its user");
        }
    }

    private static long lifetimeSeconds(StunMessage granted) {
        Lifetime lifetime = granted.first(Lifetime.class);
        assertNotNull(lifetime, "refused");
        return lifetime.seconds();
    }

    private static Auth cutting(Auth auth) {
        return new Auth(
                auth.secrets(),
                auth.users(),
                auth.separator(),
                auth.nonceLifetime(),
                auth.passwordAlgorithms(),
                auth.userAnonymity(),
                auth.featureBits(),
                ExpiredCredentials.CUT,
                auth.quotaBy(),
                auth.oauth(),
                auth.stores());
    }

    private boolean isLetIn(String user, String password) {
        try (TestClient client = client(Protocol.TCP).as(user, password)) {
            return code(client.request(StunMethod.ALLOCATE, UDP_RELAY)) == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void mediaAndOtherUsersGoOnWhileRedisIsFrozenOrDead() throws Exception {
        add("dave", "dormouse");
        try (TestClient carol = client(Protocol.UDP).as("carol", "croquet");
                TestClient dave = client(Protocol.UDP).as("dave", "dormouse");
                DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            carol.allocate();
            TransportAddress address = TransportAddress.ipv4(0x7F000001, peer.getLocalPort());
            carol.bindChannel(0x4001, address);

            redis.freeze();
            dave.challenge();
            byte[] allocate = dave.authenticated(StunMethod.ALLOCATE, UDP_RELAY);
            dave.wire().send(allocate);
            assertServesOthers(carol, peer);
            Eventually.holds(() -> count(Counter.DROPPED_NO_ANSWER) == 1);
            assertRefusedOverTcp("frank");

            redis.thaw();
            Eventually.holds(() -> isLetIn("dave", "dormouse"));
            // As a client does that has got no answer.
            dave.wire().send(allocate);
            assertEquals(0, code(dave.receiveStun()));

            redis.kill();
            assertRefusedOverTcp("erin");
            assertServesOthers(carol, peer);
            redis.restart();
            add("erin", "eaglet");
            Eventually.holds(() -> isLetIn("erin", "eaglet"));
        }
    }

    private void assertServesOthers(TestClient carol, DatagramSocket peer) throws IOException {
        carol.sendChannelData(0x4001, HELLO);
        var packet = new DatagramPacket(new byte[100], 100);
        peer.setSoTimeout(10_000);
        peer.receive(packet);
        assertArrayEquals(HELLO, Arrays.copyOf(packet.getData(), packet.getLength()));
        try (TestClient local = client(Protocol.UDP);
                TestClient known = client(Protocol.UDP).as("carol", "croquet")) {
            assertNotNull(local.allocate());
            assertNotNull(known.allocate(), "remembered");
        }
    }

    private void assertRefusedOverTcp(String user) throws IOException {
        try (TestClient erin = client(Protocol.TCP).as(user, "eaglet")) {
            assertEquals(500, code(erin.request(StunMethod.ALLOCATE, UDP_RELAY)));
        }
    }

    @Test
    void aFloodOfNamesNobodyHasHoldsUpNoLoopAndFillsNothing() throws Exception {
        redis.freeze();
        try (TestClient flooder = client(Protocol.UDP).as("nobody", "x");
                TestClient carol = client(Protocol.UDP)) {
            flooder.challenge();
            for (int i = 0; i < 500; i++) {
                flooder.as("nobody" + i, "x");
                flooder.wire().send(flooder.authenticated(StunMethod.ALLOCATE, UDP_RELAY));
            }
            assertNotNull(carol.allocate());
            Eventually.holds(() ->
                    count(Counter.DROPPED_TOO_MANY_WAITING) + count(Counter.DROPPED_NO_ANSWER)
                            == 500);
            assertTrue(count(Counter.REQUESTS_WAITED) < 500, "most were not let wait");
        }
        redis.thaw();
    }
}

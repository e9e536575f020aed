package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.Reload;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Tls;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.config.Throttles;
import org.turnd.server.engine.Counter;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Settings that change while clients relay over real sockets.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(60)
class ReloadTest {
    private static final int CHANNEL = 0x4001;
    private static final int RELOADS = 40;
    private static final int BURST = 16;
    private static final User ALICE =
            User.of(TestSettings.USER, TestSettings.REALM, TestSettings.PASSWORD);

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @Test
    void notAPacketIsLostWhileEverythingThatCanChangeDoes() throws Exception {
        TestTls tls = new TestTls(directory, TlsProvider.AUTO);
        try (var server = settings(0, tls.material()).start();
                var udp = TestClient.udp(address(server, Protocol.UDP));
                var tcp = TestClient.tcp(address(server, Protocol.TCP));
                var secured =
                        new TestClient(
                                Wire.over(tls.connect(address(server, Protocol.TLS), "TLSv1.3")));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var over = new AtomicBoolean();
            var flows = new ArrayList<Future<Integer>>();
            for (TestClient client : List.of(udp, tcp, secured)) {
                TransportAddress relayed = client.allocate();
                Wire peer = Wire.udp(relayed.toInetAddress(), relayed);
                client.bindChannel(CHANNEL, peer.local());
                flows.add(threads.submit(relaying(client, peer, over)));
            }
            try {
                for (int i = 1; i <= RELOADS; i++) {
                    if (i % 20 == 0) {
                        new TestTls(directory, TlsProvider.AUTO);
                    }
                    Reload.Taken taken = taken(server, settings(i, tls.material()).build());
                    assertTrue(
                            taken.changed()
                                    .containsAll(
                                            List.of(
                                                    "auth.secret",
                                                    "auth.users",
                                                    "peers.allow",
                                                    "limits.bandwidth")),
                            taken::toString);
                    assertEquals(i % 20 == 0, taken.changed().contains("tls.certificate"));
                    assertEquals(List.of(), taken.needRestart());
                }
            } finally {
                over.set(true);
            }
            for (Future<Integer> flow : flows) {
                assertTrue(flow.get() > 0);
            }
            assertEquals(3, server.allocationCount());
        }
    }

    private TestSettings settings(int i, Tls tls) {
        boolean odd = i % 2 != 0;
        User other = User.of("bob" + i, TestSettings.REALM, "a password of his own");
        return new TestSettings()
                .plane(plane)
                .tls(tls)
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0)
                .listen(Protocol.TLS, "127.0.0.1", 0)
                .auth(auth ->
                        new Auth(
                                List.of(new Secret("the secret number " + i)),
                                List.of(ALICE, other),
                                auth.nonceLifetime()))
                .allow(odd ? "127.0.0.0/8" : "127.0.0.1", "10." + i + ".0.0/16")
                .bandwidth(new Throttles.Bandwidth(0, odd ? 1 << 30 : 0, odd ? 0 : 1 << 30))
                .reflectionFactor(odd ? 100 : 0);
    }

    /// Sends numbered packets both ways, a burst at a time, and returns how many came of how many.
    private static Callable<Integer> relaying(TestClient client, Wire peer, AtomicBoolean over) {
        return () -> {
            int sent = 0;
            try (peer) {
                while (!over.get()) {
                    for (int i = 0; i < BURST; i++) {
                        client.sendChannelData(CHANNEL, number(sent + i));
                        peer.send(number(-(sent + i)));
                    }
                    for (int i = 0; i < BURST; i++) {
                        assertArrayEquals(number(sent + i), peer.receive());
                        assertArrayEquals(
                                TestClient.channelData(CHANNEL, number(-(sent + i))),
                                client.wire().receive());
                    }
                    sent += BURST;
                }
            } catch (SocketTimeoutException lost) {
                throw new AssertionError("a packet after " + sent + " is lost", lost);
            }
            return sent;
        };
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    @Test
    void aPeerThatIsDeniedNowIsCutOffOnEveryShard() throws Exception {
        TestSettings before = plain();
        try (var server = before.shards(2).start()) {
            var clients = new ArrayList<TestClient>();
            var peers = new ArrayList<Wire>();
            try {
                for (int i = 0; i < 6; i++) {
                    TestClient client = TestClient.udp(address(server, Protocol.UDP));
                    clients.add(client);
                    // Not at the relays' own address, which may always be reached.
                    Wire peer = Wire.udp(InetAddress.ofLiteral("127.0.0.2"), client.allocate());
                    peers.add(peer);
                    client.bindChannel(CHANNEL, peer.local());
                }
                Reload.Taken taken = taken(server, before.allow("::1").build());
                assertEquals(List.of("peers.allow"), taken.changed());
                for (int i = 0; i < clients.size(); i++) {
                    clients.get(i).sendChannelData(CHANNEL, number(i));
                    peers.get(i).send(number(i));
                    // The answer comes behind whatever was relayed before it.
                    assertEquals(clients.get(i).wire().local(), clients.get(i).binding());
                }
                assertEquals(
                        clients.size(),
                        server.shards().stream()
                                .mapToLong(shard ->
                                        shard.engineCounters().get(Counter.PERMISSIONS_REVOKED))
                                .sum());
            } finally {
                for (TestClient client : clients) {
                    client.close();
                }
                for (Wire peer : peers) {
                    peer.close();
                }
            }
        }
    }

    @Test
    void aUserThatIsGoneKeepsItsRelayUntilItAsksForMore() throws Exception {
        TestSettings before = plain();
        try (var server = before.start();
                var client = TestClient.udp(address(server, Protocol.UDP))) {
            TransportAddress relayed = client.allocate();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                client.bindChannel(CHANNEL, peer.local());
                TestSettings after =
                        before.auth(auth ->
                                new Auth(
                                        List.of(new Secret("nobody knows it")),
                                        List.of(),
                                        auth.nonceLifetime()));
                Reload.Taken taken = taken(server, after.build());
                assertEquals(List.of("auth.secret", "auth.users"), taken.changed());
                client.sendChannelData(CHANNEL, number(1));
                assertArrayEquals(number(1), peer.receive());
                peer.send(number(2));
                assertArrayEquals(
                        TestClient.channelData(CHANNEL, number(2)), client.wire().receive());
                assertEquals(401, refreshed(client));
                assertEquals(1, server.allocationCount());
            }
        }
    }

    private static int refreshed(TestClient client) throws Exception {
        ErrorCode error =
                client.request(StunMethod.REFRESH, new Lifetime(600)).first(ErrorCode.class);
        return error == null ? 0 : error.code();
    }

    @Test
    void whatCannotBeUsedChangesNothingAtAll() throws Exception {
        TestTls tls = new TestTls(directory, TlsProvider.AUTO);
        TestSettings settings = plain().tls(tls.material());
        try (var server = settings.start();
                var client = TestClient.udp(address(server, Protocol.UDP))) {
            client.allocate();
            ServerSettings before = server.settings();
            Files.writeString(directory.resolve("chain.pem"), "-----BEGIN CERTIFICATE-----\nMII");
            settings.allow("::1");
            settings.auth(auth -> new Auth(List.of(), List.of(), Duration.ofMinutes(5)));
            var refused = assertInstanceOf(Reload.Refused.class, server.reload(settings.build()));
            assertEquals(1, refused.problems().size());
            assertTrue(refused.problems().getFirst().contains("chain.pem: "), refused::toString);
            assertEquals(before, server.settings());
            assertEquals(0, refreshed(client));
        }
    }

    @Test
    void whatNeedsARestartIsNamedAndStays() throws Exception {
        TestSettings settings = plain();
        try (var server = settings.start()) {
            ServerSettings before = server.settings();
            settings.listen(Protocol.TCP, "127.0.0.1", 0).shards(7);
            assertEquals(
                    new Reload.Taken(List.of(), List.of("listeners.tcp", "shards"), List.of()),
                    server.reload(settings.build()));
            assertEquals(before, server.settings());
            assertEquals(1, server.listeners().size());
        }
    }

    @Test
    void quotasAndLifetimesHoldFromTheNextRequestOn() throws Exception {
        TestSettings settings = plain();
        try (var server = settings.start();
                var first = TestClient.udp(address(server, Protocol.UDP));
                var second = TestClient.udp(address(server, Protocol.UDP))) {
            first.allocate();
            settings.allocationsPerAddress(1);
            taken(server, settings.build());
            ErrorCode refused =
                    second.request(
                                    StunMethod.ALLOCATE,
                                    new RequestedTransport(RequestedTransport.UDP))
                            .first(ErrorCode.class);
            assertEquals(486, refused == null ? 0 : refused.code());
            assertEquals(0, refreshed(first));
            settings.allocationsPerAddress(0);
            taken(server, settings.build());
            second.allocate();
        }
    }

    /// A shard tells the server when its last allocation ends, and must not wait for a reload.
    @Test
    void allocationsComeAndGoMeanwhile() throws Exception {
        TestSettings settings = plain();
        try (var server = settings.start();
                var client = TestClient.udp(address(server, Protocol.UDP));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var over = new AtomicBoolean();
            Future<Integer> comings =
                    threads.submit(() -> {
                        int count = 0;
                        for (; !over.get(); count++) {
                            client.allocate();
                            client.request(StunMethod.REFRESH, new Lifetime(0));
                        }
                        return count;
                    });
            try {
                for (int i = 0; i < RELOADS; i++) {
                    taken(server, settings.build());
                }
            } finally {
                over.set(true);
            }
            assertTrue(comings.get() > 0);
        }
    }

    @Test
    void aClosedServerTakesNothing() throws Exception {
        TestSettings settings = plain();
        TurnServer server = settings.start();
        server.close();
        assertInstanceOf(Reload.Refused.class, server.reload(settings.build()));
    }

    private TestSettings plain() {
        return new TestSettings().plane(plane).listen(Protocol.UDP, "127.0.0.1", 0);
    }

    private static TransportAddress address(TurnServer server, Protocol protocol) {
        return server.listeners().stream()
                .filter(listener -> listener.protocol() == protocol)
                .findFirst()
                .orElseThrow()
                .address();
    }

    private static Reload.Taken taken(TurnServer server, ServerSettings next) {
        return assertInstanceOf(Reload.Taken.class, server.reload(next));
    }
}

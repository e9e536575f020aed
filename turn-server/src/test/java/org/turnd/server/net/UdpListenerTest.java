package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.auth.StaticUsers;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.Credentials;
import org.turnd.server.policy.AddressRules;
import org.turnd.server.policy.LocalSharedState;
import org.turnd.server.policy.Quotas;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
class UdpListenerTest {
    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    @Test
    @Tag("A-33")
    @Tag("A-34")
    void answersFromTheAddressThatWasAsked() throws Exception {
        // a wildcard on a machine that has 127.0.0.1 and 127.0.0.2.
        ServerSettings settings =
                new TestSettings()
                        .plane(plane)
                        .listen(Protocol.UDP, "0.0.0.0", TestSettings.freePort())
                        .build();
        TransportAddress one = TestSettings.address("127.0.0.1", 0);
        TransportAddress two = TestSettings.address("127.0.0.2", 0);
        TransportAddress six = TestSettings.address("::1", 0);
        try (var shards = shards(settings)) {
            assertEquals(List.of(), shards.listen(settings.listeners(), List.of(one, two, six)));
            int port = settings.listeners().getFirst().address().port();
            assertEquals(
                    List.of(one.withPort(port), two.withPort(port)),
                    shards.listeners().stream().map(Listener::address).toList());
            for (Listener listener : shards.listeners()) {
                // The client's socket takes nothing from any other address.
                try (var client = TestClient.udp(listener.address())) {
                    assertEquals(client.wire().local(), client.binding());
                }
            }
        }
    }

    private ShardGroup shards(ServerSettings settings) throws Exception {
        var shared = new LocalSharedState(settings.relay(), Quotas.perUser(10), new SecureRandom());
        var parts =
                new ShardGroup.Parts(
                        shared,
                        new StaticUsers(settings.auth().users(), settings.realm()),
                        List.of(),
                        AddressRules.of(settings.peers(), List.of(), List.of()),
                        new RecordedEvents());
        return new ShardGroup(settings, parts, DataPlaneChoice.of(plane), null, () -> {});
    }

    @Test
    void takesAWildcardAsEveryAddressOfTheMachine() throws Exception {
        List<TransportAddress> own =
                LocalAddresses.all().stream().filter(TransportAddress::isIpv4).toList();
        try (var server =
                new TestSettings().plane(plane).listen(Protocol.UDP, "0.0.0.0", 0).start()) {
            assertEquals(
                    own.stream().map(TransportAddress::host).toList(),
                    server.listeners().stream().map(l -> l.address().host()).toList());
        }
    }

    @Test
    void spreadsClientsOverTheShards() throws Exception {
        List<TestClient> clients = new ArrayList<>();
        try (var server =
                new TestSettings().plane(plane).listen(Protocol.UDP, "127.0.0.1", 0).start()) {
            for (int i = 0; i < 40; i++) {
                var client = TestClient.udp(address(server));
                clients.add(client);
                assertEquals(client.wire().local(), client.binding());
            }
            for (ShardStatus shard : server.shards()) {
                assertTrue(
                        shard.udpCounters().get(UdpCounters.Counter.RECEIVED_DATAGRAMS) > 0,
                        "shard " + shard.index());
            }
        } finally {
            for (TestClient client : clients) {
                client.close();
            }
        }
    }

    private static TransportAddress address(TurnServer server) {
        return server.listeners().getFirst().address();
    }

    @Test
    void listensOnWhatIsNamedTwiceOnlyOnce() {
        Listener listener = new Listener(Protocol.UDP, TestSettings.address("127.0.0.1", 3478));
        Listener wildcard = new Listener(Protocol.UDP, TestSettings.address("0.0.0.0", 3478));
        assertEquals(
                List.of(listener),
                LocalAddresses.expand(
                        List.of(listener, wildcard, listener),
                        List.of(TestSettings.address("127.0.0.1", 0))));
    }

    @Test
    void tellsTheEmbedderWhoAllocates() throws Exception {
        var events = new RecordedEvents();
        ServerSettings settings =
                new TestSettings().plane(plane).listen(Protocol.UDP, "127.0.0.1", 0).build();
        try (var server = TurnServer.builder(settings).events(events).start();
                var client = TestClient.udp(address(server))) {
            TransportAddress relayed = client.allocate();
            assertEquals(
                    List.of("refused 401", "allocated " + TestSettings.USER + " " + relayed),
                    events.lines());
        }
        assertEquals("ended SERVER_STOPPED", events.lines().getLast());
    }

    @Test
    void goesOnAfterAFaultOfTheEngine() throws Exception {
        ServerSettings settings =
                new TestSettings()
                        .plane(plane)
                        .shards(1)
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .build();
        var builder = TurnServer.builder(settings).credentials(new BrokenCredentials());
        try (var server = builder.start();
                var client = TestClient.udp(address(server))) {
            client.challenge();
            client.wire()
                    .send(
                            client.authenticated(
                                    StunMethod.ALLOCATE,
                                    new RequestedTransport(RequestedTransport.UDP)));
            assertEquals(client.wire().local(), client.binding());
            assertEquals(
                    1,
                    server.shards().getFirst().counters().get(ShardCounters.Counter.ENGINE_FAULTS));
        }
    }

    private static final class BrokenCredentials implements Credentials {
        @Override
        public int candidates() {
            return 1;
        }

        @Override
        public @Nullable Credential find(
                String username, String realm, KeyAlgorithm algorithm, int candidate) {
            throw new IllegalStateException("broken on purpose");
        }
    }
}

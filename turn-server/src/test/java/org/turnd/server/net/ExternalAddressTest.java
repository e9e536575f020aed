package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.AddressMetrics;
import org.turnd.server.Reload;
import org.turnd.server.StartFailure;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ExternalAddress;
import org.turnd.server.config.ExternalAddresses;
import org.turnd.server.config.HostNames;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.ops.Metrics;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.IceServerUri;
import org.turnd.stun.TransportAddress;

/// External addresses that a name or a STUN server stands for, and that change.
@Timeout(60)
class ExternalAddressTest {
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final TransportAddress LOOPBACK = address("127.0.0.1");
    private static final TransportAddress FIRST = address("203.0.113.5");
    private static final TransportAddress SECOND = address("203.0.113.6");
    private static final byte[] PING = "ping!".getBytes(StandardCharsets.US_ASCII);
    private static final int CHANNEL = 0x4001;

    private static TransportAddress address(String host) {
        return TestSettings.address(host, 0);
    }

    private static ExternalAddresses external(
            @Nullable ExternalAddress ipv4, @Nullable Duration refresh) {
        return new ExternalAddresses(ipv4, null, refresh);
    }

    private static ExternalAddress.Seen seenBy(TransportAddress server) {
        return new ExternalAddress.Seen(
                new IceServerUri(
                        IceServerUri.Scheme.STUN,
                        server.host(),
                        server.port(),
                        IceServerUri.Transport.UDP));
    }

    private static TestSettings settings(ExternalAddresses external) {
        return new TestSettings().listen(Protocol.UDP, "127.0.0.1", 0).external(external);
    }

    private static TestClient client(TurnServer server) throws IOException {
        return TestClient.udp(server.listeners().getFirst().address());
    }

    private static @Nullable TransportAddress advertised(TurnServer server) {
        return server.advertisedAddress(AddressFamily.IPV4);
    }

    @Test
    void newAllocationsAreToldWhatAStunServerSeesAndOldOnesKeepTheirs() throws Exception {
        try (var stun = new StunResponder(FIRST);
                var server = settings(external(seenBy(stun.address()), OFTEN)).start();
                var early = client(server);
                var late = client(server)) {
            TransportAddress before = early.allocate();
            assertEquals(FIRST, before.withPort(0));

            stun.sees(SECOND);
            Eventually.holds(() -> SECOND.equals(advertised(server)));
            TransportAddress after = late.allocate();
            assertEquals(SECOND, after.withPort(0));

            // Neither address leads anywhere but into this server.
            early.bindChannel(CHANNEL, after);
            late.bindChannel(CHANNEL, before);
            relays(early, late);
            relays(late, early);
        }
    }

    private static void relays(TestClient from, TestClient to) throws IOException {
        from.sendChannelData(CHANNEL, PING);
        byte[] frame = to.wire().receive();
        assertArrayEquals(PING, Arrays.copyOfRange(frame, 4, 4 + PING.length));
    }

    @Test
    void theLastAddressStaysWhileNobodyAnswers() throws Exception {
        try (var stun = new StunResponder(FIRST);
                var server = settings(external(seenBy(stun.address()), OFTEN)).start()) {
            var metrics = new Metrics("test");
            AddressMetrics.register(metrics, server);
            // An answer that can't be used fails at once, where silence takes seconds.
            stun.sees(address("0.0.0.0"));
            Eventually.holds(() -> shown(metrics, "lookup_failures") > 1);
            assertEquals(FIRST, advertised(server));
            assertEquals(0, shown(metrics, "changes"));
            stun.sees(SECOND);
            Eventually.holds(() -> SECOND.equals(advertised(server)));
            assertEquals(1, shown(metrics, "changes"));
        }
    }

    private static double shown(Metrics metrics, String name) {
        return metrics.scrape().stream()
                .filter(snapshot ->
                        snapshot.getMetadata()
                                .getPrometheusName()
                                .equals("turnd_external_address_" + name))
                .flatMap(snapshot -> snapshot.getDataPoints().stream())
                .map(CounterDataPointSnapshot.class::cast)
                .mapToDouble(CounterDataPointSnapshot::getValue)
                .sum();
    }

    @Test
    void aServerWhoseAddressNobodyKnowsDoesNotStart() throws Exception {
        TransportAddress nobody;
        try (var stun = new StunResponder(FIRST)) {
            nobody = stun.address();
        }
        var settings =
                settings(
                        new ExternalAddresses(
                                seenBy(nobody), new ExternalAddress.Named("turn.invalid"), OFTEN));
        var failure = assertThrows(StartFailure.class, settings::start);
        assertEquals(
                List.of(
                        "relay.external-ipv4 = stun:%s: nobody answers STUN at %s"
                                .formatted(nobody, nobody),
                        "relay.external-ipv6 = turn.invalid: turn.invalid can't be resolved"),
                failure.problems());
    }

    @Test
    void aReloadTakesAnotherAddressOrNothingAtAll() throws Exception {
        try (var stun = new StunResponder(FIRST);
                var server = settings(external(null, null)).start()) {
            assertEquals(LOOPBACK, advertised(server));
            ServerSettings seen = settings(external(seenBy(stun.address()), OFTEN)).build();
            assertEquals(
                    List.of("relay.external-ipv4", "relay.external-refresh"),
                    assertInstanceOf(Reload.Taken.class, server.reload(seen)).changed());
            assertEquals(FIRST, advertised(server));
            stun.sees(SECOND);
            Eventually.holds(() -> SECOND.equals(advertised(server)));

            ServerSettings unknown =
                    settings(external(new ExternalAddress.Named("turn.invalid"), OFTEN)).build();
            assertEquals(
                    List.of("relay.external-ipv4 = turn.invalid: turn.invalid can't be resolved"),
                    assertInstanceOf(Reload.Refused.class, server.reload(unknown)).problems());
            assertEquals(SECOND, advertised(server));
            assertEquals(seen.relay(), server.settings().relay());

            server.reload(settings(external(null, null)).build());
            assertEquals(LOOPBACK, advertised(server));
            try (var client = client(server)) {
                assertEquals(LOOPBACK, client.allocate().withPort(0));
            }
        }
    }

    @Test
    void aReloadAsksAgainWithoutAnInterval() throws Exception {
        try (var stun = new StunResponder(FIRST)) {
            TestSettings settings = settings(external(seenBy(stun.address()), null));
            try (var server = settings.start()) {
                stun.sees(SECOND);
                var taken = assertInstanceOf(Reload.Taken.class, server.reload(settings.build()));
                assertEquals(List.of(), taken.changed());
                Eventually.holds(() -> SECOND.equals(advertised(server)));
            }
        }
    }

    @Test
    void aNameStandsForItsAddressOfTheFamily() throws Exception {
        var named = new ExternalAddress.Named("localhost");
        try (var server = settings(external(named, null)).start()) {
            assertEquals(LOOPBACK, advertised(server));
        }
    }

    @Test
    void aNameThatChangesIsFollowed() throws Exception {
        Map<String, List<TransportAddress>> hosts =
                new ConcurrentHashMap<>(
                        Map.of("turn.example.org", List.of(address("2001:db8::1"), FIRST)));
        HostNames names = host -> Objects.requireNonNull(hosts.get(host));
        var lookup = new ExternalLookup(names);
        var named = new ExternalAddress.Named("turn.example.org");
        Map<AddressFamily, TransportAddress> told = new EnumMap<>(AddressFamily.class);
        ServerSettings.Relay relay = settings(external(named, OFTEN)).build().relay();
        try (var addresses = new AdvertisedAddresses(relay, lookup, told::put)) {
            addresses.become(addresses.find(relay.external()));
            assertEquals(FIRST, told.get(AddressFamily.IPV4));
            addresses.follow();
            hosts.put("turn.example.org", List.of(SECOND));
            Eventually.holds(() -> addresses.changes(AddressFamily.IPV4) == 1);
            assertEquals(SECOND, told.get(AddressFamily.IPV4));
            assertEquals(address("::1"), told.get(AddressFamily.IPV6));
        }
    }

    @Test
    void anAddressThatANameStillHasIsKept() throws Exception {
        var order = new ArrayList<>(List.of(FIRST, SECOND));
        var lookup = new ExternalLookup(host -> List.copyOf(order));
        var named = new ExternalAddress.Named("turn.example.org");
        assertEquals(FIRST, lookup.find(named, LOOPBACK, null));
        Collections.reverse(order);
        assertEquals(FIRST, lookup.find(named, LOOPBACK, FIRST));
        var failure =
                assertThrows(IOException.class, () -> lookup.find(named, address("::1"), null));
        assertEquals("turn.example.org has no IPv6 address", failure.getMessage());
    }

    @Test
    void aSecondStunServerIsAskedWhenTheFirstIsSilent() throws Exception {
        try (var stun = new StunResponder(FIRST)) {
            // On another loopback address nobody has the port.
            var lookup = new ExternalLookup(host -> List.of(address("127.0.0.77"), stun.address()));
            assertEquals(FIRST, lookup.find(seenBy(stun.address()), LOOPBACK, null));
            assertTrue(stun.requests() > 0);
        }
    }
}

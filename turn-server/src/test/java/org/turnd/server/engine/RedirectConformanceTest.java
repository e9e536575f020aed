package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.engine.Redirect.Occasion;
import org.turnd.server.engine.Redirect.Target;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.AlternateDomain;
import org.turnd.stun.StunAttribute.AlternateServer;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.UnknownAttribute;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section R: 300 (Try Alternate), and TURN anycast (RFC 8155).
class RedirectConformanceTest {
    private static final TransportAddress IPV4 = address("192.0.2.9", 3478);
    private static final TransportAddress IPV4_TCP = address("192.0.2.9", 3479);
    private static final TransportAddress IPV4_TLS = address("192.0.2.9", 5349);
    private static final TransportAddress IPV6 = address("2001:db8::9", 3478);
    private static final TransportAddress IPV6_CLIENT = address("2001:db8:7::1", 40_000);
    private static final int ANYCAST_LISTENER = 3;
    private static final StunAttribute IPV6_TOO = new AdditionalAddressFamily(2);
    private static final List<Target> TARGETS =
            List.of(
                    new Target(Transport.UDP, IPV4),
                    new Target(Transport.TCP, IPV4_TCP),
                    new Target(Transport.TLS, IPV4_TLS),
                    new Target(Transport.UDP, IPV6));

    private static EngineFixture fixture(
            List<Target> targets, @Nullable String domain, boolean strangers, Occasion... when) {
        return new EngineFixture(options -> {
            options.redirect = new Redirect(targets, domain, Set.of(when), strangers, List.of());
            options.allocationsMax = 1;
        });
    }

    private static EngineFixture always() {
        return fixture(TARGETS, null, false, Occasion.ALWAYS);
    }

    private static List<TransportAddress> servers(TestClient.Exchange answer) {
        return answer.answer().all(AlternateServer.class).stream()
                .map(AlternateServer::address)
                .toList();
    }

    private static void assertRedirected(TestClient.Exchange answer, TransportAddress... servers) {
        assertEquals(300, answer.errorCode());
        assertEquals(List.of(), answer.effects());
        assertEquals(List.of(servers), servers(answer));
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP", "TLS"})
    @Tag("R-01")
    @Tag("R-02")
    @Tag("R-05")
    @Tag("F-27")
    @DisplayName("R-01 F-27 a signed 300 to where the client's transport is served")
    void redirectsWhoHasAuthenticated(Transport transport) {
        EngineFixture fixture = always();
        for (boolean sha256 : new boolean[] {false, true}) {
            TransportAddress source = address("198.51.100.1", sha256 ? 40_000 : 40_001);
            TestClient client =
                    transport == Transport.UDP
                            ? fixture.udp(0, source)
                            : fixture.stream(transport, 0, source);
            client.sha256 = sha256;
            // TestClient.ask refuses an answer that isn't signed.
            TestClient.Exchange answer = client.askAllocate();
            switch (transport) {
                case UDP -> assertRedirected(answer, IPV4, IPV6);
                case TCP -> assertRedirected(answer, IPV4_TCP);
                default -> assertRedirected(answer, IPV4_TLS);
            }
            assertFalse(answer.answer().has(AttributeType.ALTERNATE_DOMAIN));
        }
        assertEquals(0, fixture.engine.allocationCount());
        assertEquals(2, fixture.count(RefusalCause.REDIRECTED));
        assertEquals(16384, fixture.shared.freePorts(AddressFamily.IPV4, fixture.nowNanos));
    }

    @Test
    @Tag("R-01")
    @DisplayName("R-01 strangers and impostors are asked for credentials first")
    void redirectsNobodyBeforeAuthentication() {
        EngineFixture fixture = always();
        TestClient client = fixture.udp();
        byte[] bare = client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes();
        assertEquals(401, client.exchange(bare).errorCode());
        client.password = "wrong";
        assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
    }

    @Test
    @Tag("R-02")
    @DisplayName("R-02 the client's family first; without one of it the client stays")
    void namesTheClientsFamilyFirst() {
        assertRedirected(always().udp(0, IPV6_CLIENT).askAllocate(), IPV6, IPV4);
        EngineFixture onlyIpv4 =
                fixture(List.of(new Target(null, IPV4)), null, false, Occasion.ALWAYS);
        onlyIpv4.udp(0, IPV6_CLIENT).allocate();
        TestClient ipv4 = onlyIpv4.udp();
        assertRedirected(ipv4.askAllocate(), IPV4);
        EngineFixture onlyTcp =
                fixture(List.of(new Target(Transport.TCP, IPV4)), null, false, Occasion.ALWAYS);
        onlyTcp.udp().allocate();
    }

    @Test
    @Tag("R-02")
    @DisplayName("R-02 ALTERNATE-SERVER is in clear, as MAPPED-ADDRESS")
    void writesTheAddressInClear() {
        String bytes = always().udp().askAllocate().bytes().toString();
        assertTrue(bytes.contains("8023000800010d96c0000209"), bytes);
    }

    @Test
    @Tag("R-03")
    @DisplayName("R-03 another certificate: ALTERNATE-DOMAIN to TLS with SHA-256; others stay")
    void namesTheDomainOfAnotherCertificate() {
        for (Transport transport : List.of(Transport.TLS, Transport.DTLS)) {
            EngineFixture fixture =
                    fixture(
                            List.of(new Target(null, IPV4)),
                            "turn2.example.org",
                            false,
                            Occasion.ALWAYS);
            TestClient modern = fixture.stream(transport, 0, address("198.51.100.1", 1));
            modern.sha256 = true;
            TestClient.Exchange answer = modern.askAllocate();
            assertRedirected(answer, IPV4);
            assertEquals("turn2.example.org", answer.get(AlternateDomain.class).value());
            TestClient old = fixture.stream(transport, 0, address("198.51.100.1", 2));
            old.allocate();
            TestClient udp = fixture.udp();
            udp.sha256 = true;
            TestClient.Exchange plain = udp.askAllocate();
            assertRedirected(plain, IPV4);
            assertFalse(plain.answer().has(AttributeType.ALTERNATE_DOMAIN));
        }
    }

    @Test
    @Tag("R-04")
    @DisplayName("R-04 Binding, and whoever has an allocation, is served here")
    void servesEverythingButAllocate() {
        EngineFixture fixture = fixture(TARGETS, null, true, Occasion.FULL, Occasion.DRAINING);
        TestClient client = fixture.udp();
        client.allocate();
        fixture.shared.setDraining(true);
        TestClient.Exchange binding = client.exchange(client.request(StunMethod.BINDING).bytes());
        assertEquals(0, binding.errorCode());
        assertFalse(binding.answer().has(AttributeType.ALTERNATE_SERVER));
        assertEquals(600, client.refresh(600));
        client.createPermission(address("192.0.2.55", 1));
        assertEquals(437, client.refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }

    @Test
    @Tag("F-27")
    @DisplayName("F-27 wrong requests get their own errors, never 300")
    void refusesWrongRequestsItself() {
        TestClient client = always().udp();
        assertEquals(400, client.refusal(StunMethod.ALLOCATE));
        assertEquals(442, client.refusal(StunMethod.ALLOCATE, new RequestedTransport(0)));
        assertEquals(
                420,
                client.refusal(
                        StunMethod.ALLOCATE,
                        TestClient.UDP,
                        new UnknownAttribute(0x7F01, Octets.EMPTY)));
        assertEquals(437, client.refusal(StunMethod.REFRESH));
    }

    @Test
    @Tag("F-27")
    @DisplayName("F-27 a server that only distributes doesn't judge by its own families")
    void redirectsFamiliesThatItLacks() {
        EngineFixture front =
                new EngineFixture(options -> {
                    options.redirect =
                            new Redirect(TARGETS, null, Set.of(Occasion.ALWAYS), false, List.of());
                    options.relayIpv6 = null;
                });
        assertRedirected(front.udp().askAllocate(new RequestedAddressFamily(2)), IPV4, IPV6);
    }

    @Test
    @Tag("F-27")
    @Tag("F-28")
    @DisplayName("F-27 draining: 300 where somebody takes over, else 403")
    void redirectsWhileDraining() {
        EngineFixture fixture = fixture(TARGETS, null, false, Occasion.DRAINING);
        fixture.shared.setDraining(true);
        assertRedirected(fixture.udp().askAllocate(), IPV4, IPV6);
        TestClient tls = fixture.stream(Transport.DTLS, 0, address("198.51.100.1", 1));
        assertEquals(403, tls.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        EngineFixture full = fixture(TARGETS, null, false, Occasion.FULL);
        full.shared.setDraining(true);
        assertEquals(403, full.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }

    @Test
    @Tag("F-27")
    @DisplayName("F-27 full, by allocations or by ports: 300, and nothing is left behind")
    void redirectsWhenFull() {
        EngineFixture fixture = fixture(TARGETS, null, false, Occasion.FULL);
        TestClient first = fixture.udp();
        first.allocate();
        assertRedirected(fixture.udp().askAllocate(), IPV4, IPV6);
        first.refresh(0);
        fixture.udp().allocate();

        EngineFixture narrow =
                new EngineFixture(options -> {
                    options.redirect =
                            new Redirect(TARGETS, null, Set.of(Occasion.FULL), false, List.of());
                    options.minPort = 50_000;
                    options.maxPort = 50_000;
                    options.allocationsPerUser = 2;
                });
        narrow.udp().allocate();
        // A unit of quota that a redirect kept would show as 486.
        for (int i = 0; i < 5; i++) {
            assertRedirected(narrow.udp().askAllocate(), IPV4, IPV6);
        }
    }

    @Test
    @Tag("W-03")
    @DisplayName("W-03 before authentication, where it is switched on: an unsigned 300")
    void redirectsStrangersWhereItIsSwitchedOn() {
        EngineFixture fixture = fixture(TARGETS, "turn2.example.org", true, Occasion.ALWAYS);
        TestClient client = fixture.udp();
        byte[] bare = client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes();
        TestClient.Exchange answer = client.exchange(bare);
        assertRedirected(answer, IPV4, IPV6);
        for (int type :
                new int[] {
                    AttributeType.MESSAGE_INTEGRITY,
                    AttributeType.MESSAGE_INTEGRITY_SHA256,
                    AttributeType.NONCE,
                    AttributeType.ALTERNATE_DOMAIN
                }) {
            assertFalse(answer.answer().has(type));
        }
        TestClient elsewhere = new EngineFixture().udp();
        byte[] alike = elsewhere.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes();
        assertTrue(
                answer.bytes().length() < elsewhere.exchange(alike).bytes().length(),
                "S-07: smaller than the 401 in its place");
        // Over TLS nobody can be told the domain yet.
        TestClient tls = fixture.stream(Transport.TLS, 0, address("198.51.100.1", 1));
        byte[] overTls = tls.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes();
        assertEquals(401, tls.exchange(overTls).errorCode());
        // Wrong ones learn nothing, others are no Allocate.
        for (TestMessage message :
                List.of(
                        client.request(StunMethod.ALLOCATE),
                        client.request(StunMethod.REFRESH),
                        client.request(StunMethod.ALLOCATE)
                                .put(TestClient.UDP, new UnknownAttribute(0x7F01, Octets.EMPTY)))) {
            assertEquals(401, client.exchange(message.bytes()).errorCode());
        }
    }

    @Test
    @Tag("R-05")
    @DisplayName("R-05 several servers share the clients; each copy of a request gets the same one")
    void sharesClientsAmongServers() {
        Set<TransportAddress> seen = new HashSet<>();
        List<Target> many =
                List.of(
                        new Target(null, IPV4),
                        new Target(null, IPV4_TCP),
                        new Target(null, IPV4_TLS));
        EngineFixture fixture = fixture(many, null, true, Occasion.ALWAYS);
        for (int i = 0; i < 100; i++) {
            TestClient client = fixture.udp();
            byte[] request = client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes();
            List<TransportAddress> told = servers(client.exchange(request));
            assertEquals(told, servers(client.exchange(request)));
            seen.addAll(told);
        }
        assertEquals(Set.of(IPV4, IPV4_TCP, IPV4_TLS), seen);
    }

    private static EngineFixture anycast() {
        EngineFixture fixture =
                new EngineFixture(options ->
                        options.redirect =
                                new Redirect(
                                        List.of(),
                                        null,
                                        Set.of(),
                                        false,
                                        List.of(new Target(null, IPV4), new Target(null, IPV6))));
        BitSet listeners = new BitSet();
        listeners.set(ANYCAST_LISTENER);
        fixture.engine.serveAnycast(listeners);
        return fixture;
    }

    @Test
    @Tag("T-03")
    @Tag("C-15")
    @DisplayName("T-03 C-15 anycast: one datagram there, one 300 back, no credentials asked")
    void sendsFromAnycastToUnicast() {
        EngineFixture fixture = anycast();
        TestClient client = fixture.udp(ANYCAST_LISTENER, address("198.51.100.1", 40_000));
        byte[] request = client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes();
        TestClient.Exchange answer = client.exchange(request);
        assertRedirected(answer, IPV4, IPV6);
        assertTrue(answer.bytes().length() <= 548);
        TestClient ipv6 = fixture.udp(ANYCAST_LISTENER, IPV6_CLIENT);
        assertRedirected(
                ipv6.exchange(ipv6.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes()),
                IPV6,
                IPV4);
        // Credentials aren't needed, and do no harm.
        byte[] challenge = client.request(StunMethod.REFRESH).bytes();
        assertEquals(401, client.exchange(challenge).errorCode());
        assertRedirected(client.askAllocate(), IPV4, IPV6);
        assertEquals(0, fixture.engine.allocationCount());
        fixture.udp(0, address("198.51.100.1", 40_001)).allocate();
    }

    @Test
    @Tag("T-03")
    @DisplayName("T-03 anycast: what fails the checks of Allocate isn't redirected")
    void redirectsFromAnycastOnlyWhatIsRight() {
        EngineFixture fixture = anycast();
        TestClient client = fixture.udp(ANYCAST_LISTENER, address("198.51.100.1", 40_000));
        StunAttribute[][] wrong = {
            {}, {new RequestedTransport(0)}, {TestClient.UDP, new EvenPort(true), IPV6_TOO}
        };
        for (StunAttribute[] attributes : wrong) {
            byte[] request = client.request(StunMethod.ALLOCATE).put(attributes).bytes();
            assertEquals(401, client.exchange(request).errorCode());
        }
        TestClient.Exchange binding = client.exchange(client.request(StunMethod.BINDING).bytes());
        assertEquals(0, binding.errorCode());
    }
}

package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.AddressErrorCode;
import org.turnd.stun.StunAttribute.DontFragment;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section F: what an Allocate asks for and gets.
class AllocateConformanceTest {
    private static final RequestedAddressFamily IPV6 =
            new RequestedAddressFamily(AddressFamily.IPV6.code());
    private static final AdditionalAddressFamily ALSO_IPV6 =
            new AdditionalAddressFamily(AddressFamily.IPV6.code());
    private static final EvenPort EVEN = new EvenPort(false);
    private static final EvenPort EVEN_WITH_NEXT = new EvenPort(true);

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    @Test
    @DisplayName("F-01 a second Allocate on the five-tuple: 437, the old allocation is untouched")
    void refusesSecondAllocateOnTheSameFiveTuple() {
        client.allocate();
        List<TransportAddress> relays = fixture.sink.relays();
        assertEquals(437, client.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(relays, fixture.sink.relays());
        assertEquals(600, client.refresh(600));
    }

    @Test
    @DisplayName("F-02 REQUESTED-TRANSPORT missing or of wrong length: 400")
    void refusesAllocateWithoutTransport() {
        assertEquals(400, client.refusal(StunMethod.ALLOCATE));
        assertEquals(400, refusalOfRaw(AttributeType.REQUESTED_TRANSPORT, 17, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 6, 132, 255})
    @DisplayName("F-03 another protocol than UDP: 442")
    void refusesOtherTransports(int protocol) {
        assertEquals(442, client.refusal(StunMethod.ALLOCATE, new RequestedTransport(protocol)));
    }

    @Test
    @DisplayName("F-03 the RFFU bytes of REQUESTED-TRANSPORT are ignored")
    void ignoresReservedBytesOfRequestedTransport() {
        assertEquals(0, refusalOfRaw(AttributeType.REQUESTED_TRANSPORT, 17, 1, 2, 3));
    }

    @Test
    @DisplayName("F-04, F-05 DONT-FRAGMENT where DF can't be set: 420 lists it")
    void refusesDontFragment() {
        TestClient.Exchange refused = client.askAllocate(new DontFragment());
        assertEquals(420, refused.errorCode());
        assertEquals(
                List.of(AttributeType.DONT_FRAGMENT), refused.get(UnknownAttributes.class).types());
        assertEquals(List.of(), refused.effects());
    }

    @Test
    @DisplayName("F-06 RESERVATION-TOKEN with EVEN-PORT or a family, or of wrong length: 400")
    void refusesTokenWithOtherWishes() {
        ReservationToken token = new ReservationToken(1);
        assertEquals(400, client.askAllocate(token, EVEN).errorCode());
        assertEquals(400, client.askAllocate(token, IPV6).errorCode());
        assertEquals(400, client.askAllocate(token, ALSO_IPV6).errorCode());
        byte[] shortToken =
                client.sign(
                                client.request(StunMethod.ALLOCATE)
                                        .put(TestClient.UDP)
                                        .raw(AttributeType.RESERVATION_TOKEN, 1, 2, 3, 4))
                        .bytes();
        assertEquals(400, client.exchange(shortToken).errorCode());
    }

    @Test
    @DisplayName("F-07 a token unknown, used or expired: 508")
    void refusesTokensThatAreNotGood() {
        assertEquals(508, client.askAllocate(new ReservationToken(4711)).errorCode());
        ReservationToken used = reserve(client);
        fixture.udp().allocate(used);
        assertEquals(508, fixture.udp().askAllocate(used).errorCode());
        ReservationToken expired = reserve(fixture.udp());
        fixture.advance(31);
        assertEquals(508, fixture.udp().askAllocate(expired).errorCode());
    }

    @Test
    @DisplayName("F-08 a token is good for exactly the next port, from any five-tuple")
    void givesTheReservedPortToWhoeverBringsTheToken() {
        TestClient.Exchange exchange = client.askAllocate(EVEN_WITH_NEXT);
        TransportAddress even = exchange.get(XorRelayedAddress.class).address();
        TestClient other = fixture.stream(Transport.TLS, 2, address("198.51.100.99", 7));
        TransportAddress odd = other.allocate(exchange.get(ReservationToken.class));
        assertEquals(even.withPort(even.port() + 1), odd);
    }

    @Test
    @DisplayName("F-09 REQUESTED- and ADDITIONAL-ADDRESS-FAMILY together: 400")
    void refusesBothFamilyAttributes() {
        assertEquals(400, client.askAllocate(IPV6, ALSO_IPV6).errorCode());
    }

    @Test
    @DisplayName("F-10 a family that isn't there: 440; malformed: 400")
    void refusesFamiliesItDoesNotOffer() {
        EngineFixture ipv4Only = new EngineFixture(options -> options.relayIpv6 = null);
        assertEquals(440, ipv4Only.udp().askAllocate(IPV6).errorCode());
        assertEquals(440, client.askAllocate(new RequestedAddressFamily(7)).errorCode());
        byte[] tooShort =
                client.sign(
                                client.request(StunMethod.ALLOCATE)
                                        .put(TestClient.UDP)
                                        .raw(AttributeType.REQUESTED_ADDRESS_FAMILY, 2, 0))
                        .bytes();
        assertEquals(400, client.exchange(tooShort).errorCode());
        byte[] reservedBytes =
                client.sign(
                                client.request(StunMethod.ALLOCATE)
                                        .put(TestClient.UDP)
                                        .raw(AttributeType.REQUESTED_ADDRESS_FAMILY, 2, 9, 9, 9))
                        .bytes();
        assertEquals(0, client.exchange(reservedBytes).errorCode());
    }

    @Test
    @DisplayName("F-11 no family asked for: IPv4, also for a client over IPv6; 440 without IPv4")
    void allocatesIpv4UnlessAskedOtherwise() {
        TestClient overIpv6 = fixture.udp(0, address("2001:db8:77::1", 4000));
        assertEquals(AddressFamily.IPV4, overIpv6.allocate().family());
        EngineFixture ipv6Only = new EngineFixture(options -> options.relayIpv4 = null);
        assertEquals(440, ipv6Only.udp().askAllocate().errorCode());
        assertEquals(AddressFamily.IPV6, ipv6Only.udp().allocate(IPV6).family());
    }

    @Test
    @DisplayName("F-12 EVEN-PORT with R and a second family: 400; without R both are even")
    void allowsEvenPortsInBothFamiliesButNoReservation() {
        assertEquals(400, client.askAllocate(EVEN_WITH_NEXT, ALSO_IPV6).errorCode());
        TestClient.Exchange dual = client.askAllocate(EVEN, ALSO_IPV6);
        dual.answer()
                .all(XorRelayedAddress.class)
                .forEach(relayed -> assertEquals(0, relayed.address().port() % 2));
        assertEquals(2, dual.answer().all(XorRelayedAddress.class).size());
    }

    @Test
    @DisplayName(
            "F-13 EVEN-PORT: an even port, with R a token for the next; 508 when there is none")
    void allocatesEvenPorts() {
        TestClient.Exchange even = client.askAllocate(EVEN);
        assertEquals(0, even.get(XorRelayedAddress.class).address().port() % 2);
        assertNull(even.answer().first(ReservationToken.class));
        TestClient.Exchange pair = fixture.udp().askAllocate(EVEN_WITH_NEXT);
        assertEquals(0, pair.get(XorRelayedAddress.class).address().port() % 2);
        assertNotEquals(0, pair.get(ReservationToken.class).token());
        EngineFixture onePort =
                new EngineFixture(options -> {
                    options.minPort = 50_001;
                    options.maxPort = 50_001;
                });
        assertEquals(508, onePort.udp().askAllocate(EVEN).errorCode());
        assertEquals(508, onePort.udp().askAllocate(EVEN_WITH_NEXT).errorCode());
        assertEquals(50_001, onePort.udp().allocate().port());
    }

    @Test
    @DisplayName("F-14 a reservation is held for 30 s, then the port returns to the pool")
    void holdsReservationsForThirtySeconds() {
        EngineFixture tiny =
                new EngineFixture(options -> {
                    options.minPort = 50_000;
                    options.maxPort = 50_003;
                });
        ReservationToken first = reserve(tiny.udp());
        tiny.udp().allocate();
        tiny.udp().allocate();
        assertEquals(508, tiny.udp().askAllocate().errorCode(), "the fourth port is reserved");
        tiny.advance(29);
        tiny.udp().allocate(first);

        EngineFixture other =
                new EngineFixture(options -> {
                    options.minPort = 50_000;
                    options.maxPort = 50_001;
                    options.quarantineSeconds = 0;
                });
        reserve(other.udp());
        other.advance(29);
        assertEquals(508, other.udp().askAllocate().errorCode());
        other.advance(2);
        other.udp().allocate();
    }

    @Test
    @DisplayName("F-15 ADDITIONAL-ADDRESS-FAMILY: IPv4 is 400, IPv6 gives one address of each")
    void allocatesBothFamilies() {
        assertEquals(
                400,
                client.askAllocate(new AdditionalAddressFamily(AddressFamily.IPV4.code()))
                        .errorCode());
        TestClient.Exchange dual = client.askAllocate(ALSO_IPV6);
        List<AddressFamily> families =
                dual.answer().all(XorRelayedAddress.class).stream()
                        .map(relayed -> relayed.address().family())
                        .toList();
        assertEquals(List.of(AddressFamily.IPV4, AddressFamily.IPV6), families);
        assertNull(dual.answer().first(AddressErrorCode.class));
    }

    @Test
    @DisplayName("F-16 only one family to be had: success with ADDRESS-ERROR-CODE for the other")
    void saysWhichFamilyIsMissing() {
        EngineFixture ipv4Only = new EngineFixture(options -> options.relayIpv6 = null);
        TestClient.Exchange half = ipv4Only.udp().askAllocate(ALSO_IPV6);
        assertEquals(1, half.answer().all(XorRelayedAddress.class).size());
        AddressErrorCode missing = half.get(AddressErrorCode.class);
        assertEquals(AddressFamily.IPV6.code(), missing.family());
        assertEquals(440, missing.code());

        EngineFixture onePort =
                new EngineFixture(options -> {
                    options.minPort = 50_000;
                    options.maxPort = 50_000;
                });
        onePort.udp().allocate(IPV6);
        missing = onePort.udp().askAllocate(ALSO_IPV6).get(AddressErrorCode.class);
        assertEquals(508, missing.code());
        assertEquals(508, onePort.udp().askAllocate(ALSO_IPV6).errorCode(), "neither is left");
    }

    @Test
    @DisplayName("F-16 a relay socket that can't be bound counts as missing")
    void saysWhichSocketIsMissing() {
        fixture.sink.failuresToCome = Allocations.BIND_ATTEMPTS_MAX;
        TestClient.Exchange half = client.askAllocate(ALSO_IPV6);
        assertEquals(508, half.get(AddressErrorCode.class).code());
        assertEquals(1, half.answer().all(XorRelayedAddress.class).size());
    }

    @ParameterizedTest
    @CsvSource({"0,600", "1,600", "599,600", "600,600", "1200,1200", "4294967295,3600"})
    @DisplayName("F-17 a lifetime below the default is raised, above the maximum cut")
    void grantsLifetimes(long asked, long granted) {
        assertEquals(
                granted, client.askAllocate(new Lifetime(asked)).get(Lifetime.class).seconds());
    }

    @Test
    @DisplayName("F-17, F-18 no LIFETIME gives the default; a malformed one 400")
    void grantsTheDefaultLifetime() {
        byte[] malformed =
                client.sign(
                                client.request(StunMethod.ALLOCATE)
                                        .put(TestClient.UDP)
                                        .raw(AttributeType.LIFETIME, 0, 1))
                        .bytes();
        assertEquals(400, client.exchange(malformed).errorCode());
        assertEquals(600, client.askAllocate().get(Lifetime.class).seconds());
    }

    @Test
    @DisplayName("F-19 the success says relayed address, lifetime and mapped address")
    void saysWhatWasAllocated() {
        TestClient.Exchange success = client.askAllocate();
        TransportAddress relayed = success.get(XorRelayedAddress.class).address();
        assertEquals(List.of(new Output.BindRelay(relayed)), success.effects());
        assertEquals(EngineFixture.RELAY_IPV4.withPort(relayed.port()), relayed);
        assertEquals(600, success.get(Lifetime.class).seconds());
        assertEquals(client.address(), success.get(XorMappedAddress.class).address());
    }

    @Test
    @DisplayName("F-23, F-24 ports come from the range, in no order, evenly")
    void choosesPortsAtRandom() {
        List<Integer> ports =
                IntStream.range(0, 1000).map(i -> fixture.udp().allocate().port()).boxed().toList();
        assertEquals(1000, new HashSet<>(ports).size(), "C-13");
        int rises = 0;
        int[] buckets = new int[8];
        for (int i = 0; i < ports.size(); i++) {
            int port = ports.get(i);
            assertTrue(port >= 49152 && port <= 65535, () -> "port " + port);
            buckets[(port - 49152) * buckets.length / 16384]++;
            rises += i > 0 && port > ports.get(i - 1) ? 1 : 0;
        }
        assertTrue(rises > 400 && rises < 600, "rises: " + rises);
        for (int bucket : buckets) {
            // 125 expected, standard deviation 10.5: one seed in a million would leave this band.
            assertTrue(bucket > 70 && bucket < 180, "bucket of " + bucket);
        }
    }

    @Test
    @DisplayName("F-24 even ports are chosen at random, too")
    void choosesEvenPortsAtRandom() {
        Set<Integer> ports = new HashSet<>();
        int last = 0;
        int rises = 0;
        for (int i = 0; i < 200; i++) {
            int port =
                    fixture.udp().askAllocate(EVEN).get(XorRelayedAddress.class).address().port();
            ports.add(port);
            rises += port > last ? 1 : 0;
            last = port;
        }
        assertEquals(200, ports.size());
        assertTrue(rises > 60 && rises < 140, "rises: " + rises);
    }

    @Test
    @DisplayName("F-32 behind a 1:1 NAT the external address is told, the internal one bound")
    void tellsTheExternalAddress() {
        TransportAddress external = address("192.0.2.200", 0);
        EngineFixture behindNat = new EngineFixture(options -> options.externalIpv4 = external);
        TestClient.Exchange success = behindNat.udp().askAllocate();
        TransportAddress relayed = success.get(XorRelayedAddress.class).address();
        assertEquals(external.withPort(relayed.port()), relayed);
        assertEquals(
                List.of(new Output.BindRelay(EngineFixture.RELAY_IPV4.withPort(relayed.port()))),
                success.effects());
    }

    private static ReservationToken reserve(TestClient client) {
        return client.askAllocate(EVEN_WITH_NEXT).get(ReservationToken.class);
    }

    private int refusalOfRaw(int type, int... value) {
        byte[] request = client.sign(client.request(StunMethod.ALLOCATE).raw(type, value)).bytes();
        return client.exchange(request).errorCode();
    }
}

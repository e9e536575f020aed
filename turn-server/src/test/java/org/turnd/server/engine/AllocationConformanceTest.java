package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE sections F and G: the life of an allocation, its limits, and Refresh.
class AllocationConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress PEER_IPV6 = address("2001:db8:9::55", 5000);
    private static final byte[] DATA = {1, 2, 3};
    private static final RequestedAddressFamily IPV4 =
            new RequestedAddressFamily(AddressFamily.IPV4.code());
    private static final RequestedAddressFamily IPV6 =
            new RequestedAddressFamily(AddressFamily.IPV6.code());
    private static final AdditionalAddressFamily ALSO_IPV6 =
            new AdditionalAddressFamily(AddressFamily.IPV6.code());

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    @Test
    @DisplayName("F-20 a new allocation lets nobody in and binds no channel")
    void startsWithoutPermissionsAndChannels() {
        TransportAddress relayed = client.allocate();
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
        assertEquals(List.of(), client.send(PEER, DATA));
        assertEquals(List.of(), client.channelData(0x4000, DATA));
    }

    @Test
    @DisplayName("F-21 data flows until a second before the end; after it all is gone")
    void endsAtItsLifetime() {
        TransportAddress relayed = client.allocate();
        fixture.advance(599);
        client.createPermission(PEER);
        assertEquals(List.of(Output.ToPeer.of(relayed, PEER, DATA)), client.send(PEER, DATA));
        assertEquals(List.of(new Output.CloseRelay(relayed)), fixture.advance(1));
        assertEquals(437, client.refusal(StunMethod.REFRESH));
        assertEquals(437, client.refusal(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)));
        assertEquals(437, client.refusal(StunMethod.CHANNEL_BIND));
        assertEquals(List.of(), client.send(PEER, DATA));
        assertEquals(0, fixture.engine.allocationCount());
        assertTrue(fixture.events.lines.contains("ended alice EXPIRED 3 0"));
    }

    @Test
    @DisplayName("F-21 nothing passes after the end, even when the timer is late")
    void isDeafAfterItsLifetimeWhenTheTimerIsLate() {
        TransportAddress relayed = client.allocate();
        fixture.advance(500);
        client.createPermission(PEER);
        client.channelBind(0x4000, PEER);
        fixture.advanceSilently(100);
        assertEquals(List.of(), client.send(PEER, DATA));
        assertEquals(List.of(), client.channelData(0x4000, DATA));
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
        TestClient.Exchange late = client.ask(StunMethod.REFRESH);
        assertEquals(437, late.errorCode());
        assertEquals(List.of(new Output.CloseRelay(relayed)), late.effects());
    }

    @Test
    @DisplayName("F-22 traffic doesn't lengthen the lifetime")
    void expiresInSpiteOfTraffic() {
        TransportAddress relayed = client.allocate();
        for (int i = 0; i < 5; i++) {
            client.createPermission(PEER);
            client.send(PEER, DATA);
            fixture.peerSends(relayed, PEER, DATA);
            fixture.advance(110);
        }
        assertEquals(List.of(new Output.CloseRelay(relayed)), fixture.advance(50));
    }

    @Test
    @DisplayName("F-25 the cap is each user's own: 486, and a freed place is usable again")
    @Tag("S-09")
    void capsAllocationsByUser() {
        EngineFixture capped = new EngineFixture(options -> options.allocationsPerUser = 2);
        TestClient first = capped.udp();
        first.allocate();
        capped.udp().allocate();
        TestClient third = capped.stream(Transport.TCP, 1, address("198.51.100.77", 9));
        assertEquals(486, third.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        capped.udp().as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD).allocate();
        first.refresh(0);
        third.allocate();
    }

    @Test
    @DisplayName("F-26 no port left: 508; no place left on the shard: 508")
    void refusesWhenFull() {
        EngineFixture small =
                new EngineFixture(options -> {
                    options.minPort = 50_000;
                    options.maxPort = 50_001;
                });
        small.udp().allocate();
        small.udp().allocate();
        assertEquals(508, small.udp().askAllocate().errorCode());
        EngineFixture bounded = new EngineFixture(options -> options.allocationsMax = 1);
        bounded.udp().allocate();
        assertEquals(508, bounded.udp().askAllocate().errorCode());
    }

    @Test
    @DisplayName("F-27 R-04 no answer carries ALTERNATE-SERVER: redirection isn't offered")
    void neverRedirects() {
        assertFalse(client.askAllocate().answer().has(AttributeType.ALTERNATE_SERVER));
    }

    @Test
    @DisplayName("F-28 while draining: 403, and what lives goes on")
    @Tag("F-28")
    void refusesNewAllocationsWhileDraining() {
        client.allocate();
        fixture.shared.setDraining(true);
        assertEquals(403, fixture.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(600, client.refresh(600));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001::1", "2001:0:ffff::1", "2002::1", "2002:c000:0201::1"})
    @DisplayName("F-29 clients through Teredo and 6to4: 403")
    @Tag("F-29")
    void refusesTunnelledClients(String host) {
        TestClient tunnelled = fixture.udp(0, address(host, 4000));
        assertEquals(403, tunnelled.refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }

    @Test
    @DisplayName("F-30 open access doesn't exist: every TURN request needs credentials")
    @Tag("F-30")
    void demandsCredentialsForEverything() {
        for (StunMethod method :
                List.of(
                        StunMethod.ALLOCATE,
                        StunMethod.REFRESH,
                        StunMethod.CREATE_PERMISSION,
                        StunMethod.CHANNEL_BIND)) {
            assertEquals(401, client.exchange(client.request(method).bytes()).errorCode());
        }
    }

    @Test
    @DisplayName("F-31 10,000 failing Allocates leave no port, quota or token behind")
    void leavesNothingBehindWhenAllocateFails() {
        fixture.sink.binding = RecordingSink.Binding.FAILS;
        for (int i = 0; i < 10_000; i++) {
            TestClient failing = fixture.udp();
            int code =
                    switch (i % 4) {
                        case 0 -> failing.askAllocate().errorCode();
                        case 1 -> failing.askAllocate(new EvenPort(true)).errorCode();
                        case 2 -> failing.askAllocate(ALSO_IPV6).errorCode();
                        default -> failing.askAllocate(new ReservationToken(i)).errorCode();
                    };
            assertEquals(508, code);
            fixture.advance(1);
        }
        assertNothingIsHeld();
    }

    @Test
    @DisplayName("F-31 a connection that closes while its relay is being bound leaves nothing")
    void leavesNothingBehindWhenTheClientGoesEarly() {
        fixture.sink.binding = RecordingSink.Binding.LATER;
        TestClient stream = fixture.tcp();
        stream.feed(stream.signed(StunMethod.ALLOCATE, TestClient.UDP, new EvenPort(true)));
        assertEquals(1, fixture.sink.relays().size());
        stream.close();
        assertNothingIsHeld();
    }

    @Test
    @DisplayName("G-01 Refresh without an allocation: 437")
    void refusesRefreshWithoutAllocation() {
        assertEquals(437, client.refusal(StunMethod.REFRESH, new Lifetime(600)));
    }

    @ParameterizedTest
    @CsvSource({"1,600", "600,600", "3000,3000", "4294967295,3600"})
    @DisplayName("G-02 Refresh grants what Allocate would")
    void grantsLifetimesAnew(long asked, long granted) {
        client.allocate();
        assertEquals(granted, client.refresh(asked));
        fixture.advance(granted - 1);
        assertEquals(1, fixture.engine.allocationCount());
        fixture.advance(1);
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    @DisplayName("G-02 Refresh without LIFETIME grants the default; malformed: 400")
    void grantsTheDefaultAnew() {
        client.allocate(new Lifetime(3000));
        assertEquals(600, client.ask(StunMethod.REFRESH).get(Lifetime.class).seconds());
        byte[] malformed =
                client.sign(client.request(StunMethod.REFRESH).raw(AttributeType.LIFETIME, 1))
                        .bytes();
        assertEquals(400, client.exchange(malformed).errorCode());
    }

    @Test
    @DisplayName("G-03 LIFETIME 0 deletes at once")
    void deletesAtOnce() {
        TransportAddress relayed = client.allocate();
        client.createPermission(PEER);
        TestClient.Exchange deleted = client.ask(StunMethod.REFRESH, new Lifetime(0));
        assertEquals(0, deleted.get(Lifetime.class).seconds());
        assertEquals(List.of(new Output.CloseRelay(relayed)), deleted.effects());
        assertEquals(437, client.refusal(StunMethod.REFRESH));
        assertEquals(List.of(), client.send(PEER, DATA));
    }

    @Test
    @DisplayName("G-04 a family the allocation doesn't have: 443; malformed: 400")
    void refusesRefreshOfAnotherFamily() {
        client.allocate();
        assertEquals(443, client.refusal(StunMethod.REFRESH, IPV6));
        assertEquals(443, client.refusal(StunMethod.REFRESH, new RequestedAddressFamily(7)));
        byte[] malformed =
                client.sign(
                                client.request(StunMethod.REFRESH)
                                        .raw(AttributeType.REQUESTED_ADDRESS_FAMILY, 1))
                        .bytes();
        assertEquals(400, client.exchange(malformed).errorCode());
    }

    @Test
    @DisplayName("G-05, G-08 Refresh of one family of a dual allocation deletes that one alone")
    void deletesOneFamilyOfADualAllocation() {
        List<TransportAddress> relayed = allocateDual();
        client.createPermission(PEER, PEER_IPV6);
        client.channelBind(0x4000, PEER);
        client.channelBind(0x4001, PEER_IPV6);
        TestClient.Exchange deleted = client.ask(StunMethod.REFRESH, IPV6, new Lifetime(0));
        assertEquals(List.of(new Output.CloseRelay(relayed.get(1))), deleted.effects());
        assertEquals(
                List.of(Output.ToPeer.of(relayed.get(0), PEER, DATA)),
                client.channelData(0x4000, DATA));
        assertEquals(List.of(), client.channelData(0x4001, DATA));
        assertEquals(List.of(), client.send(PEER_IPV6, DATA));
        assertEquals(443, client.refusal(StunMethod.REFRESH, IPV6));
        assertEquals(
                443, client.refusal(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER_IPV6)));
        client.refresh(0);
        assertNothingIsHeld();
    }

    @Test
    @DisplayName("G-05 without a family both are refreshed, and both deleted")
    void refreshesBothFamilies() {
        allocateDual();
        fixture.advance(500);
        client.refresh(600);
        fixture.advance(599);
        assertEquals(2, fixture.sink.relays().size());
        client.refresh(0);
        assertEquals(List.of(), fixture.sink.relays());
    }

    @Test
    @DisplayName("G-06 each family of a dual allocation expires at its own time")
    void expiresEachFamilyAtItsOwnTime() {
        List<TransportAddress> relayed = allocateDual();
        client.createPermission(PEER);
        fixture.advance(500);
        client.ask(StunMethod.REFRESH, IPV4, new Lifetime(600));
        assertEquals(List.of(new Output.CloseRelay(relayed.get(1))), fixture.advance(100));
        client.createPermission(PEER);
        assertEquals(
                List.of(Output.ToPeer.of(relayed.get(0), PEER, DATA)), client.send(PEER, DATA));
        assertEquals(List.of(new Output.CloseRelay(relayed.get(0))), fixture.advance(500));
        assertNothingIsHeld();
    }

    @Test
    @DisplayName("G-07 Refresh touches neither permissions nor channels")
    void leavesPermissionsAndChannelsToThemselves() {
        TransportAddress relayed = client.allocate(new Lifetime(3600));
        client.createPermission(PEER);
        client.channelBind(0x4000, PEER);
        fixture.advance(299);
        client.refresh(3600);
        fixture.advance(2);
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
        fixture.advance(298);
        client.refresh(3600);
        fixture.advance(2);
        assertEquals(List.of(), client.channelData(0x4000, DATA));
    }

    @Test
    @DisplayName("C-14 a closed connection ends its allocation")
    void endsWithTheConnection() {
        TestClient stream = fixture.tcp();
        TransportAddress relayed = stream.allocate();
        assertEquals(List.of(new Output.CloseRelay(relayed)), stream.close());
        assertNothingIsHeld();
    }

    @Test
    @DisplayName("F-31 a stop ends a dual allocation once, not once a relay")
    void endsADualAllocationOnceWhenItStops() {
        EngineFixture capped = new EngineFixture(options -> options.allocationsPerUser = 2);
        capped.udp().askAllocate(ALSO_IPV6);
        capped.udp().allocate();
        capped.engine.stop(capped.nowNanos);
        assertEquals(2, capped.count(Counter.ALLOCATIONS_ENDED));
        assertEquals(
                2, capped.events.lines.stream().filter(l -> l.contains("SERVER_STOPPED")).count());
        assertEquals(0, capped.engine.allocationCount());
    }

    @Test
    @DisplayName("S-12, S-13 a freed port rests, and comes back without the old permissions")
    @Tag("S-12")
    @Tag("S-13")
    void restsFreedPortsAndForgetsTheirPermissions() {
        EngineFixture onePort =
                new EngineFixture(options -> {
                    options.minPort = 50_000;
                    options.maxPort = 50_000;
                });
        TestClient first = onePort.udp();
        TransportAddress relayed = first.allocate();
        first.createPermission(PEER);
        first.refresh(0);
        assertEquals(508, onePort.udp().askAllocate().errorCode());
        onePort.advance(30);
        assertEquals(relayed, onePort.udp().allocate());
        assertEquals(List.of(), onePort.peerSends(relayed, PEER, DATA));
    }

    @Test
    @DisplayName("F-08 a reserved port that another program took: 508, and nothing is held")
    void givesUpAReservedPortThatCannotBeBound() {
        TestClient.Exchange pair = client.askAllocate(new EvenPort(true));
        ReservationToken token = pair.get(ReservationToken.class);
        fixture.sink.binding = RecordingSink.Binding.FAILS;
        assertEquals(508, fixture.udp().askAllocate(token).errorCode());
        client.refresh(0);
        assertNothingIsHeld();
    }

    @Test
    @DisplayName("F-03 REQUESTED-TRANSPORT counts, not what the client came over")
    void allocatesUdpForStreamClients() {
        TestClient stream = fixture.tcp();
        TransportAddress relayed = stream.allocate();
        stream.createPermission(PEER);
        stream.assertGotData(PEER, DATA, fixture.peerSends(relayed, PEER, DATA));
        assertEquals(442, fixture.tcp().refusal(StunMethod.ALLOCATE, new RequestedTransport(6)));
    }

    private List<TransportAddress> allocateDual() {
        return client.askAllocate(ALSO_IPV6).answer().all(XorRelayedAddress.class).stream()
                .map(XorRelayedAddress::address)
                .toList();
    }

    /// Every port is free again once its quarantine is over, and nobody is counted any more.
    private void assertNothingIsHeld() {
        assertEquals(0, fixture.engine.allocationCount());
        assertEquals(List.of(), fixture.sink.relays());
        assertEquals(Long.MAX_VALUE, fixture.engine.nextDeadlineNanos());
        fixture.advance(31);
        for (AddressFamily family : AddressFamily.values()) {
            assertEquals(16384, fixture.shared.freePorts(family, fixture.nowNanos));
        }
    }
}

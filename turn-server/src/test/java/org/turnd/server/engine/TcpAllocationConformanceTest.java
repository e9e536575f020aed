package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.SECOND;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.engine.TestClient.Exchange;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.DontFragment;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// TCP allocations (RFC 6062 §5.1, §5.2, §5.5): what the engine says and does.
class TcpAllocationConformanceTest extends TcpFixture {
    @Test
    @Tag("L-01")
    void listensAtOnceForATcpAllocation() {
        Exchange exchange = control.ask(StunMethod.ALLOCATE, TCP);
        TransportAddress relayed = exchange.get(XorRelayedAddress.class).address();
        assertEquals(List.of(new Output.BindRelay(relayed)), exchange.effects());
        assertTrue(fixture.shared.isTcpRelay(relayed.high(), relayed.low(), relayed.port()));
        assertEquals(
                SharedState.NONE,
                fixture.shared.findRelay(relayed.high(), relayed.low(), relayed.port()),
                "datagrams have no way to it");
    }

    @Test
    @Tag("L-01")
    @Tag("P-09")
    void givesNoTcpAllocationToADatagramClient() {
        assertEquals(400, fixture.udp().refusal(StunMethod.ALLOCATE, TCP));
        TestClient dtls = fixture.stream(Transport.DTLS, 0, address("198.51.100.9", 5000));
        assertEquals(400, dtls.refusal(StunMethod.ALLOCATE, TCP));
    }

    @Test
    @Tag("L-01")
    void allocatesForATlsClient() {
        allocate(fixture.stream(Transport.TLS, 0, address("198.51.100.9", 5000)));
    }

    @Test
    @Tag("L-02")
    void refusesWhatOnlyUdpRelaysHave() {
        assertEquals(400, control.refusal(StunMethod.ALLOCATE, TCP, new DontFragment()));
        assertEquals(400, control.refusal(StunMethod.ALLOCATE, TCP, new EvenPort(false)));
        assertEquals(400, control.refusal(StunMethod.ALLOCATE, TCP, new EvenPort(true)));
        assertEquals(400, control.refusal(StunMethod.ALLOCATE, TCP, new ReservationToken(1)));
        Exchange allocated = control.ask(StunMethod.ALLOCATE, TCP);
        assertNull(allocated.answer().first(ReservationToken.class));
    }

    @Test
    @Tag("L-03")
    @Tag("F-03")
    void saysWhichTransportsItRelays() {
        var tcpOnly =
                new EngineFixture(
                        options -> options.relayTransports = new RelayTransports(false, true, 1));
        assertEquals(403, tcpOnly.tcp().refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(403, tcpOnly.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP));
        allocate(tcpOnly.tcp());
        assertEquals(442, tcpOnly.tcp().refusal(StunMethod.ALLOCATE, new RequestedTransport(132)));
        var udpOnly = new EngineFixture();
        assertEquals(442, udpOnly.tcp().refusal(StunMethod.ALLOCATE, TCP));
        assertEquals(442, udpOnly.udp().refusal(StunMethod.ALLOCATE, TCP));
    }

    @Test
    @Tag("C-13")
    void tcpAndUdpRelaysNeverShareAPort() {
        var small =
                new EngineFixture(options -> {
                    options.relayTransports = new RelayTransports(true, true, 1);
                    options.minPort = 50_000;
                    options.maxPort = 50_009;
                });
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            assertTrue(ports.add(small.udp().allocate().port()));
            assertTrue(ports.add(allocate(small.tcp()).port()));
        }
        assertEquals(508, small.tcp().refusal(StunMethod.ALLOCATE, TCP));
        assertEquals(508, small.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }

    @Test
    @Tag("L-04")
    void refusesAConnectThatCannotBe() {
        assertEquals(437, control.refusal(StunMethod.CONNECT, to(PEER)));
        assertEquals(437, fixture.udp().refusal(StunMethod.CONNECT, to(PEER)));
        allocate(control);
        assertEquals(400, control.refusal(StunMethod.CONNECT));
        assertEquals(400, control.refusal(StunMethod.CONNECT, to(PEER.withPort(0))));
        byte[] malformed =
                control.sign(
                                control.request(StunMethod.CONNECT)
                                        .raw(0x0012, 0, 9, 1, 2, 3, 4, 5, 6))
                        .bytes();
        assertEquals(400, control.exchange(malformed).errorCode());
        assertEquals(443, control.refusal(StunMethod.CONNECT, to(PEER_IPV6)));
    }

    @Test
    @Tag("L-04")
    @Tag("L-20")
    void keepsThePolicyAndNeedsNoPermission() {
        allocate(control);
        fixture.peers.deny(PEER);
        assertEquals(403, control.refusal(StunMethod.CONNECT, to(PEER)));
        fixture.peers.denyHost(address("192.0.2.8", 0));
        assertEquals(403, control.refusal(StunMethod.CONNECT, to(address("192.0.2.8", 80))));
        connected(control, PEER.withPort(7001));
        TransportAddress relayed = fixture.sink.relays().getFirst();
        assertEquals(
                PeerInputs.NO_CONNECTION,
                accepted(relayed, PEER.withPort(7002)),
                "nor does it make one");
    }

    @Test
    @Tag("L-05")
    void connectsOnceToAPeerAtATime() {
        TransportAddress relayed = allocate(control);
        byte[] request = control.signed(StunMethod.CONNECT, to(PEER));
        int id = ((Output.ConnectPeer) control.feed(request).getFirst()).connection();
        assertEquals(446, control.refusal(StunMethod.CONNECT, to(PEER)), "while it is pending");
        assertEquals(446, control.exchange(request).errorCode(), "the same once more");
        fixture.engine.peers().onConnected(id, fixture.nowNanos);
        assertEquals(id, control.answerIn(fixture.drain()).get(ConnectionId.class).id());
        assertEquals(446, control.refusal(StunMethod.CONNECT, to(PEER)), "while it is open");
        assertBinds(fixture.tcp(), id);
        assertEquals(446, control.refusal(StunMethod.CONNECT, to(PEER)), "while it is bound");
        fixture.sink.gone(id);
        fixture.engine.peers().onClosed(id);
        assertNotEquals(id, connected(control, PEER));
        control.createPermission(address("192.0.2.9", 0));
        assertNotEquals(0, accepted(relayed, address("192.0.2.9", 999)));
        fixture.drain();
        assertEquals(446, control.refusal(StunMethod.CONNECT, to(address("192.0.2.9", 999))));
    }

    @Test
    @Tag("L-07")
    void saysWhenAPeerCannotBeReached() {
        allocate(control);
        int id = connect(control, PEER);
        fixture.sink.gone(id);
        fixture.engine.peers().onConnectFailed(id, fixture.nowNanos);
        Exchange answer = control.answerIn(fixture.drain());
        assertEquals(447, answer.errorCode());
        assertTrue(control.isSigned(answer));
        fixture.engine.peers().onConnected(id, fixture.nowNanos);
        fixture.engine.peers().onConnectFailed(id, fixture.nowNanos);
        assertEquals(List.of(), fixture.drain(), "too late, and unknown");
        assertEquals(0, fixture.shared.connectionCount());
        connected(control, PEER);
    }

    @Test
    @Tag("L-07")
    void waitsThirtySecondsForAPeerThatSaysNothing() {
        allocate(control);
        int id = connect(control, PEER);
        assertEquals(List.of(), fixture.advance(30));
        List<Output> outputs = fixture.advance(8);
        assertTrue(outputs.contains(new Output.ClosePeer(id)));
        Exchange answer = control.answerIn(outputs);
        assertEquals(447, answer.errorCode());
        connected(control, PEER);
    }

    @Test
    @Tag("L-08")
    void idsAreUniqueAndTellNothing() {
        Set<Integer> ids = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            TestClient client = fixture.tcp();
            allocate(client);
            for (int port = 0; port < CONNECTIONS_MAX; port++) {
                assertTrue(ids.add(connected(client, PEER.withPort(7000 + port))));
            }
        }
        int small = (int) ids.stream().filter(id -> Integer.toUnsignedLong(id) < 1 << 24).count();
        assertTrue(small < ids.size() / 4, () -> "not all 32 bits are used: " + ids);
    }

    /// What ends an allocation.
    enum End {
        REFRESH,
        EXPIRY,
        CONTROL_CONNECTION,
        STOP
    }

    @ParameterizedTest
    @EnumSource
    @Tag("L-15")
    @Tag("L-21")
    @Tag("C-14")
    void everythingEndsWithTheAllocation(End end) {
        TransportAddress relayed = allocate(control);
        int bound = connected(control, PEER);
        assertBinds(fixture.tcp(), bound);
        control.createPermission(PEER);
        int offered = accepted(relayed, PEER.withPort(7001));
        fixture.drain();
        fixture.advance(5);
        int pending = end == End.EXPIRY ? 0 : connect(control, PEER.withPort(7002));
        List<Output> outputs =
                switch (end) {
                    case REFRESH ->
                            control.feed(control.signed(StunMethod.REFRESH, new Lifetime(0)));
                    case EXPIRY -> fixture.advance(600);
                    case CONTROL_CONNECTION -> control.close();
                    case STOP -> {
                        fixture.engine.stop(fixture.nowNanos);
                        yield fixture.drain();
                    }
                };
        assertTrue(outputs.contains(new Output.ClosePeer(bound)));
        assertTrue(outputs.contains(new Output.ClosePeer(offered)));
        assertTrue(pending == 0 || outputs.contains(new Output.ClosePeer(pending)));
        assertTrue(outputs.contains(new Output.CloseRelay(relayed)));
        long answers = outputs.stream().filter(Output.ToClient.class::isInstance).count();
        assertEquals(
                switch (end) {
                    case REFRESH -> 2; // 447 to the Connect, and its own
                    case EXPIRY, CONTROL_CONNECTION -> 0;
                    case STOP -> 1;
                },
                answers);
        assertFalse(fixture.shared.isTcpRelay(relayed.high(), relayed.low(), relayed.port()));
        assertEquals(
                400, fixture.tcp().refusal(StunMethod.CONNECTION_BIND, new ConnectionId(offered)));
        assertNothingIsLeft();
    }

    @Test
    @Tag("L-18")
    void refreshesOnTheControlConnectionOnly() {
        allocate(control);
        int id = connected(control, PEER);
        assertEquals(437, fixture.tcp().refusal(StunMethod.REFRESH, new Lifetime(600)));
        assertEquals(437, fixture.udp().refusal(StunMethod.REFRESH, new Lifetime(0)));
        assertEquals(1200, control.refresh(1200));
        assertBinds(fixture.tcp(), id);
    }

    @Test
    @Tag("L-19")
    void keepsUdpAndTcpApart() {
        allocate(control);
        control.createPermission(PEER);
        assertEquals(
                403,
                control.refusal(
                        StunMethod.CHANNEL_BIND,
                        new StunAttribute.ChannelNumber(0x4000),
                        to(PEER)));
        assertEquals(List.of(), control.send(PEER, (byte) 1));
        assertEquals(List.of(), control.channelData(0x4000, (byte) 1));
        TestClient udpRelay = fixture.tcp();
        udpRelay.allocate();
        assertEquals(403, udpRelay.refusal(StunMethod.CONNECT, to(PEER)));
    }

    @Test
    void boundsTheConnectionsOfAnAllocation() {
        TransportAddress relayed = allocate(control);
        control.createPermission(PEER);
        connect(control, PEER);
        connected(control, PEER.withPort(1));
        int last = accepted(relayed, PEER.withPort(2));
        fixture.drain();
        assertEquals(508, control.refusal(StunMethod.CONNECT, to(PEER.withPort(3))));
        assertEquals(PeerInputs.NO_CONNECTION, accepted(relayed, PEER.withPort(4)));
        fixture.sink.gone(last);
        fixture.engine.peers().onClosed(last);
        connected(control, PEER.withPort(3));
    }

    @Test
    void countsWhatIsRelayed() {
        allocate(control);
        int id = connected(control, PEER);
        fixture.engine.peers().onRelayed(id, 10, 0);
        fixture.engine.peers().onRelayed(id, 5, 7);
        fixture.engine.peers().onRelayed(id + 1, 99, 99);
        fixture.sink.gone(id);
        fixture.engine.peers().onClosed(id);
        fixture.engine.peers().onRelayed(id, 99, 99);
        control.refresh(0);
        assertTrue(fixture.events.lines.contains("disconnected " + PEER + " CLOSED 15 7"));
        assertTrue(
                fixture.events.lines.contains(
                        "ended " + EngineFixture.USER + " DELETED_BY_CLIENT 15 7"),
                () -> "" + fixture.events.lines);
        assertEquals(15, fixture.count(Counter.BYTES_TO_PEERS));
        assertEquals(7, fixture.count(Counter.BYTES_TO_CLIENTS));
        assertEquals(1, fixture.count(Counter.PEER_CONNECTIONS_OPENED));
        assertEquals(1, fixture.count(Counter.PEER_CONNECTIONS_CLOSED));
        assertNothingIsLeft();
    }

    @Test
    @Tag("S-05")
    void relaysReachEachOtherAlsoBehindANat() {
        var nat =
                new EngineFixture(options -> {
                    options.relayTransports = new RelayTransports(true, true, 1);
                    options.externalIpv4 = address("198.51.100.200", 0);
                });
        nat.peers.denyHost(address("198.51.100.200", 0));
        nat.peers.denyHost(EngineFixture.RELAY_IPV4);
        TestClient one = nat.tcp();
        TestClient other = nat.tcp();
        TransportAddress first = allocate(one);
        TransportAddress second = allocate(other);
        assertEquals(address("198.51.100.200", second.port()), second);
        Output.ConnectPeer attempt =
                (Output.ConnectPeer)
                        one.feed(one.signed(StunMethod.CONNECT, to(second))).getFirst();
        assertEquals(EngineFixture.RELAY_IPV4.withPort(second.port()), attempt.peer());
        other.createPermission(first);
        int relay = nat.sink.relayAt(EngineFixture.RELAY_IPV4.withPort(second.port()));
        int id =
                nat.engine
                        .peers()
                        .onAccepted(
                                relay,
                                EngineFixture.RELAY_IPV4.withPort(first.port()),
                                nat.nowNanos);
        assertNotEquals(PeerInputs.NO_CONNECTION, id);
        assertEquals(
                first,
                other.answerIn(nat.drain()).get(XorPeerAddress.class).address(),
                "as the client knows it");
        TransportAddress udp = nat.udp().allocate();
        TestClient third = nat.tcp();
        allocate(third);
        assertEquals(403, third.refusal(StunMethod.CONNECT, to(udp)), "no TCP service of ours");
    }

    @Test
    void endsWithTheQuotaAndPortsItBeganWith() {
        int ports = fixture.shared.freePorts(AddressFamily.IPV4, fixture.nowNanos);
        for (int i = 0; i < 1000; i++) {
            TestClient client = fixture.tcp();
            allocate(client);
            connected(client, PEER);
            connect(client, PEER.withPort(1));
            client.close();
        }
        fixture.advance(31);
        assertEquals(ports, fixture.shared.freePorts(AddressFamily.IPV4, fixture.nowNanos));
        assertNothingIsLeft();
    }

    @Test
    @Tag("C-06")
    void answersNobodyWhoHasGone() {
        allocate(control);
        int id = connect(control, PEER);
        List<Output> outputs = control.close();
        assertEquals(
                List.of(
                        new Output.ClosePeer(id),
                        new Output.CloseRelay(((Output.CloseRelay) outputs.getLast()).relay())),
                outputs);
        fixture.engine.peers().onConnected(id, fixture.nowNanos);
        assertEquals(List.of(), fixture.drain());
    }

    @Test
    void takesTimeOnlyInWholeTicksOfItsOwn() {
        allocate(control);
        connect(control, PEER);
        long deadline = fixture.engine.nextDeadlineNanos() - fixture.nowNanos;
        assertTrue(deadline >= 30 * SECOND && deadline <= 40 * SECOND, () -> "" + deadline);
    }
}

package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.turnd.server.engine.EngineFixture.SECOND;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.stun.StunAttribute.Icmp;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// What becomes of ICMP errors about datagrams that relays sent (RFC 8656 §11.5).
class IcmpConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress PEER_IPV6 = address("2001:db8:9::55", 5000);
    private static final int UNREACHABLE = 3;
    private static final int PORT_UNREACHABLE = 3;

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();
    private TransportAddress relayed = PEER;

    @BeforeEach
    void allocate() {
        relayed = client.allocate();
        client.createPermission(PEER);
    }

    private List<Output> error(
            TransportAddress relay, TransportAddress peer, int type, int code, int mtu) {
        fixture.engine.onIcmpError(
                fixture.sink.relayAt(relay),
                peer.high(),
                peer.low(),
                peer.port(),
                type,
                code,
                mtu,
                fixture.nowNanos);
        return fixture.drain();
    }

    private List<Output> portUnreachable(TransportAddress peer) {
        return error(relayed, peer, UNREACHABLE, PORT_UNREACHABLE, 0);
    }

    /// Nothing but a Data indication with XOR-PEER-ADDRESS and ICMP, to this client.
    private static void assertTold(
            TestClient client, TransportAddress peer, Icmp icmp, List<Output> outputs) {
        TestClient.Exchange exchange = client.answerIn(outputs);
        assertEquals(List.of(), exchange.effects());
        assertEquals(StunMethod.DATA, exchange.answer().method());
        assertEquals(StunClass.INDICATION, exchange.answer().messageClass());
        assertEquals(List.of(new XorPeerAddress(peer), icmp), exchange.answer().attributes());
    }

    @ParameterizedTest
    @CsvSource({"3,0", "3,1", "3,3", "3,4", "3,13", "3,255", "11,0", "11,1"})
    @Tag("I-12")
    @DisplayName("I-12 ICMPv4 types 3 and 11, any code")
    void tellsOfIpv4Errors(int type, int code) {
        assertTold(client, PEER, new Icmp(type, code, 0), error(relayed, PEER, type, code, 0));
        assertEquals(1, fixture.count(Counter.ICMP_ERRORS_RELAYED));
    }

    @ParameterizedTest
    @CsvSource({"1,0", "1,4", "2,0", "3,0", "3,1", "1,255"})
    @Tag("I-12")
    @DisplayName("I-12 ICMPv6 types 1, 2 and 3, any code")
    void tellsOfIpv6Errors(int type, int code) {
        TestClient other = fixture.udp();
        TransportAddress relay = other.allocate(new RequestedAddressFamily(2));
        other.createPermission(PEER_IPV6);
        assertTold(
                other, PEER_IPV6, new Icmp(type, code, 0), error(relay, PEER_IPV6, type, code, 0));
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    @Tag("I-12")
    @DisplayName("I-12 clients over every transport are told")
    void tellsClientsOverEveryTransport(Transport transport) {
        TransportAddress from = address("198.51.100.20", 4000);
        TestClient other =
                transport == Transport.UDP
                        ? fixture.udp(0, from)
                        : fixture.stream(transport, 0, from);
        TransportAddress relay = other.allocate();
        other.createPermission(PEER);
        assertTold(other, PEER, new Icmp(3, 1, 0), error(relay, PEER, 3, 1, 0));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "4,0", "5,1", "8,0", "12,0", "1,0", "2,0", "255,3"})
    @Tag("I-13")
    @DisplayName("I-13 other ICMPv4 types: dropped")
    void dropsOtherIpv4Types(int type, int code) {
        assertEquals(List.of(), error(relayed, PEER, type, code, 0));
        assertEquals(1, fixture.count(Counter.ICMP_ERRORS_DROPPED));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "4,1", "11,0", "128,0", "137,0"})
    @Tag("I-13")
    @DisplayName("I-13 other ICMPv6 types, those of ICMPv4 among them: dropped")
    void dropsOtherIpv6Types(int type, int code) {
        TestClient other = fixture.udp();
        TransportAddress relay = other.allocate(new RequestedAddressFamily(2));
        other.createPermission(PEER_IPV6);
        assertEquals(List.of(), error(relay, PEER_IPV6, type, code, 0));
    }

    @Test
    @Tag("I-13")
    @DisplayName("I-13 no permission for where the datagram went: dropped; the port doesn't matter")
    void asksForPermission() {
        assertEquals(List.of(), portUnreachable(address("192.0.2.56", 5000)));
        assertTold(
                client,
                PEER.withPort(5001),
                new Icmp(3, 3, 0),
                portUnreachable(PEER.withPort(5001)));
        fixture.advance(299);
        assertEquals(1, portUnreachable(PEER).size());
        fixture.advance(1);
        assertEquals(List.of(), portUnreachable(PEER));
    }

    @Test
    @Tag("I-13")
    @DisplayName("I-13 an error about a relay that is gone: dropped")
    void dropsWhatIsTooLate() {
        int relay = fixture.sink.relayAt(relayed);
        fixture.advanceSilently(599);
        client.createPermission(PEER);
        fixture.advanceSilently(1);
        assertEquals(List.of(), portUnreachable(PEER), "expired, but the timer is late");
        fixture.advance(1);
        for (int id : new int[] {relay, relay + 1, -1, Integer.MAX_VALUE}) {
            fixture.engine.onIcmpError(
                    id, PEER.high(), PEER.low(), PEER.port(), 3, 3, 0, fixture.nowNanos);
            assertEquals(List.of(), fixture.drain());
        }
    }

    @Test
    @Tag("I-14")
    @Tag("W-09")
    @DisplayName("I-14 the attribute: 16 bits of zero, type, code, MTU")
    void writesTheAttribute() {
        Output.ToClient told = (Output.ToClient) error(relayed, PEER, 3, 4, 1400).getFirst();
        byte[] bytes = told.bytes().toByteArray();
        assertEquals(20 + 12 + 12, bytes.length);
        assertArrayEquals(
                new byte[] {(byte) 0x80, 0x04, 0, 8, 0, 0, 3, 4, 0, 0, 0x05, 0x78},
                Arrays.copyOfRange(bytes, 32, 44));
    }

    @ParameterizedTest
    @CsvSource({"3,4,1400,1400", "3,4,0,0", "3,3,1400,0", "11,0,1400,0", "3,4,-1,4294967295"})
    @Tag("I-14")
    @DisplayName("I-14 the next hop's MTU in 3/4 only")
    void tellsTheMtuOverIpv4(int type, int code, int mtu, long told) {
        assertTold(client, PEER, new Icmp(type, code, told), error(relayed, PEER, type, code, mtu));
    }

    @ParameterizedTest
    @CsvSource({"2,0,1280,1280", "1,4,1280,0", "3,0,1280,0"})
    @Tag("I-14")
    @DisplayName("I-14 the next hop's MTU in ICMPv6 2/0 only")
    void tellsTheMtuOverIpv6(int type, int code, int mtu, long told) {
        TestClient other = fixture.tcp();
        TransportAddress relay = other.allocate(new RequestedAddressFamily(2));
        other.createPermission(PEER_IPV6);
        assertTold(
                other,
                PEER_IPV6,
                new Icmp(type, code, told),
                error(relay, PEER_IPV6, type, code, mtu));
    }

    @Test
    @Tag("I-15")
    @DisplayName("I-15 a Data indication also where a channel is bound")
    void ignoresChannels() {
        client.channelBind(0x4000, PEER);
        assertTold(client, PEER, new Icmp(3, 3, 0), portUnreachable(PEER));
    }

    @Test
    @Tag("I-16")
    @DisplayName("I-16 port 0 where nobody knows the port")
    void saysPortZero() {
        assertTold(client, PEER.withPort(0), new Icmp(3, 3, 0), portUnreachable(PEER.withPort(0)));
    }

    @Test
    @Tag("I-10")
    @DisplayName("I-10 each has a transaction id of its own")
    void drawsFreshTransactionIds() {
        Set<TransactionId> ids = new HashSet<>();
        for (int i = 0; i < IcmpRelay.PER_SECOND_MAX; i++) {
            ids.add(client.answerIn(portUnreachable(PEER)).answer().transactionId());
        }
        assertEquals(IcmpRelay.PER_SECOND_MAX, ids.size());
    }

    @Test
    @Tag("I-12")
    @DisplayName("I-12 a flood of errors is told in part, to each allocation for itself")
    void boundsErrorsOfOneAllocation() {
        TestClient other = fixture.udp();
        TransportAddress otherRelayed = other.allocate();
        other.createPermission(PEER);
        for (int i = 0; i < IcmpRelay.PER_SECOND_MAX; i++) {
            assertEquals(1, portUnreachable(PEER).size());
        }
        assertEquals(List.of(), portUnreachable(PEER));
        assertEquals(1, error(otherRelayed, PEER, 3, 3, 0).size());
        fixture.advanceNanos(SECOND - 1);
        assertEquals(List.of(), portUnreachable(PEER));
        fixture.advanceNanos(1);
        assertTold(client, PEER, new Icmp(3, 3, 0), portUnreachable(PEER));
        assertEquals(2, fixture.count(Counter.ICMP_ERRORS_DROPPED));
    }

    @Test
    @Tag("I-12")
    @DisplayName("I-12 one relay of this server to another that is gone: nothing comes back")
    void saysNothingOfItsOwnRelays() {
        TestClient other = fixture.udp();
        TransportAddress otherRelayed = other.allocate();
        fixture.peers.denyHost(otherRelayed);
        client.createPermission(otherRelayed);
        client.channelBind(0x4000, otherRelayed);
        other.refresh(0);
        fixture.drain();
        assertEquals(List.of(), client.send(otherRelayed, (byte) 1));
        assertEquals(List.of(), client.channelData(0x4000, (byte) 1));
    }
}

package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.DontFragment;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section I: Send and Data indications, and the way between two relays of this server.
class IndicationConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress STRANGER = address("192.0.2.56", 5000);
    private static final TransportAddress PEER_IPV6 = address("2001:db8:9::55", 5000);
    private static final byte[] DATA = {1, 2, 3, 4, 5};
    private static final Data SOME_DATA = new Data(Octets.of(DATA));

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();
    private TransportAddress relayed = PEER;

    @BeforeEach
    void allocate() {
        relayed = client.allocate();
        client.createPermission(PEER);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 1200, 65_000})
    @DisplayName("I-01 Send: exactly the DATA goes to the peer from the relayed address")
    void sendsDataToThePeer(int length) {
        byte[] data = new byte[length];
        data[length - 1] = 7;
        assertEquals(List.of(Output.ToPeer.of(relayed, PEER, data)), client.send(PEER, data));
    }

    @Test
    @DisplayName("I-02 DATA of no bytes: an empty datagram")
    void sendsEmptyDatagrams() {
        assertEquals(List.of(Output.ToPeer.of(relayed, PEER)), client.send(PEER));
    }

    @Test
    @DisplayName("I-03 XOR-PEER-ADDRESS or DATA missing or malformed: dropped without an answer")
    void dropsIncompleteSends() {
        assertEquals(List.of(), sends(new XorPeerAddress(PEER)));
        assertEquals(List.of(), sends(SOME_DATA));
        byte[] malformed =
                client.indication(StunMethod.SEND)
                        .raw(AttributeType.XOR_PEER_ADDRESS, 0, 1, 2, 3)
                        .put(SOME_DATA)
                        .bytes();
        assertEquals(List.of(), client.feed(malformed));
        assertEquals(3, fixture.count(Counter.DROPPED_BAD_INDICATION));
    }

    @Test
    @DisplayName("I-04 no permission: dropped")
    void dropsSendsWithoutPermission() {
        assertEquals(List.of(), client.send(STRANGER, DATA));
        assertEquals(1, fixture.count(Counter.DROPPED_NO_PERMISSION));
        fixture.advance(300);
        assertEquals(List.of(), client.send(PEER, DATA));
    }

    @Test
    @DisplayName("I-05 DONT-FRAGMENT where DF can't be set: dropped")
    void dropsSendsThatMustNotBeFragmented() {
        assertEquals(List.of(), sends(new XorPeerAddress(PEER), SOME_DATA, new DontFragment()));
    }

    @Test
    @DisplayName("I-06 without an allocation: ignored")
    void ignoresSendsWithoutAllocation() {
        assertEquals(List.of(), fixture.udp().send(PEER, DATA));
        assertEquals(List.of(), fixture.tcp().send(PEER, DATA));
    }

    @Test
    @DisplayName("I-07, S-06 a peer denied since its permission: dropped")
    void asksThePolicyAtSendTime() {
        fixture.peers.deny(PEER);
        assertEquals(List.of(), client.send(PEER, DATA));
        assertEquals(1, fixture.count(Counter.DROPPED_PEER_DENIED));
        assertEquals(1, client.send(PEER.withPort(5001), DATA).size());
    }

    @Test
    @DisplayName("I-08 another family, port 0: dropped")
    void dropsSendsToNowhere() {
        assertEquals(List.of(), client.send(PEER_IPV6, DATA));
        assertEquals(List.of(), client.send(PEER.withPort(0), DATA));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 1500})
    @DisplayName("I-09 a peer's datagram: Data indication with its exact address and bytes")
    void tellsWhoSentWhat(int length) {
        byte[] data = new byte[length];
        client.assertGotData(PEER, data, fixture.peerSends(relayed, PEER, data));
    }

    @Test
    @DisplayName("I-09, A-10 padding of a Data indication is zero")
    void padsWithZeros() {
        List<Output> outputs = fixture.peerSends(relayed, PEER, DATA);
        Output.ToClient indication = (Output.ToClient) outputs.getFirst();
        byte[] bytes = indication.bytes().toByteArray();
        assertEquals(20 + 12 + 4 + 8, bytes.length);
        for (int i = 1; i <= 3; i++) {
            assertEquals(0, bytes[bytes.length - i]);
        }
    }

    @Test
    @DisplayName("I-09 over IPv6, too")
    void tellsWhoSentWhatOverIpv6() {
        TestClient overIpv6 = fixture.udp(0, address("2001:db8:77::1", 4000));
        TransportAddress relay = overIpv6.allocate(new RequestedAddressFamily(2));
        overIpv6.createPermission(PEER_IPV6);
        overIpv6.assertGotData(PEER_IPV6, DATA, fixture.peerSends(relay, PEER_IPV6, DATA));
        assertEquals(
                List.of(Output.ToPeer.of(relay, PEER_IPV6, DATA)), overIpv6.send(PEER_IPV6, DATA));
    }

    @Test
    @DisplayName("I-10 transaction ids of Data indications never repeat and don't count up")
    void drawsFreshTransactionIds() {
        Set<TransactionId> ids = new HashSet<>();
        List<Long> lows = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            List<Output> outputs = fixture.peerSends(relayed, PEER, DATA);
            TransactionId id = client.answerIn(outputs).answer().transactionId();
            ids.add(id);
            lows.add(id.low());
        }
        assertEquals(2000, ids.size());
        int rises = 0;
        for (int i = 1; i < lows.size(); i++) {
            rises += lows.get(i) > lows.get(i - 1) ? 1 : 0;
        }
        assertTrue(rises > 850 && rises < 1150, "rises: " + rises);
    }

    @Test
    @DisplayName("I-11 Data leaves from the listener that the allocation was made at")
    void answersFromTheListenerOfTheFiveTuple() {
        TestClient second = fixture.udp(3, address("198.51.100.9", 4000));
        TransportAddress relay = second.allocate();
        second.createPermission(PEER);
        Output.ToClient data = (Output.ToClient) fixture.peerSends(relay, PEER, DATA).getFirst();
        assertEquals(3, data.client().listener());
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    @DisplayName("I-09 clients over every transport get Data")
    void reachesClientsOverEveryTransport(Transport transport) {
        TransportAddress from = address("198.51.100.20", 4000);
        TestClient other =
                transport == Transport.UDP
                        ? fixture.udp(0, from)
                        : fixture.stream(transport, 0, from);
        TransportAddress relay = other.allocate();
        other.createPermission(PEER);
        other.assertGotData(PEER, DATA, fixture.peerSends(relay, PEER, DATA));
    }

    @Test
    @DisplayName("J-19 a payload that no datagram holds is dropped, and the client goes on")
    void dropsWhatNoDatagramHolds() {
        TestClient stream = fixture.tcp();
        stream.allocate();
        stream.createPermission(PEER);
        assertEquals(List.of(), stream.send(PEER, new byte[65_508]));
        assertEquals(1, fixture.count(Counter.DROPPED_TOO_LONG));
        assertEquals(1, stream.send(PEER, DATA).size());
    }

    @Test
    @DisplayName("S-05 two relays of this server reach each other inside the process")
    @Tag("S-05")
    void handsOverBetweenItsOwnRelays() {
        TestClient other = fixture.tcp();
        TransportAddress otherRelayed = other.allocate();
        fixture.peers.denyHost(relayed);
        client.createPermission(otherRelayed);
        assertEquals(List.of(), client.send(otherRelayed, DATA), "the other has no permission");
        other.createPermission(relayed);
        other.assertGotData(relayed, DATA, client.send(otherRelayed, DATA));
        client.assertGotData(otherRelayed, DATA, other.send(relayed, DATA));
        assertEquals(3, fixture.count(Counter.PACKETS_HANDED_OVER));
    }

    @Test
    @DisplayName("S-05 the relay address is open for relays only, not for whatever else runs there")
    @Tag("S-05")
    @Tag("K-12")
    void keepsOtherPortsOfItsOwnAddressShut() {
        fixture.peers.denyHost(relayed);
        client.createPermission(relayed);
        assertEquals(List.of(), client.send(relayed.withPort(22), DATA));
        assertEquals(
                403,
                client.refusal(
                        StunMethod.CHANNEL_BIND,
                        new StunAttribute.ChannelNumber(0x4000),
                        new XorPeerAddress(relayed.withPort(3478))));
        assertEquals(1, fixture.count(Counter.DROPPED_PEER_DENIED));
    }

    @Test
    @DisplayName("S-05 a relay on another shard is reached through its inbox")
    @Tag("S-05")
    void handsOverToOtherShards() {
        EngineFixture second =
                new EngineFixture(options -> {
                    options.shared = fixture.shared;
                    options.shard = 1;
                });
        TestClient other = second.udp();
        TransportAddress otherRelayed = other.allocate();
        other.createPermission(relayed);
        client.createPermission(otherRelayed);
        assertEquals(
                List.of(new Output.HandOver(1, otherRelayed, relayed, Octets.of(DATA))),
                client.send(otherRelayed, DATA));
        second.engine.onHandOver(
                otherRelayed.high(),
                otherRelayed.low(),
                otherRelayed.port(),
                relayed.high(),
                relayed.low(),
                relayed.port(),
                EngineFixture.input(DATA),
                EngineFixture.HEADROOM,
                DATA.length,
                second.nowNanos);
        other.assertGotData(relayed, DATA, second.drain());
    }

    private List<Output> sends(StunAttribute... attributes) {
        return client.feed(client.indication(StunMethod.SEND).put(attributes).bytes());
    }
}

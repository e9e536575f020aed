package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section J: channels.
class ChannelConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress OTHER_PORT = PEER.withPort(5001);
    private static final TransportAddress PEER_IPV6 = address("2001:db8:9::55", 5000);
    private static final byte[] DATA = {1, 2, 3, 4, 5};

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();
    private TransportAddress relayed = PEER;

    @BeforeEach
    void allocate() {
        relayed = client.allocate(new Lifetime(3600));
    }

    @Test
    @DisplayName("J-01 CHANNEL-NUMBER or XOR-PEER-ADDRESS missing or malformed: 400")
    void refusesIncompleteBinds() {
        assertEquals(400, client.refusal(StunMethod.CHANNEL_BIND, new ChannelNumber(0x4000)));
        assertEquals(400, client.refusal(StunMethod.CHANNEL_BIND, new XorPeerAddress(PEER)));
        byte[] malformed =
                client.sign(
                                client.request(StunMethod.CHANNEL_BIND)
                                        .raw(AttributeType.CHANNEL_NUMBER, 0x40)
                                        .put(new XorPeerAddress(PEER)))
                        .bytes();
        assertEquals(400, client.exchange(malformed).errorCode());
        byte[] malformedPeer =
                client.sign(
                                client.request(StunMethod.CHANNEL_BIND)
                                        .put(new ChannelNumber(0x4000))
                                        .raw(AttributeType.XOR_PEER_ADDRESS, 0, 1, 2, 3))
                        .bytes();
        assertEquals(400, client.exchange(malformedPeer).errorCode());
        assertEquals(400, refusal(0x4000, PEER.withPort(0)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x3FFF, 0x5000, 0x7FFF, 0xFFFF})
    @DisplayName("J-02 numbers outside 0x4000 to 0x4FFF: 400")
    void refusesNumbersOutOfRange(int number) {
        assertEquals(400, refusal(number, PEER));
    }

    @Test
    @DisplayName("J-02 the ends of the range are good; RFFU is ignored")
    void bindsTheEndsOfTheRange() {
        client.channelBind(0x4000, PEER);
        client.channelBind(0x4FFF, OTHER_PORT);
        byte[] reservedBytes =
                client.sign(
                                client.request(StunMethod.CHANNEL_BIND)
                                        .raw(AttributeType.CHANNEL_NUMBER, 0x40, 0x01, 9, 9)
                                        .put(new XorPeerAddress(PEER.withPort(7))))
                        .bytes();
        assertEquals(0, client.exchange(reservedBytes).errorCode());
    }

    @Test
    @DisplayName("J-02 where RFC 5766's range is let in, its numbers carry data both ways")
    void bindsOldNumbersWhereTheyAreLetIn() {
        EngineFixture old = new EngineFixture(options -> options.channelNumberMax = 0x7FFF);
        for (TestClient oldClient : List.of(old.udp(), old.tcp())) {
            TransportAddress itsRelay = oldClient.allocate();
            oldClient.channelBind(0x7FFF, PEER);
            assertEquals(
                    List.of(Output.ToPeer.of(itsRelay, PEER, DATA)),
                    oldClient.channelData(0x7FFF, DATA));
            assertEquals(
                    List.of(oldClient.gotChannelData(0x7FFF, DATA)),
                    old.peerSends(itsRelay, PEER, DATA));
            assertEquals(
                    400,
                    oldClient.refusal(
                            StunMethod.CHANNEL_BIND,
                            new ChannelNumber(0x8000),
                            new XorPeerAddress(OTHER_PORT)));
        }
    }

    @Test
    @DisplayName("J-03 number or peer bound to something else: 400, the old binding is intact")
    void refusesConflictingBinds() {
        client.channelBind(0x4000, PEER);
        assertEquals(400, refusal(0x4000, OTHER_PORT));
        assertEquals(400, refusal(0x4001, PEER));
        client.channelBind(0x4001, OTHER_PORT);
        assertEquals(400, refusal(0x4000, OTHER_PORT));
        assertEquals(
                List.of(Output.ToPeer.of(relayed, PEER, DATA)), client.channelData(0x4000, DATA));
    }

    @Test
    @DisplayName("J-04 binding again starts both timers anew: 600 s and 300 s")
    void rebindsForItsWholeTime() {
        client.channelBind(0x4000, PEER);
        fixture.advance(599);
        client.channelBind(0x4000, PEER);
        fixture.advanceNanos(300 * EngineFixture.SECOND - 1);
        assertEquals(
                List.of(client.gotChannelData(0x4000, DATA)),
                fixture.peerSends(relayed, PEER, DATA));
        fixture.advanceNanos(300 * EngineFixture.SECOND);
        assertEquals(1, client.channelData(0x4000, DATA).size());
        fixture.advanceNanos(1);
        assertEquals(List.of(), client.channelData(0x4000, DATA));
    }

    @Test
    @DisplayName("J-05 two ports of one host are two peers")
    void bindsTwoPortsOfOneHost() {
        client.channelBind(0x4000, PEER);
        client.channelBind(0x4001, OTHER_PORT);
        assertEquals(
                List.of(client.gotChannelData(0x4001, DATA)),
                fixture.peerSends(relayed, OTHER_PORT, DATA));
        assertEquals(
                List.of(client.gotChannelData(0x4000, DATA)),
                fixture.peerSends(relayed, PEER, DATA));
    }

    @Test
    @DisplayName("J-06 family 443, policy 403, capacity 508")
    @Tag("S-09")
    void refusesWhatCannotBeBound() {
        assertEquals(443, refusal(0x4000, PEER_IPV6));
        fixture.peers.deny(PEER);
        assertEquals(403, refusal(0x4000, PEER));
        EngineFixture two = new EngineFixture(options -> options.channelsMax = 2);
        TestClient bounded = two.udp();
        bounded.allocate();
        bounded.channelBind(0x4000, PEER);
        bounded.channelBind(0x4001, OTHER_PORT);
        assertEquals(
                508,
                bounded.refusal(
                        StunMethod.CHANNEL_BIND,
                        new ChannelNumber(0x4002),
                        new XorPeerAddress(PEER.withPort(9))));
        bounded.channelBind(0x4000, PEER);
    }

    @Test
    @DisplayName("J-07 after 600 s the channel is gone; data comes as Data indications again")
    void expires() {
        client.channelBind(0x4000, PEER);
        fixture.advance(500);
        client.createPermission(PEER);
        fixture.advance(100);
        assertEquals(List.of(), client.channelData(0x4000, DATA));
        client.assertGotData(PEER, DATA, fixture.peerSends(relayed, PEER, DATA));
    }

    @Test
    @DisplayName("J-08 after its end number and peer may be bound elsewhere")
    void freesNumberAndPeer() {
        client.channelBind(0x4000, PEER);
        fixture.advance(600);
        client.channelBind(0x4000, OTHER_PORT);
        client.channelBind(0x4001, PEER);
        assertEquals(
                List.of(Output.ToPeer.of(relayed, OTHER_PORT, DATA)),
                client.channelData(0x4000, DATA));
        assertEquals(
                List.of(Output.ToPeer.of(relayed, PEER, DATA)), client.channelData(0x4001, DATA));
    }

    @Test
    @DisplayName("J-09 a thousand clients use the same number, each for its own peer")
    void keepsChannelsOfAllocationsApart() {
        for (int i = 0; i < 1000; i++) {
            TestClient other = fixture.udp();
            TransportAddress itsRelay = other.allocate();
            TransportAddress itsPeer = PEER.withPort(10_000 + i);
            other.channelBind(0x4000, itsPeer);
            assertEquals(
                    List.of(Output.ToPeer.of(itsRelay, itsPeer, DATA)),
                    other.channelData(0x4000, DATA));
        }
    }

    @Test
    @DisplayName("J-10, J-17 a bound peer's data is ChannelData at once; Send works beside it")
    void usesTheChannelBothWaysAtOnce() {
        client.channelBind(0x4000, PEER);
        assertEquals(
                List.of(client.gotChannelData(0x4000, DATA)),
                fixture.peerSends(relayed, PEER, DATA));
        List<Output> toPeer = List.of(Output.ToPeer.of(relayed, PEER, DATA));
        assertEquals(toPeer, client.channelData(0x4000, DATA));
        assertEquals(toPeer, client.send(PEER, DATA));
    }

    @Test
    @DisplayName("J-11 an unbound number, or no allocation: dropped")
    void dropsUnboundChannelData() {
        assertEquals(List.of(), client.channelData(0x4000, DATA));
        assertEquals(List.of(), fixture.udp().channelData(0x4000, DATA));
        assertEquals(List.of(), fixture.tcp().channelData(0x4000, DATA));
        assertEquals(1, fixture.count(Counter.DROPPED_NO_CHANNEL));
        assertEquals(2, fixture.count(Counter.DROPPED_NO_ALLOCATION));
    }

    @Test
    @DisplayName("J-12 shorter than its length: dropped; longer: the rest is ignored")
    void looksAtTheLength() {
        client.channelBind(0x4000, PEER);
        byte[] message = TestClient.channelDataBytes(0x4000, DATA);
        assertEquals(List.of(), client.feed(Arrays.copyOf(message, message.length - 1)));
        assertEquals(List.of(), client.feed(Arrays.copyOf(message, 3)));
        List<Output> toPeer = List.of(Output.ToPeer.of(relayed, PEER, DATA));
        assertEquals(toPeer, client.feed(Arrays.copyOf(message, message.length + 3)));
        assertEquals(toPeer, client.feed(Arrays.copyOf(message, message.length + 40)));
    }

    @Test
    @DisplayName("J-13 no bytes: an empty datagram, and back")
    void relaysEmptyDatagrams() {
        client.channelBind(0x4000, PEER);
        assertEquals(List.of(Output.ToPeer.of(relayed, PEER)), client.channelData(0x4000));
        assertEquals(List.of(client.gotChannelData(0x4000)), fixture.peerSends(relayed, PEER));
    }

    @Test
    @DisplayName("J-14 with and without padding, over UDP and streams")
    void takesChannelDataWithAndWithoutPadding() {
        TestClient stream = fixture.tcp();
        TransportAddress itsRelay = stream.allocate();
        stream.channelBind(0x4000, PEER);
        List<Output> toPeer = List.of(Output.ToPeer.of(itsRelay, PEER, DATA));
        assertEquals(toPeer, stream.channelData(0x4000, DATA));
        assertEquals(toPeer, stream.feed(TestClient.channelDataBytes(0x4000, DATA)));
        assertEquals(
                List.of(stream.gotChannelData(0x4000, DATA)),
                fixture.peerSends(itsRelay, PEER, DATA));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x5000, 0x7FFF, 0x8000, 0xFFFF})
    @DisplayName("J-15 numbers beyond the range on UDP: dropped")
    void dropsNumbersBeyondTheRange(int number) {
        byte[] message = TestClient.channelDataBytes(0x4000, DATA);
        message[0] = (byte) (number >> 8);
        message[1] = (byte) number;
        assertEquals(List.of(), client.feed(message));
    }

    @Test
    @DisplayName("J-16 ChannelData refreshes neither channel nor permission")
    void isNotRefreshedByData() {
        client.channelBind(0x4000, PEER);
        for (int i = 0; i < 59; i++) {
            fixture.advance(10);
            assertEquals(1, client.channelData(0x4000, DATA).size());
        }
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
        fixture.advance(10);
        assertEquals(List.of(), client.channelData(0x4000, DATA));
    }

    @Test
    @DisplayName("J-18, W-05 with the permission gone the channel still sends, but lets nobody in")
    void sendsThroughAChannelWithoutPermission() {
        client.channelBind(0x4000, PEER);
        fixture.advance(300);
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
        assertEquals(
                List.of(Output.ToPeer.of(relayed, PEER, DATA)), client.channelData(0x4000, DATA));
    }

    @Test
    @DisplayName("J-19 ChannelData that no datagram holds is dropped, and the client goes on")
    void dropsWhatNoDatagramHolds() {
        TestClient stream = fixture.tcp();
        stream.allocate();
        stream.channelBind(0x4000, PEER);
        assertEquals(List.of(), stream.channelData(0x4000, new byte[65_535]));
        assertEquals(1, fixture.count(Counter.DROPPED_TOO_LONG));
        assertEquals(1, stream.channelData(0x4000, DATA).size());
    }

    private int refusal(int number, TransportAddress peer) {
        return client.refusal(
                StunMethod.CHANNEL_BIND, new ChannelNumber(number), new XorPeerAddress(peer));
    }
}

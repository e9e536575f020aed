package org.turnd.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.turnd.cli.check.Carrier;
import org.turnd.stun.StunView;
import org.turnd.stun.TransportAddress;

class ArrivalsTest {
    private static final int CHANNEL = 0x4000;
    private static final int ROUND = 7;
    private static final int PEER_SOCKET = 3;

    private final Arrivals arrivals = new Arrivals();
    private final Measurement measurement = new Measurement(ROUND, 3);
    private final PacketStream.Frame frame = PacketStream.channelData(Carrier.UDP, CHANNEL, 0, 203);
    private final TransportAddress relayed = TransportAddress.ipv4(0x7F000001, 20_000);
    private final List<Integer> told = new ArrayList<>();
    private BenchLoop loop;
    private PeerLink client;
    private PeerLink peer;

    @BeforeEach
    void open() throws IOException {
        loop = BenchLoop.start();
        // Any link will do for a client: it is told by what it is, not by its address.
        client = new PeerLink(loop, -1, relayed.withPort(1), relayed.withPort(1));
        peer = new PeerLink(loop, PEER_SOCKET, relayed.withPort(9), relayed);
        var frames = new PacketStream.Frame[] {frame};
        arrivals.begin(
                measurement,
                new PacketStream[] {
                    new PacketStream(peer, client, null, frames),
                    new PacketStream(client, client, peer, frames),
                    new PacketStream(client, peer, null, frames)
                },
                told::add);
        stamp(ROUND);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void aWholePacketAtItsDestinationIsReceived() {
        assertTrue(toClient(bytes(frame)));
        assertEquals(new Measurement.Counts(1, 0, 0, 0, 0, 0, 0), measurement.counts());
    }

    @Test
    void anyByteThatIsOtherThanSentIsCorruption() {
        var good = bytes(frame);
        for (int i = 0; i < good.readableBytes(); i++) {
            // The length may grow only beyond the datagram, and the channel is another one.
            var bad = good.copy().setByte(i, good.getByte(i) ^ 0x04);
            if (i != 4 + 11) {
                toClient(bad);
            }
        }
        assertEquals(0, measurement.counts().received());
        assertEquals(good.readableBytes() - 1, measurement.counts().corrupted());
    }

    @Test
    void aPacketThatIsCutOffIsCorrupted() {
        var cut = bytes(frame).setShort(2, 150);
        assertTrue(arrivals.toClient(client, CHANNEL, cut, 0, 154, new StunView()));
        assertEquals(1, measurement.counts().corrupted());
    }

    @Test
    void aPacketAtSomebodyElseIsMisdelivered() {
        var payload = bytes(frame).slice(4, 203);
        assertFalse(toPeer(20_000, payload, 203));
        assertEquals(1, measurement.counts().misdelivered());
        assertEquals(0, measurement.counts().received());
    }

    @Test
    void aPacketOnAnotherChannelIsNotTaken() {
        assertTrue(toClient(bytes(PacketStream.channelData(Carrier.UDP, 0x4001, 0, 203))));
        assertEquals(1, measurement.counts().corrupted());
    }

    @Test
    void aPacketOfAnEarlierRoundCountsAsLate() {
        stamp(ROUND - 1);
        toClient(bytes(frame));
        assertEquals(new Measurement.Counts(0, 0, 0, 0, 0, 0, 1), measurement.counts());
    }

    @Test
    void anEchoTurnsAtThePeer() {
        var echo = PacketStream.plain(1, 100);
        Payload.stamp(echo.buffer(), 0, ROUND, 0, System.nanoTime());
        assertTrue(toPeer(20_000, bytes(echo), 100));
        assertEquals(1, measurement.counts().passed());
        assertEquals(0, measurement.counts().received());
    }

    @Test
    void aPeerKnowsItsClientsByTheirRelayedAddresses() {
        var plain = PacketStream.plain(2, 100);
        Payload.stamp(plain.buffer(), 0, ROUND, 0, System.nanoTime());
        assertFalse(toPeer(20_001, bytes(plain), 100));
        assertEquals(1, measurement.counts().misdelivered());
        assertFalse(toPeer(20_000, bytes(plain), 100));
        assertEquals(1, measurement.counts().received());
        assertEquals(List.of(2), told);
    }

    @Test
    void sendIndicationsCarryThePayloadWholeAndAreNoResponses() {
        var peerAddress = TransportAddress.ipv4(0x7F000001, 9);
        var send = PacketStream.sendIndication(peerAddress, 0, 101);
        Payload.stamp(send.buffer(), send.payload(), ROUND, 0, System.nanoTime());
        assertTrue(Payload.isWhole(bytes(send), send.payload(), 101));
        // Data differs from Send in the method's lowest bit only.
        var data = bytes(send).setShort(0, 0x0017);
        assertTrue(toClient(data));
        assertEquals(1, measurement.counts().received());
    }

    @Test
    void responsesAreLeftToTheControlConnection() {
        var response = Unpooled.buffer().writeShort(0x0101).writeShort(0).writeInt(0x2112A442);
        response.writeZero(12);
        assertFalse(toClient(response));
        assertEquals(new Measurement.Counts(0, 0, 0, 0, 0, 0, 0), measurement.counts());
    }

    private void stamp(int round) {
        Payload.stamp(frame.buffer(), frame.payload(), round, 0, System.nanoTime());
    }

    private boolean toClient(ByteBuf bytes) {
        return arrivals.toClient(client, CHANNEL, bytes, 0, bytes.readableBytes(), new StunView());
    }

    private boolean toPeer(int fromPort, ByteBuf bytes, int length) {
        return arrivals.toPeer(
                PEER_SOCKET, relayed.high(), relayed.low(), fromPort, bytes, 0, length);
    }

    private static ByteBuf bytes(PacketStream.Frame frame) {
        return frame.buffer().copy(0, frame.length()).writerIndex(frame.length());
    }
}

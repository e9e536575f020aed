package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.HEADROOM;
import static org.turnd.server.engine.EngineFixture.TAILROOM;
import static org.turnd.server.engine.EngineFixture.address;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Counts the bytes that the engine allocates for a packet of application data: none.
class DataPathAllocationTest {
    private static final int ROUNDS = 5;
    private static final int RUNS = 2_000;
    private static final int CHANNEL = 0x4000;
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress IPV6_PEER = address("2001:db8::55", 5000);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    // Paranoid leak detection allocates at each access, so these buffers go without.
    private static final UnpooledByteBufAllocator ALLOCATOR =
            new UnpooledByteBufAllocator(true, true);

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    /// The fewest bytes of several rounds, because compiling a method late is not the path's fault.
    private long bytesPerPacket(Runnable input) {
        fixture.sink.silent = true;
        long sent = fixture.sink.packets;
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int run = 0; run < RUNS; run++) {
                input.run();
            }
            fewest = Math.min(fewest, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(ROUNDS * RUNS, fixture.sink.packets - sent, "every packet went through");
        fixture.sink.silent = false;
        return fewest / RUNS;
    }

    /// The same bytes before every run, because the engine may write into its input.
    private Runnable fromClient(TestClient from, byte... bytes) {
        ByteBuf buffer = buffer(bytes);
        TransportAddress source = from.address();
        return () -> {
            buffer.setBytes(HEADROOM, bytes);
            fixture.engine.onDatagram(
                    0,
                    source.high(),
                    source.low(),
                    source.port(),
                    buffer,
                    HEADROOM,
                    bytes.length,
                    fixture.nowNanos);
        };
    }

    private Runnable fromStream(TestClient from, byte... bytes) {
        ByteBuf buffer = buffer(bytes);
        return () -> {
            buffer.setBytes(HEADROOM, bytes);
            fixture.engine.onStreamMessage(
                    from.path, buffer, HEADROOM, bytes.length, fixture.nowNanos);
        };
    }

    private Runnable fromPeer(TransportAddress relay, TransportAddress peer, byte... bytes) {
        int id = fixture.sink.relayAt(relay);
        ByteBuf buffer = buffer(bytes);
        return () -> {
            buffer.setBytes(HEADROOM, bytes);
            fixture.engine.onPeerDatagram(
                    id,
                    peer.high(),
                    peer.low(),
                    peer.port(),
                    buffer,
                    HEADROOM,
                    bytes.length,
                    fixture.nowNanos);
        };
    }

    private static ByteBuf buffer(byte... bytes) {
        return ALLOCATOR
                .heapBuffer(HEADROOM + bytes.length + TAILROOM)
                .writeZero(HEADROOM + bytes.length + TAILROOM);
    }

    private byte[] sendBytes(TransportAddress peer) {
        return client.indication(StunMethod.SEND)
                .put(new XorPeerAddress(peer), new Data(Octets.of(new byte[1001])))
                .bytes();
    }

    @Test
    void seesAllocationsWhereThereAreSome() {
        byte[] binding = client.request(StunMethod.BINDING).bytes();
        assertTrue(bytesPerPacket(fromClient(client, binding)) > 100);
    }

    @Test
    void relaysChannelDataWithoutAllocating() {
        client.allocate();
        client.channelBind(CHANNEL, PEER);
        byte[] bytes = TestClient.channelDataBytes(CHANNEL, new byte[1001]);
        assertEquals(0, bytesPerPacket(fromClient(client, bytes)));
    }

    @Test
    void relaysChannelDataOfAStreamWithoutAllocating() {
        TestClient stream = fixture.tcp();
        stream.allocate();
        stream.channelBind(CHANNEL, PEER);
        byte[] bytes = TestClient.channelDataBytes(CHANNEL, new byte[1000]);
        assertEquals(0, bytesPerPacket(fromStream(stream, bytes)));
    }

    @Test
    void relaysSendIndicationsWithoutAllocating() {
        client.allocate(new AdditionalAddressFamily(2));
        client.createPermission(PEER, IPV6_PEER);
        assertEquals(0, bytesPerPacket(fromClient(client, sendBytes(PEER))));
        assertEquals(0, bytesPerPacket(fromClient(client, sendBytes(IPV6_PEER))));
    }

    @Test
    void wrapsPeerDatagramsInChannelDataWithoutAllocating() {
        TransportAddress relay = client.allocate();
        client.channelBind(CHANNEL, PEER);
        assertEquals(0, bytesPerPacket(fromPeer(relay, PEER, new byte[1001])));
    }

    @Test
    void wrapsPeerDatagramsInDataIndicationsWithoutAllocating() {
        TransportAddress relay = client.allocate();
        client.createPermission(PEER);
        assertEquals(0, bytesPerPacket(fromPeer(relay, PEER, new byte[1001])));
    }

    @Test
    void wrapsIpv6DatagramsInDataIndicationsWithoutAllocating() {
        TransportAddress relay = client.allocate(new RequestedAddressFamily(2));
        client.createPermission(IPV6_PEER);
        assertEquals(0, bytesPerPacket(fromPeer(relay, IPV6_PEER, new byte[1001])));
    }

    @Test
    void handsOverOnTheSameShardWithoutAllocating() {
        TestClient other = fixture.udp();
        TransportAddress relay = client.allocate();
        TransportAddress otherRelay = other.allocate();
        client.channelBind(CHANNEL, otherRelay);
        other.createPermission(relay);
        byte[] bytes = TestClient.channelDataBytes(CHANNEL, new byte[1001]);
        assertEquals(0, bytesPerPacket(fromClient(client, bytes)), "into a Data indication");
        other.channelBind(CHANNEL, relay);
        assertEquals(0, bytesPerPacket(fromClient(client, bytes)), "into ChannelData");
        assertEquals(2L * ROUNDS * RUNS, fixture.count(Counter.PACKETS_HANDED_OVER));
    }

    @Test
    void dropsWithoutAllocating() {
        client.allocate();
        client.channelBind(CHANNEL, PEER);
        Runnable noChannel = fromClient(client, TestClient.channelDataBytes(0x4001, new byte[100]));
        Runnable noPermission = fromClient(client, sendBytes(address("192.0.2.77", 1)));
        Runnable noAllocation = fromClient(fixture.udp(), sendBytes(PEER));
        Runnable malformed = fromClient(client, new byte[20]);
        Runnable relayed = fromClient(client, TestClient.channelDataBytes(CHANNEL, new byte[100]));
        Runnable all =
                () -> {
                    noChannel.run();
                    noPermission.run();
                    noAllocation.run();
                    malformed.run();
                    relayed.run();
                };
        assertEquals(0, bytesPerPacket(all));
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Counts what the thread of a running server's only shard allocates while it relays on the native
/// plane: from a client to a peer and back, and for requests of strangers.
class RelayAllocationTest {
    private static final int CHANNEL = 0x4001;
    private static final int EXCHANGES_PER_ROUND = 1000;

    /// Enough for the compiler to find out that what is made for a wake-up never leaves it.
    private static final int ROUNDS_MAX = 200;

    /// Less than the smallest object there is, for a packet there and one back.
    private static final int BYTES_PER_EXCHANGE_MAX = 7;

    /// A stranger costs no more than this; it was 1,500 when this was written.
    private static final int BYTES_PER_CHALLENGE_MAX = 4096;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final DatagramPacket received = new DatagramPacket(new byte[2048], 2048);

    /// Something that the server handles a known number of packets for.
    private interface Traffic {
        void exchange() throws IOException;
    }

    @Test
    @Timeout(120)
    void allocatesNothingForAPacketRelayedThereAndBack() throws Exception {
        Set<Long> before = shardThreads();
        try (var server = start();
                var client = TestClient.udp(server.listeners().getFirst().address())) {
            long shard = newShardThread(before);
            TransportAddress relayed = client.allocate();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                client.bindChannel(CHANNEL, peer.local());
                byte[] media = new byte[200];
                byte[] framed = TestClient.channelData(CHANNEL, media);
                DatagramSocket clientSocket = socket(client.wire());
                DatagramSocket peerSocket = socket(peer);
                Traffic thereAndBack =
                        () -> {
                            client.wire().send(framed);
                            assertEquals(media.length, receivedLength(peerSocket));
                            peer.send(media);
                            assertEquals(framed.length, receivedLength(clientSocket));
                        };
                long perExchange = fewestBytes(shard, thereAndBack, BYTES_PER_EXCHANGE_MAX);
                assertTrue(perExchange <= BYTES_PER_EXCHANGE_MAX, perExchange + " bytes");
            }
        }
    }

    @Test
    @Timeout(120)
    void allocatesLittleForARequestWithoutCredentials() throws Exception {
        Set<Long> before = shardThreads();
        try (var server = start();
                var stranger = TestClient.udp(server.listeners().getFirst().address())) {
            long shard = newShardThread(before);
            byte[] request = TestClient.encode(StunMethod.ALLOCATE, StunClass.REQUEST);
            DatagramSocket socket = socket(stranger.wire());
            Traffic challenge =
                    () -> {
                        stranger.wire().send(request);
                        assertTrue(receivedLength(socket) > 0);
                    };
            long bytes = fewestBytes(shard, challenge, BYTES_PER_CHALLENGE_MAX);
            assertTrue(bytes > 0 && bytes <= BYTES_PER_CHALLENGE_MAX, bytes + " bytes");
        }
    }

    private static TurnServer start() throws Exception {
        return new TestSettings()
                .plane(DataPlane.NATIVE)
                .shards(1)
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .start();
    }

    /// Bytes an exchange in the best of several rounds: before the code is compiled, more is made.
    private static long fewestBytes(long thread, Traffic traffic, long enough) throws IOException {
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS_MAX && fewest > enough; round++) {
            long before = THREADS.getThreadAllocatedBytes(thread);
            for (int i = 0; i < EXCHANGES_PER_ROUND; i++) {
                traffic.exchange();
            }
            long allocated = THREADS.getThreadAllocatedBytes(thread) - before;
            fewest = Math.min(fewest, allocated / EXCHANGES_PER_ROUND);
        }
        return fewest;
    }

    private int receivedLength(DatagramSocket socket) throws IOException {
        socket.receive(received);
        int length = received.getLength();
        received.setLength(received.getData().length);
        return length;
    }

    private static DatagramSocket socket(Wire wire) {
        return assertInstanceOf(Wire.UdpWire.class, wire).socket();
    }

    private static long newShardThread(Set<Long> before) {
        Set<Long> now = shardThreads();
        now.removeAll(before);
        assertEquals(1, now.size(), "one shard");
        return now.iterator().next();
    }

    private static Set<Long> shardThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("turnd-shard"))
                .map(Thread::threadId)
                .collect(Collectors.toSet());
    }
}

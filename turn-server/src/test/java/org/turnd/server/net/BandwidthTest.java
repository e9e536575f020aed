package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.Throttles.Bandwidth;
import org.turnd.server.engine.Counter;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Bandwidth over real sockets. Bytes are held against the time that the test took, whatever that
/// was: a second's worth at once, and then no more than the rate.
@Timeout(60)
class BandwidthTest {
    /// Of IP and UDP, which count, too.
    private static final int HEADER_BYTES = 28;

    private static final int CHANNEL = 0x4000;
    private static final int PACKET_BYTES = 1000;
    private static final int BATCH = 40;
    private static final int RATE = 200_000;
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    /// An allocation with a channel to a peer of its own.
    private record Relaying(TestClient client, DatagramSocket peer, TransportAddress relayed)
            implements AutoCloseable {
        static Relaying over(TestClient client) throws IOException {
            var peer = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
            TransportAddress relayed = client.allocate();
            client.bindChannel(CHANNEL, TransportAddress.of(LOOPBACK, peer.getLocalPort()));
            return new Relaying(client, peer, relayed);
        }

        void toPeer() throws IOException {
            client.sendChannelData(CHANNEL, new byte[PACKET_BYTES]);
        }

        void toClient() throws IOException {
            peer.send(
                    new DatagramPacket(
                            new byte[PACKET_BYTES], PACKET_BYTES, relayed.toInetSocketAddress()));
        }

        @Override
        public void close() throws IOException {
            client.close();
            peer.close();
        }
    }

    private static TurnServer start(Bandwidth bandwidth) throws Exception {
        return new TestSettings()
                .bandwidth(bandwidth)
                .relayTcp(8)
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0)
                .start();
    }

    private static Relaying udp(TurnServer server) throws IOException {
        return Relaying.over(TestClient.udp(server.listeners().getFirst().address()));
    }

    private static long count(TurnServer server, Counter counter) {
        return server.shards().stream().mapToLong(s -> s.engineCounters().get(counter)).sum();
    }

    private static long dropped(TurnServer server) {
        return count(server, Counter.DROPPED_ALLOCATION_BANDWIDTH)
                + count(server, Counter.DROPPED_USER_BANDWIDTH)
                + count(server, Counter.DROPPED_TOTAL_BANDWIDTH);
    }

    private static long relayed(TurnServer server) {
        return count(server, Counter.PACKETS_TO_PEERS) + count(server, Counter.PACKETS_TO_CLIENTS);
    }

    /// Floods in both directions at once, in batches that no socket buffer loses, and holds each
    /// direction against the rate.
    ///
    /// @param bounded how many of these allocations have a bucket of their own
    private static void assertHolds(
            TurnServer server, List<Relaying> allocations, int bounded, Counter cause)
            throws Exception {
        long began = System.nanoTime();
        int offered = 0;
        while (offered < 4 * RATE / PACKET_BYTES * bounded) {
            for (Relaying allocation : allocations) {
                for (int i = 0; i < BATCH; i++) {
                    allocation.toPeer();
                    allocation.toClient();
                }
                offered += BATCH;
                int seen = 2 * offered;
                Eventually.equal(seen, () -> (int) (relayed(server) + dropped(server)));
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        for (Counter way : List.of(Counter.PACKETS_TO_PEERS, Counter.PACKETS_TO_CLIENTS)) {
            long bytes = count(server, way) * (PACKET_BYTES + HEADER_BYTES);
            double most = bounded * (double) RATE * (1 + seconds) * 1.02 + PACKET_BYTES;
            assertTrue(bytes <= most, () -> way + ": " + bytes + " in " + seconds);
            // What wasn't offered can't be relayed.
            double least = Math.min(bounded * RATE, offered * PACKET_BYTES) * 0.95;
            assertTrue(bytes >= least, () -> way + ": " + bytes);
        }
        assertEquals(dropped(server), count(server, cause));
        assertTrue(dropped(server) > 0);
    }

    @Test
    @Tag("I-17")
    void ofOneAllocation() throws Exception {
        try (var server = start(new Bandwidth(RATE, 0, 0));
                var first = udp(server);
                var second = udp(server)) {
            assertHolds(server, List.of(first, second), 2, Counter.DROPPED_ALLOCATION_BANDWIDTH);
        }
    }

    @Test
    @Tag("I-17")
    void ofOneUser() throws Exception {
        try (var server = start(new Bandwidth(0, RATE, 0));
                var first = udp(server);
                var second = udp(server);
                var third = udp(server)) {
            assertHolds(server, List.of(first, second, third), 1, Counter.DROPPED_USER_BANDWIDTH);
        }
    }

    @Test
    @Tag("I-17")
    void ofTheServerOnAllShards() throws Exception {
        List<Relaying> allocations = new ArrayList<>();
        try (var server = start(new Bandwidth(0, 0, RATE))) {
            while (server.shards().stream().anyMatch(shard -> shard.allocations() == 0)) {
                allocations.add(udp(server));
            }
            assertHolds(server, allocations, 1, Counter.DROPPED_TOTAL_BANDWIDTH);
        } finally {
            for (Relaying allocation : allocations) {
                allocation.close();
            }
        }
    }

    @Test
    @Tag("I-17")
    void ofAClientOnTcp() throws Exception {
        try (var server = start(new Bandwidth(RATE, 0, 0));
                var client = Relaying.over(TestClient.tcp(server.listeners().get(1).address()))) {
            assertHolds(server, List.of(client), 1, Counter.DROPPED_ALLOCATION_BANDWIDTH);
        }
    }

    /// A TCP relay and a UDP relay of one user, both with more to send than there is: the stream
    /// loses nothing and neither goes hungry.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("I-17")
    void aStreamAndPacketsShareFairly(boolean perUser) throws Exception {
        int rate = 1 << 20;
        var bandwidth = perUser ? new Bandwidth(0, rate, 0) : new Bandwidth(0, 0, rate);
        try (var server = start(bandwidth);
                var packets = udp(server);
                var control = TestClient.tcp(server.listeners().get(1).address());
                var listener = new ServerSocket(0, 1, LOOPBACK)) {
            control.allocateTcp();
            int id =
                    TcpRelayFixture.idIn(
                            control.request(
                                    StunMethod.CONNECT,
                                    TcpRelayFixture.to(TcpRelayFixture.address(listener))));
            try (var peer = TcpRelayFixture.accept(listener);
                    var data = TestClient.tcp(server.listeners().get(1).address())) {
                data.withNonceOf(control);
                data.request(StunMethod.CONNECTION_BIND, new ConnectionId(id));
                assertSharesFairly(server, packets, data, peer, rate);
            }
        }
    }

    private static void assertSharesFairly(
            TurnServer server, Relaying packets, TestClient data, Socket peer, int rate)
            throws Exception {
        var done = new AtomicBoolean();
        var streamed = new AtomicLong();
        long began = System.nanoTime();
        var reading =
                CompletableFuture.runAsync(() -> read(peer, streamed), TcpRelayFixture.THREADS);
        var writing = CompletableFuture.runAsync(() -> write(data, done), TcpRelayFixture.THREADS);
        var flooding =
                CompletableFuture.runAsync(() -> flood(packets, done), TcpRelayFixture.THREADS);
        // A second's worth goes to whoever comes first; the rest is to be shared.
        long all;
        do {
            LockSupport.parkNanos(5_000_000);
            all = count(server, Counter.BYTES_TO_PEERS);
        } while (all < 4L * rate);
        double seconds = (System.nanoTime() - began) / 1e9;
        done.set(true);
        long relayed = count(server, Counter.PACKETS_TO_PEERS) * PACKET_BYTES;
        long most = (long) (rate * (1 + seconds) * 1.02) + (512 << 10);
        long got = all;
        assertTrue(got <= most, () -> got + " in " + seconds);
        assertTrue(relayed > got / 5, () -> relayed + " in packets, of " + got);
        assertTrue(got - relayed > got / 5, () -> got - relayed + " in the stream, of " + got);
        flooding.get();
        peer.close();
        reading.get();
        data.close();
        writing.get();
    }

    private static void read(Socket peer, AtomicLong streamed) {
        byte[] bytes = new byte[1 << 16];
        try {
            for (int got = 0; got >= 0; got = peer.getInputStream().read(bytes)) {
                streamed.addAndGet(got);
            }
        } catch (IOException e) {
            // The test is over.
            return;
        }
    }

    private static void write(TestClient data, AtomicBoolean done) {
        try {
            while (!done.get()) {
                data.wire().send(new byte[1 << 14]);
            }
        } catch (IOException e) {
            // The test is over.
            return;
        }
    }

    private static void flood(Relaying packets, AtomicBoolean done) {
        try {
            while (!done.get()) {
                packets.toPeer();
                LockSupport.parkNanos(100_000);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
class UdpIoTest {
    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private static final byte[] PING = "ping".getBytes(StandardCharsets.US_ASCII);
    private static final TransportAddress LOOPBACK = TestSettings.address("127.0.0.1", 0);
    private static final TransportAddress LOOPBACK6 = TestSettings.address("::1", 0);

    private record Received(int socket, TransportAddress source, Octets bytes) {}

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

    @SuppressWarnings("NullAway.Init") // made before each test
    private MultiThreadIoEventLoopGroup group;

    @SuppressWarnings("NullAway.Init") // made before each test
    private IoEventLoop loop;

    @SuppressWarnings("NullAway.Init") // made before each test
    private UdpIo io;

    @BeforeEach
    void start() throws IOException {
        var choice = DataPlaneChoice.of(plane);
        group = new MultiThreadIoEventLoopGroup(1, choice.ioHandlers());
        loop = group.next();
        io = choice.udpIo(loop, UdpOptions.DEFAULTS);
    }

    @AfterEach
    void stop() {
        Runnable closing = io::close;
        loop.submit(closing).syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).sync().getNow();
    }

    private int open(TransportAddress address, Role role) throws Exception {
        return onLoop(
                () -> io.open(address.high(), address.low(), address.port(), role, this::keep));
    }

    private void keep(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        // What the contract lets the engine do must not hurt.
        buffer.setZero(offset - UdpIo.HEADROOM_BYTES, UdpIo.HEADROOM_BYTES);
        buffer.setZero(offset + length, UdpIo.TAILROOM_BYTES);
        received.add(
                new Received(
                        socket,
                        new TransportAddress(high, low, port),
                        Octets.of(buffer, offset, length)));
    }

    private Received next() throws InterruptedException {
        Received datagram = received.poll(10, TimeUnit.SECONDS);
        if (datagram == null) {
            throw new AssertionError("nothing came");
        }
        return datagram;
    }

    private TransportAddress local(int socket, TransportAddress host) throws Exception {
        return host.withPort(onLoop(() -> io.localPort(socket)));
    }

    private void send(int from, TransportAddress to, byte[] bytes) throws Exception {
        onLoop(() -> {
            ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
            io.send(from, to.high(), to.low(), to.port(), buffer, 0, bytes.length);
            io.flush();
            return 0;
        });
    }

    private long count(Counter counter) {
        return io.counters().get(counter);
    }

    @Test
    void carriesDatagramsOfEverySizeOverBothFamilies() throws Exception {
        for (TransportAddress host : List.of(LOOPBACK, LOOPBACK6)) {
            int one = open(host, Role.LISTENER);
            int other = open(host, Role.RELAY);
            for (int size : new int[] {0, 1, 1200, 65507}) {
                byte[] bytes = new byte[size];
                new Random(size).nextBytes(bytes);
                send(one, local(other, host), bytes);
                Received datagram = next();
                assertEquals(other, datagram.socket());
                assertEquals(local(one, host), datagram.source());
                assertEquals(Octets.of(bytes), datagram.bytes());
            }
        }
    }

    @Test
    void goesOnAfterPeersThatCannotBeReached() throws Exception {
        int relay = open(LOOPBACK, Role.RELAY);
        int peer = open(LOOPBACK, Role.RELAY);
        // From a socket on loopback there is no way to anywhere else.
        send(relay, TestSettings.address("192.0.2.1", 9), PING);
        // Broadcast needs a permission that the socket doesn't have: EACCES.
        send(relay, TestSettings.address("255.255.255.255", 9), PING);
        send(relay, TestSettings.address("127.0.0.1", 0), PING);
        send(relay, TestSettings.address("2001:db8::1", 9), PING);
        assertEquals(4, count(Counter.DROPPED_UNREACHABLE));
        send(relay, local(peer, LOOPBACK), PING);
        assertEquals(Octets.of(PING), next().bytes());
        assertEquals(1, count(Counter.SENT_DATAGRAMS));
    }

    @Test
    void goesOnAfterAPeerThatRefuses() throws Exception {
        int relay = open(LOOPBACK, Role.RELAY);
        int peer = open(LOOPBACK, Role.RELAY);
        TransportAddress closed;
        try (var gone = new DatagramSocket(LOOPBACK.toInetSocketAddress())) {
            closed = LOOPBACK.withPort(gone.getLocalPort());
        }
        for (int i = 0; i < 10; i++) {
            send(relay, closed, PING);
        }
        send(relay, local(peer, LOOPBACK), PING);
        assertEquals(Octets.of(PING), next().bytes());
        send(peer, local(relay, LOOPBACK), PING);
        assertEquals(Octets.of(PING), next().bytes());
    }

    @Test
    void countsDatagramsThatAreTooLong() throws Exception {
        int relay = open(LOOPBACK, Role.RELAY);
        send(relay, LOOPBACK.withPort(9), new byte[65508]);
        assertEquals(1, count(Counter.DROPPED_TOO_LONG));
    }

    @Test
    void reusesTheNumbersOfClosedSockets() throws Exception {
        int first = open(LOOPBACK, Role.RELAY);
        int second = open(LOOPBACK, Role.RELAY);
        TransportAddress address = local(first, LOOPBACK);
        onLoop(() -> {
            io.close(first);
            return 0;
        });
        send(second, address, PING);
        assertEquals(first, open(LOOPBACK, Role.RELAY));
        send(first, local(second, LOOPBACK), PING);
        assertEquals(second, next().socket());
        assertEquals(List.of(), new ArrayList<>(received));
    }

    @Test
    void opensManyMoreSocketsThanItFirstHasRoomFor() throws Exception {
        int last = 0;
        for (int i = 0; i < 100; i++) {
            last = open(LOOPBACK, Role.RELAY);
        }
        assertEquals(99, last);
        send(last, local(0, LOOPBACK), PING);
        assertEquals(0, next().socket());
    }

    @Test
    void sharesAnAddressBetweenShardsOnly() throws Exception {
        int shared = open(LOOPBACK, Role.SHARED_LISTENER);
        TransportAddress address = local(shared, LOOPBACK);
        open(address, Role.SHARED_LISTENER);
        var failure = assertThrows(IOException.class, () -> open(address, Role.LISTENER));
        assertTrue(String.valueOf(failure.getMessage()).contains("in use"), failure::toString);
    }

    @Test
    void queuesNoMoreThanItsBuffersHold() throws Exception {
        onLoop(() -> {
            io.close();
            io = DataPlaneChoice.of(plane).udpIo(loop, UdpOptions.of(64 << 10, 4 << 10));
            return 0;
        });
        int listener = open(LOOPBACK, Role.LISTENER);
        int relay = open(LOOPBACK, Role.RELAY);
        TransportAddress toListener = local(listener, LOOPBACK);
        TransportAddress toRelay = local(relay, LOOPBACK);
        onLoop(() -> {
            for (int i = 0; i < 50; i++) {
                sendFromOutside(toRelay);
                sendFromOutside(toListener);
            }
            return 0;
        });
        Map<Integer, Integer> counts = new HashMap<>();
        while (counts.getOrDefault(listener, 0) < 50) {
            counts.merge(next().socket(), 1, Integer::sum);
        }
        // Both were ready in one turn of the loop, and that is over now.
        onLoop(() -> 0);
        received.forEach(datagram -> counts.merge(datagram.socket(), 1, Integer::sum));
        int relayed = counts.getOrDefault(relay, 0);
        assertTrue(relayed > 0 && relayed < 25, counts::toString);
    }

    @Test
    void readsFromAListenerAllThatItsBudgetAllows() throws Exception {
        int listener = open(LOOPBACK, Role.LISTENER);
        int relay = open(LOOPBACK, Role.RELAY);
        List<Integer> order = receiveFromBothAtOnce(listener, relay);
        // The listener's hundred came in one turn, whoever was first.
        assertTrue(
                order.lastIndexOf(listener) < 100 + PortableUdpIo.RELAY_READS_PER_WAKE_UP,
                order::toString);
    }

    @Test
    void readsNoMoreThanItsBudgetFromARelayInOneTurn() throws Exception {
        int one = open(LOOPBACK, Role.RELAY);
        int other = open(LOOPBACK, Role.RELAY);
        List<Integer> order = receiveFromBothAtOnce(one, other);
        int longest = 0;
        int run = 0;
        int before = -1;
        for (int socket : order) {
            run = socket == before ? run + 1 : 1;
            longest = Math.max(longest, run);
            before = socket;
        }
        // Twice the budget, for a relay may end one turn and begin the next.
        assertTrue(longest <= 2 * PortableUdpIo.RELAY_READS_PER_WAKE_UP, order::toString);
    }

    /// Queues a hundred datagrams for each of two sockets before the loop looks at them; returns
    /// from which sockets it reads then, in order.
    private List<Integer> receiveFromBothAtOnce(int one, int other) throws Exception {
        TransportAddress toOne = local(one, LOOPBACK);
        TransportAddress toOther = local(other, LOOPBACK);
        onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                sendFromOutside(toOne);
                sendFromOutside(toOther);
            }
            return 0;
        });
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            order.add(next().socket());
        }
        return order;
    }

    private static void sendFromOutside(TransportAddress to) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.send(
                    new DatagramPacket(
                            PING, PING.length, InetAddress.ofLiteral(to.host()), to.port()));
        }
    }

    @Test
    void allocatesNothingForAPacketToACachedAddress() throws Exception {
        int relay = open(LOOPBACK, Role.RELAY);
        int relay6 = open(LOOPBACK6, Role.RELAY);
        ByteBuf buffer = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(1200));
        // Nobody listens there, so that nothing is received while this is measured; each datagram
        // is answered with an ICMP error.
        List<TransportAddress> peers = List.of(LOOPBACK.withPort(9), LOOPBACK.withPort(10));
        TransportAddress peer6 = LOOPBACK6.withPort(9);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated =
                onLoop(() -> {
                    long least = Long.MAX_VALUE;
                    // Until the compiler has been there, calls into C box their arguments; on a
                    // busy machine it comes late.
                    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                    while (least > 0 && System.nanoTime() < end) {
                        long before = threads.getCurrentThreadAllocatedBytes();
                        for (int i = 0; i < 1000; i++) {
                            sendTo(relay, peers.get(i & 1), buffer);
                            sendTo(relay6, peer6, buffer);
                            io.flush();
                        }
                        long after = threads.getCurrentThreadAllocatedBytes();
                        least = Math.min(least, after - before);
                    }
                    return least;
                });
        assertEquals(0, allocated);
        assertEquals(0, count(Counter.SENT_DATAGRAMS) % 2000);
    }

    private void sendTo(int from, TransportAddress to, ByteBuf buffer) {
        io.send(from, to.high(), to.low(), to.port(), buffer, 64, 1000);
    }
}

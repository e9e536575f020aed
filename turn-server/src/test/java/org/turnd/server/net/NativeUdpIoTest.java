package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.server.net.UdpIo.Receiver;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// What only the native plane has: batches, memory that is used in place, segmented messages.
class NativeUdpIoTest {
    private static final TransportAddress LOOPBACK = TestSettings.address("127.0.0.1", 0);
    private static final TransportAddress LOOPBACK6 = TestSettings.address("::1", 0);
    private static final int SO_NO_CHECK = 11;

    private record Received(int socket, Octets bytes) {}

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final Random random = new Random(7);
    private final long startNanos = System.nanoTime();

    @SuppressWarnings("NullAway.Init") // made before each test
    private MultiThreadIoEventLoopGroup group;

    @SuppressWarnings("NullAway.Init") // made before each test
    private SingleThreadIoEventLoop loop;

    @SuppressWarnings("NullAway.Init") // made before each test
    private NativeUdpIo io;

    @BeforeEach
    void start() throws IOException {
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        loop = (SingleThreadIoEventLoop) group.next();
        io = new NativeUdpIo(loop, UdpOptions.DEFAULTS);
    }

    @AfterEach
    void stop() throws Exception {
        onLoop(() -> io.close());
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void onLoop(OnLoop task) throws Exception {
        Callable<Integer> call =
                () -> {
                    task.run();
                    return 0;
                };
        loop.submit(call).sync();
    }

    private int open(TransportAddress host, Role role, Receiver receiver) throws Exception {
        Callable<Integer> opening = () -> io.open(host.high(), host.low(), 0, role, receiver);
        return loop.submit(opening).sync().getNow();
    }

    private int openPeer(TransportAddress host) throws Exception {
        return open(host, Role.LISTENER, this::keep);
    }

    private void keep(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        received.add(new Received(socket, Octets.of(buffer, offset, length)));
    }

    private void echo(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        // Four bytes in front, as a channel's header.
        buffer.setInt(offset - 4, 0x4000_0000 | length);
        io.send(socket, high, low, port, buffer, offset - 4, length + 4);
    }

    private void stage(int from, int to, TransportAddress host, byte[] bytes) {
        io.send(
                from,
                host.high(),
                host.low(),
                io.localPort(to),
                Unpooled.wrappedBuffer(bytes),
                0,
                bytes.length);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private Received next() throws InterruptedException {
        Received datagram = received.poll(10, TimeUnit.SECONDS);
        if (datagram == null) {
            throw new AssertionError("nothing came");
        }
        return datagram;
    }

    private long count(Counter counter) {
        return io.counters().get(counter);
    }

    /// Sends datagrams of these lengths in one flush and holds what comes against them, in order.
    private void carries(TransportAddress host, int... lengths) throws Exception {
        int from = openPeer(host);
        int to = openPeer(host);
        long before = count(Counter.SENT_DATAGRAMS);
        List<Octets> sent = new ArrayList<>();
        onLoop(() -> {
            for (int length : lengths) {
                byte[] bytes = bytes(length);
                sent.add(Octets.of(bytes));
                stage(from, to, host, bytes);
            }
            io.flush();
        });
        for (Octets expected : sent) {
            assertEquals(new Received(to, expected), next());
        }
        assertEquals(lengths.length, count(Counter.SENT_DATAGRAMS) - before);
    }

    private static int[] repeated(int times, int length) {
        return IntStream.generate(() -> length).limit(times).toArray();
    }

    @Test
    void carriesDatagramsOfEverySizeAroundASlotAndTheLongest() throws Exception {
        carries(LOOPBACK, 0, 1, 2047, 2048, 2049, 65507, 3);
        carries(LOOPBACK6, 0, 1, 2047, 2048, 2049, 65527, 3);
    }

    @Test
    void sleepsNoShorterThanAsked() throws Exception {
        onLoop(() -> {
            long before = System.nanoTime();
            io.sleep(100_000);
            assertTrue(System.nanoTime() - before >= 100_000);
        });
    }

    @Test
    void carriesRunsOfEqualSizeAndTheirShorterEnds() throws Exception {
        carries(LOOPBACK, 100, 100, 100, 50, 100, 100, 120, 120, 0, 120, 0, 0, 7);
        carries(LOOPBACK6, 1452, 1452, 1452, 1451, 1453, 1453, 1);
        carries(LOOPBACK, repeated(200, 172));
        carries(LOOPBACK6, repeated(130, 1200));
        carries(LOOPBACK, repeated(65, 1));
    }

    @Test
    void keepsDestinationsApartInOneFlush() throws Exception {
        int from = openPeer(LOOPBACK);
        int from6 = openPeer(LOOPBACK6);
        int one = openPeer(LOOPBACK);
        int other = openPeer(LOOPBACK);
        int six = openPeer(LOOPBACK6);
        onLoop(() -> {
            for (int i = 0; i < 30; i++) {
                stage(from, i % 3 == 0 ? one : other, LOOPBACK, new byte[] {(byte) i});
                stage(from6, six, LOOPBACK6, new byte[] {(byte) i});
            }
            io.flush();
        });
        List<Integer> toOne = new ArrayList<>();
        List<Integer> toOther = new ArrayList<>();
        List<Integer> toSix = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Received datagram = next();
            int value = datagram.bytes().toByteArray()[0];
            (datagram.socket() == one ? toOne : datagram.socket() == other ? toOther : toSix)
                    .add(value);
        }
        assertEquals(IntStream.range(0, 30).filter(i -> i % 3 == 0).boxed().toList(), toOne);
        assertEquals(IntStream.range(0, 30).filter(i -> i % 3 != 0).boxed().toList(), toOther);
        assertEquals(IntStream.range(0, 30).boxed().toList(), toSix);
    }

    @Test
    void losesOnlyThePacketsToPeersThatCannotBeReached() throws Exception {
        int from = openPeer(LOOPBACK);
        int to = openPeer(LOOPBACK);
        TransportAddress nowhere = TestSettings.address("192.0.2.1", 9);
        onLoop(() -> {
            for (int i = 0; i < 10; i++) {
                ByteBuf lost = Unpooled.wrappedBuffer(new byte[8]);
                io.send(from, nowhere.high(), nowhere.low(), nowhere.port(), lost, 0, 8);
                stage(from, to, LOOPBACK, new byte[] {(byte) i});
            }
            io.flush();
        });
        for (int i = 0; i < 10; i++) {
            assertEquals(Octets.of(new byte[] {(byte) i}), next().bytes());
        }
        assertEquals(10, count(Counter.DROPPED_UNREACHABLE));
        assertEquals(10, count(Counter.SENT_DATAGRAMS));
    }

    @Test
    void sendsSinglyWhereSegmentedMessagesAreRefused() throws Exception {
        int from = openPeer(LOOPBACK);
        int to = openPeer(LOOPBACK);
        List<Octets> sent = new ArrayList<>();
        onLoop(() -> {
            // The kernel cuts nothing up on a socket that makes no checksums.
            new Libc().setOption(io.descriptor(from), Libc.SOL_SOCKET, SO_NO_CHECK, 1);
            for (int flush = 0; flush < 2 * NativeUdpIo.SEGMENT_FAILURES_MAX; flush++) {
                for (int i = 0; i < 5; i++) {
                    byte[] bytes = bytes(i == 4 ? 60 : 100);
                    sent.add(Octets.of(bytes));
                    stage(from, to, LOOPBACK, bytes);
                }
                io.flush();
            }
        });
        for (Octets expected : sent) {
            assertEquals(expected, next().bytes());
        }
        assertEquals(sent.size(), count(Counter.SENT_DATAGRAMS));
        assertEquals(0, count(Counter.DROPPED_UNREACHABLE));
        assertEquals(0, count(Counter.DROPPED_TOO_LONG));
    }

    @Test
    void sendsOnWhatItReceivedFromWhereItLies() throws Exception {
        int echo = open(LOOPBACK, Role.LISTENER, this::echo);
        int peer = openPeer(LOOPBACK);
        List<Octets> expected = new ArrayList<>();
        onLoop(() -> {
            for (int i = 0; i < 400; i++) {
                // Long ones now and then: they share their room.
                byte[] bytes = bytes(i % 40 == 39 ? 9000 + i : i % 200);
                ByteBuf framed = Unpooled.buffer().writeInt(0x4000_0000 | bytes.length);
                expected.add(Octets.of(framed.writeBytes(bytes), 0, bytes.length + 4));
                stage(peer, echo, LOOPBACK, bytes);
                if (i % 100 == 99) {
                    io.flush();
                }
            }
        });
        // Nobody ends this loop's wake-ups but the test.
        while (received.size() < expected.size() && flushed()) {
            Thread.onSpinWait();
        }
        for (Octets datagram : expected) {
            assertEquals(datagram, next().bytes());
        }
    }

    private boolean flushed() throws Exception {
        onLoop(() -> io.flush());
        return count(Counter.RECEIVE_ERRORS) == 0
                && System.nanoTime() - startNanos < 10_000_000_000L;
    }

    @Test
    void sendsMoreOutOfOneDeliveryThanItCanStage() throws Exception {
        int one = openPeer(LOOPBACK);
        int other = openPeer(LOOPBACK);
        int many = SendStage.ENTRIES + 88;
        Receiver multiplying =
                (socket, high, low, port, buffer, offset, length) -> {
                    for (int i = 0; i < many; i++) {
                        int to = i % 2 == 0 ? one : other;
                        int toPort = io.localPort(to);
                        io.send(socket, high, low, toPort, buffer, offset, length);
                    }
                    // The batch is still there after what was staged had to leave.
                    received.add(new Received(socket, Octets.of(buffer, offset, length)));
                };
        int from = open(LOOPBACK, Role.LISTENER, multiplying);
        byte[] bytes = bytes(20);
        onLoop(() -> {
            stage(one, from, LOOPBACK, bytes);
            io.flush();
        });
        Octets expected = Octets.of(bytes);
        assertEquals(new Received(from, expected), next());
        onLoop(() -> io.flush());
        List<Integer> sockets = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            Received datagram = next();
            assertEquals(expected, datagram.bytes());
            sockets.add(datagram.socket());
        }
        assertEquals(many / 2, Collections.frequency(sockets, one));
    }

    @Test
    void deliversNothingMoreToASocketThatItsReceiverCloses() throws Exception {
        int peer = openPeer(LOOPBACK);
        List<Octets> delivered = Collections.synchronizedList(new ArrayList<>());
        Receiver closing =
                (socket, high, low, port, buffer, offset, length) -> {
                    delivered.add(Octets.of(buffer, offset, length));
                    io.send(socket, high, low, port, buffer, offset, length);
                    io.close(socket);
                };
        int relay = open(LOOPBACK, Role.RELAY, closing);
        onLoop(() -> {
            for (int i = 0; i < 8; i++) {
                stage(peer, relay, LOOPBACK, new byte[] {(byte) i});
            }
            io.flush();
        });
        // What it staged before it was closed still leaves.
        assertEquals(new Received(peer, Octets.of(new byte[] {0})), next());
        assertEquals(relay, openPeer(LOOPBACK));
        onLoop(() -> {
            stage(peer, relay, LOOPBACK, new byte[] {42});
            io.flush();
        });
        assertEquals(new Received(relay, Octets.of(new byte[] {42})), next());
        assertEquals(List.of(Octets.of(new byte[] {0})), delivered);
    }

    @Test
    void mayBeClosedWhileItDelivers() throws Exception {
        int peer = openPeer(LOOPBACK);
        var closed = new CompletableFuture<Octets>();
        Receiver closing =
                (socket, high, low, port, buffer, offset, length) -> {
                    io.close();
                    closed.complete(Octets.of(buffer, offset, length));
                };
        int relay = open(LOOPBACK, Role.RELAY, closing);
        onLoop(() -> {
            stage(peer, relay, LOOPBACK, new byte[] {1});
            stage(peer, relay, LOOPBACK, new byte[] {2});
            io.flush();
        });
        assertEquals(Octets.of(new byte[] {1}), closed.get(10, TimeUnit.SECONDS));
        onLoop(() -> io.flush());
        assertThrows(IOException.class, () -> openPeer(LOOPBACK));
    }

    @Test
    void goesOnAfterAReceiverThatFails() throws Exception {
        int peer = openPeer(LOOPBACK);
        Receiver failing =
                (socket, high, low, port, buffer, offset, length) -> {
                    keep(socket, high, low, port, buffer, offset, length);
                    if (received.peek() instanceof Received(_, Octets first)
                            && first.equals(Octets.of(new byte[] {0, 0}))) {
                        throw new IllegalStateException("broken on purpose");
                    }
                };
        int relay = open(LOOPBACK, Role.RELAY, failing);
        for (int i = 0; i < 2 * ReceiveRing.SLOTS; i++) {
            byte[] bytes = {(byte) i, (byte) (i >> 8)};
            onLoop(() -> {
                stage(peer, relay, LOOPBACK, bytes);
                io.flush();
            });
            assertEquals(new Received(relay, Octets.of(bytes)), next());
        }
    }

    @Test
    void leavesNoDescriptorBehind() throws Exception {
        openPeer(LOOPBACK);
        int before = OpenFiles.count();
        List<Integer> sockets = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sockets.add(openPeer(i % 2 == 0 ? LOOPBACK : LOOPBACK6));
        }
        assertEquals(before + 50, OpenFiles.count());
        TransportAddress taken = LOOPBACK.withPort(9);
        Callable<Integer> elsewhere =
                () ->
                        io.open(
                                0,
                                TestSettings.address("192.0.2.1", 0).low(),
                                taken.port(),
                                Role.RELAY,
                                this::keep);
        assertThrows(IOException.class, () -> loop.submit(elsewhere).sync());
        onLoop(() -> sockets.forEach(io::close));
        assertEquals(before, OpenFiles.count());
        onLoop(() -> io.close());
        assertEquals(before - 1, OpenFiles.count());
    }

    @Test
    void allocatesNothingForAPacketThereAndBack() throws Exception {
        var pingPong = new PingPong();
        int one = open(LOOPBACK, Role.RELAY, pingPong);
        int other = open(LOOPBACK, Role.LISTENER, pingPong);
        onLoop(() -> {
            for (int i = 0; i < 16; i++) {
                stage(one, other, LOOPBACK, new byte[100 + i / 8]);
            }
            io.flush();
        });
        assertEquals(0L, pingPong.least.get(60, TimeUnit.SECONDS));
    }

    /// Sends back what comes, as a shard does it, and measures what a thousand packets allocate.
    private final class PingPong implements Receiver {
        private static final int PACKETS = 1000;
        private static final int ROUNDS_MAX = 300;

        private final CompletableFuture<Long> least = new CompletableFuture<>();
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final Runnable endOfWakeUp = this::endWakeUp;
        private boolean awake;
        private int packets;
        private long before;
        private long leastBytes = Long.MAX_VALUE;

        @Override
        public void onDatagram(
                int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
            if (!awake) {
                awake = true;
                loop.executeAfterEventLoopIteration(endOfWakeUp);
            }
            if (++packets % PACKETS == 0) {
                long now = threads.getCurrentThreadAllocatedBytes();
                leastBytes = Math.min(leastBytes, now - before);
                before = now;
                if (leastBytes == 0 || packets == PACKETS * ROUNDS_MAX) {
                    least.complete(leastBytes);
                }
            }
            if (!least.isDone()) {
                io.send(socket, high, low, port, buffer, offset, length);
            }
        }

        private void endWakeUp() {
            awake = false;
            io.flush();
        }
    }

    private interface OnLoop {
        void run() throws IOException;
    }
}

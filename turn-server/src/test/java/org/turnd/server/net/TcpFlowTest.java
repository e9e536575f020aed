package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.server.TurnServer;
import org.turnd.server.config.Throttles;
import org.turnd.server.engine.Counter;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// How the data of TCP allocations (RFC 6062) flows, stops and ends.
class TcpFlowTest extends TcpRelayFixture {
    /// Far more than all buffers of the kernel on the way.
    private static final int FLOOD_BYTES = 96 << 20;

    private static final long SHORTEST_NANOS = 150_000_000;

    /// Polls, 5 ms apart, after which a sender that got nowhere is stuck.
    private static final int POLLS_WITHOUT_PROGRESS = 40;

    /// What a server may hold for two connections that are stuck, with room for what tests before
    /// have left to the garbage collector.
    private static final long HELD_BYTES_MAX = 1 << 20;

    @Test
    @Tag("L-15")
    void anEndInOneDirectionIsPassedOnBehindTheData() throws Exception {
        try (var server = start();
                var control = open(server);
                var listener = listen()) {
            control.client().allocateTcp();
            byte[] much = random(500_000);
            int id = connect(control, address(listener));
            try (var peer = accept(listener);
                    var data = bind(server, control, id)) {
                assertPasses(much, peer.getOutputStream(), data.in());
                peer.shutdownOutput();
                assertEquals(-1, data.in().read());
                if (!isTls()) {
                    assertPasses(much, data.out(), peer.getInputStream());
                    data.socket().shutdownOutput();
                }
                assertEquals(-1, peer.getInputStream().read());
            }
            Eventually.equal(1, () -> (int) count(server, Counter.PEER_CONNECTIONS_CLOSED));
            int second = connect(control, address(listener));
            try (var peer = accept(listener);
                    var data = bind(server, control, second)) {
                var reading = CompletableFuture.supplyAsync(() -> readAll(peer), THREADS);
                data.out().write(much);
                data.socket().shutdownOutput();
                assertArrayEquals(much, reading.get());
                if (!isTls()) {
                    assertPasses(much, peer.getOutputStream(), data.in());
                }
                end(peer);
                assertEquals(-1, StreamTest.readToEnd(data.socket()));
            }
            Eventually.equal(2, () -> (int) count(server, Counter.PEER_CONNECTIONS_CLOSED));
        }
    }

    private static byte[] readAll(Socket socket) {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// What ends an allocation with its connections.
    private enum End {
        REFRESH,
        CONTROL_CONNECTION,
        STOP
    }

    @Test
    @Tag("L-15")
    @Tag("L-21")
    @Tag("C-14")
    void everythingClosesWithTheAllocation() throws Exception {
        for (End end : End.values()) {
            try (var server = start();
                    var control = open(server);
                    var unbound = listen();
                    var listener = listen()) {
                TransportAddress relayed = control.client().allocateTcp();
                int id = connect(control, address(listener));
                try (var peer = accept(listener);
                        var data = bind(server, control, id)) {
                    connect(control, address(unbound));
                    switch (end) {
                        case REFRESH ->
                                control.client().request(StunMethod.REFRESH, new Lifetime(0));
                        case CONTROL_CONNECTION -> end(control);
                        case STOP -> end(server);
                    }
                    assertEquals(-1, StreamTest.readToEnd(peer));
                    assertEquals(-1, StreamTest.readToEnd(data.socket()));
                    Eventually.holds(() -> isRefused(relayed));
                }
            }
        }
    }

    private static boolean isRefused(TransportAddress relayed) {
        try (var socket = new Socket()) {
            socket.connect(relayed.toInetSocketAddress());
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    @Tag("L-17")
    void aPeerIsStoppedByAClientThatDoesNotRead() throws Exception {
        connected(
                new TestSettings(),
                (_, peer, data) -> assertBackPressure(peer.getOutputStream(), data.in()));
    }

    @Test
    @Tag("L-17")
    void aClientIsStoppedByAPeerThatDoesNotRead() throws Exception {
        connected(
                new TestSettings(),
                (_, peer, data) -> assertBackPressure(data.out(), peer.getInputStream()));
    }

    /// A second's worth passes at once. The rest takes its time, and all of it arrives.
    @Test
    @Tag("I-17")
    void nothingIsLostWhenAUserHasUsedUpItsBandwidth() throws Exception {
        int perSecond = 4 << 20;
        byte[] more = random(perSecond * 5 / 4);
        connected(
                new TestSettings().bandwidth(bandwidth(perSecond)),
                (_, peer, data) -> {
                    long before = System.nanoTime();
                    assertPasses(more, data.out(), peer.getInputStream());
                    long between = System.nanoTime();
                    assertPasses(more, peer.getOutputStream(), data.in());
                    long after = System.nanoTime();
                    // A quarter of a second is due, without the last read.
                    assertTrue(between - before > SHORTEST_NANOS, "not slowed towards peers");
                    assertTrue(after - between > SHORTEST_NANOS, "not slowed towards clients");
                });
    }

    @Test
    @Tag("I-17")
    @Tag("L-15")
    void aConnectionThatWaitsForBandwidthEndsWithItsAllocation() throws Exception {
        connected(
                new TestSettings().bandwidth(bandwidth(1 << 10)),
                (control, peer, data) -> {
                    assertPasses(random(4 << 10), data.out(), peer.getInputStream());
                    data.out().write(HELLO);
                    control.client().request(StunMethod.REFRESH, new Lifetime(0));
                    assertEquals(-1, StreamTest.readToEnd(peer));
                });
    }

    private static Throttles.Bandwidth bandwidth(int bytesPerSecond) {
        return new Throttles.Bandwidth(0, bytesPerSecond, 0);
    }

    /// Nobody reads until the writer is stuck; then everything comes.
    private static void assertBackPressure(OutputStream out, InputStream in) throws Exception {
        long before = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
        byte[] block = random(1 << 16);
        var written = new AtomicLong();
        var writing =
                CompletableFuture.runAsync(
                        () -> {
                            for (int sent = 0; sent < FLOOD_BYTES; sent += block.length) {
                                write(out, block);
                                written.addAndGet(block.length);
                            }
                        },
                        THREADS);
        var polls = new long[] {-1, 0};
        Eventually.holds(() -> {
            long now = written.get();
            polls[1] = now == polls[0] ? polls[1] + 1 : 0;
            polls[0] = now;
            return polls[1] > POLLS_WITHOUT_PROGRESS;
        });
        assertTrue(written.get() < FLOOD_BYTES, "somebody holds it all");
        long held = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() - before;
        assertTrue(held < HELD_BYTES_MAX, () -> "the server holds " + held);
        for (int got = 0; got < FLOOD_BYTES; got += block.length) {
            if (!Arrays.equals(block, in.readNBytes(block.length))) {
                throw new AssertionError("other bytes at " + got);
            }
        }
        writing.get();
    }

    @Test
    void manyConnectionsComeAndGoAndLeaveNothing() throws Exception {
        int rounds = isTls() ? 60 : 500;
        try (var server = start();
                var listener = listen()) {
            churn(server, listener, 10);
            Eventually.equal(0, () -> connections(server));
            int files = OpenFiles.count();
            churn(server, listener, rounds);
            Eventually.equal(0, () -> connections(server));
            Eventually.equal(0, server::allocationCount);
            Eventually.equal(files, OpenFiles::count);
            assertEquals(
                    count(server, Counter.PEER_CONNECTIONS_OPENED),
                    count(server, Counter.PEER_CONNECTIONS_CLOSED));
            assertEquals(0, StreamTest.sum(server, ShardCounters.Counter.ENGINE_FAULTS));
        }
    }

    private static int connections(TurnServer server) {
        return server.shards().stream().mapToInt(ShardStatus::streamConnections).sum();
    }

    private void churn(TurnServer server, ServerSocket listener, int rounds) throws Exception {
        Connection control = open(server);
        control.client().allocateTcp();
        for (int i = 0; i < rounds; i++) {
            int id = connect(control, address(listener));
            try (var peer = accept(listener)) {
                switch (i % 5) {
                    case 0 -> {
                        // never bound
                        end(control);
                        control = open(server);
                        control.client().allocateTcp();
                    }
                    case 1 -> end(peer);
                    default -> {
                        try (var data = bind(server, control, id)) {
                            data.out().write(HELLO);
                            peer.getOutputStream().write(HELLO);
                            if (i % 5 == 2) {
                                data.socket().setSoLinger(true, 0);
                            } else if (i % 5 == 3) {
                                peer.setSoLinger(true, 0);
                                end(peer);
                            }
                        }
                    }
                }
                if (i % 5 != 0) {
                    end(control);
                    control = open(server);
                    control.client().allocateTcp();
                }
            }
        }
        end(control);
    }
}

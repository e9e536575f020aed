package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// A native plane with a loop of its own, and everything that came to its sockets.
final class NativePlane implements AutoCloseable {
    static final TransportAddress LOOPBACK = TestSettings.address("127.0.0.1", 0);
    static final TransportAddress LOOPBACK6 = TestSettings.address("::1", 0);

    /// A datagram with what the plane said of its header.
    record Arrival(
            int socket, TransportAddress source, Octets bytes, int trafficClass, int hopLimit) {}

    record IcmpError(int socket, TransportAddress peer, int type, int code, int mtu) {}

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final BlockingQueue<IcmpError> errors = new LinkedBlockingQueue<>();
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final SingleThreadIoEventLoop loop = (SingleThreadIoEventLoop) group.next();
    private final NativeUdpIo io;

    NativePlane(UdpOptions options) throws IOException {
        io = new NativeUdpIo(loop, options);
    }

    <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).sync().getNow();
    }

    /// Its methods belong on [#onLoop].
    NativeUdpIo io() {
        return io;
    }

    int open(TransportAddress host, Role role) throws Exception {
        return onLoop(() -> io.open(host.high(), host.low(), host.port(), role, new Keeper()));
    }

    TransportAddress local(int socket, TransportAddress host) throws Exception {
        return host.withPort(onLoop(() -> io.localPort(socket)));
    }

    /// Stages one datagram; on the loop only.
    void stage(int from, TransportAddress to, byte[] bytes, int trafficClass, int hopLimit) {
        io.send(
                from,
                to.high(),
                to.low(),
                to.port(),
                Unpooled.wrappedBuffer(bytes),
                0,
                bytes.length,
                trafficClass,
                hopLimit);
    }

    /// Sends one datagram that must not be fragmented; on the loop only.
    void sendWhole(int from, TransportAddress to, byte[] bytes) {
        io.sendWhole(
                from,
                to.high(),
                to.low(),
                to.port(),
                Unpooled.wrappedBuffer(bytes),
                0,
                bytes.length,
                0,
                0);
    }

    /// Sends what a receiver has staged, once this turn of the loop is over; on the loop only.
    void flushAfterIteration() {
        loop.executeAfterEventLoopIteration(io::flush);
    }

    Arrival next() throws InterruptedException {
        return present(arrivals.poll(10, TimeUnit.SECONDS));
    }

    IcmpError nextError() throws InterruptedException {
        return present(errors.poll(10, TimeUnit.SECONDS));
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("nothing came");
        }
        return value;
    }

    long count(Counter counter) {
        return io.counters().get(counter);
    }

    @Override
    public void close() {
        Runnable closing = io::close;
        loop.submit(closing).syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Keeper implements UdpIo.Receiver {
        @Override
        public void onDatagram(
                int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
            arrivals.add(
                    new Arrival(
                            socket,
                            new TransportAddress(high, low, port),
                            Octets.of(buffer, offset, length),
                            io.receivedTrafficClass(),
                            io.receivedHopLimit()));
        }

        @Override
        public void onIcmpError(
                int socket, long high, long low, int port, int type, int code, int mtu) {
            errors.add(
                    new IcmpError(socket, new TransportAddress(high, low, port), type, code, mtu));
        }
    }
}

package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.TlsFacts;
import org.turnd.cli.check.Wire;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.StunView;
import org.turnd.stun.TransportAddress;

/// A client's UDP socket. It is also the wire of its control messages, for other threads.
final class DatagramLink implements Link, Wire {
    private static final byte[] END = {};

    private final BenchLoop loop;
    private final TransportAddress server;
    private final int channelNumber;
    private final Arrivals arrivals;
    private final BlockingQueue<byte[]> responses = new LinkedBlockingQueue<>();
    private final StunView view = new StunView();
    private final int socket;
    private final TransportAddress local;

    /// Opens a socket. Not on the loop's thread.
    ///
    /// @param local where to bind, with port 0 for a free one; no wildcard
    /// @param channelNumber the client's only channel
    DatagramLink(
            BenchLoop loop,
            TransportAddress local,
            TransportAddress server,
            int channelNumber,
            Arrivals arrivals)
            throws IOException {
        this.loop = loop;
        this.server = server;
        this.channelNumber = channelNumber;
        this.arrivals = arrivals;
        socket =
                loop.call(() ->
                        loop.udp()
                                .open(
                                        local.high(),
                                        local.low(),
                                        local.port(),
                                        Role.LISTENER,
                                        this::onDatagram));
        this.local = local.withPort(loop.call(() -> loop.udp().localPort(socket)));
    }

    private void onDatagram(
            int number, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        if (port != server.port() || low != server.low() || high != server.high()) {
            return;
        }
        if (!arrivals.toClient(this, channelNumber, buffer, offset, length, view)) {
            var response = new byte[length];
            buffer.getBytes(offset, response);
            responses.add(response);
        }
    }

    @Override
    public boolean send(ByteBuf frame, int length) {
        loop.udp().send(socket, server.high(), server.low(), server.port(), frame, 0, length);
        return true;
    }

    @Override
    public void send(byte[] frame) {
        loop.execute(() -> send(Unpooled.wrappedBuffer(frame), frame.length));
    }

    @Override
    public byte[] receive() throws IOException {
        try {
            var response = responses.take();
            if (response.length == 0) {
                throw new EOFException("closed");
            }
            return response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return local.toInetSocketAddress();
    }

    @Override
    public @Nullable TlsFacts tls() {
        return null;
    }

    @Override
    public Carrier carrier() {
        return Carrier.UDP;
    }

    @Override
    public void close() {
        responses.add(END);
        loop.execute(() -> loop.udp().close(socket));
    }
}

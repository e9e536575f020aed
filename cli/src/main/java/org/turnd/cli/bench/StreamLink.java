package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.TlsFacts;
import org.turnd.cli.check.TurnFailure;
import org.turnd.cli.check.Wire;
import org.turnd.stun.StunView;

/// A client's TCP or TLS connection, on the loop as everything else: a server that does not read
/// holds up this client alone. It is also the wire of its control messages, for other threads.
final class StreamLink implements Link, Wire, StreamConnector.Receiver {
    private static final byte[] END = {};

    private final BenchLoop loop;
    private final Carrier carrier;
    private final int channelNumber;
    private final Arrivals arrivals;
    private final BlockingQueue<byte[]> responses = new LinkedBlockingQueue<>();
    private final StunView view = new StunView();
    private final CompletableFuture<Channel> opening = new CompletableFuture<>();
    private final Channel connection;
    private boolean unflushed;

    /// Connects. Not on the loop's thread.
    ///
    /// @param channelNumber the client's only channel
    StreamLink(
            BenchLoop loop,
            StreamConnector connector,
            Carrier carrier,
            int channelNumber,
            Arrivals arrivals)
            throws IOException, TurnFailure {
        this.loop = loop;
        this.carrier = carrier;
        this.channelNumber = channelNumber;
        this.arrivals = arrivals;
        connector.connect(this);
        try {
            connection = opening.get();
        } catch (ExecutionException e) {
            throw connector.failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void opened(Channel opened) {
        opening.complete(opened);
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        opening.completeExceptionally(
                cause == null ? new EOFException("the server closed the connection") : cause);
        responses.add(END);
    }

    @Override
    public void frame(ByteBuf buffer, int offset, int length) {
        if (!arrivals.toClient(this, channelNumber, buffer, offset, length, view)) {
            var response = new byte[length];
            buffer.getBytes(offset, response);
            responses.add(response);
        }
    }

    @Override
    public boolean send(ByteBuf frame, int length) {
        if (!connection.isWritable()) {
            return false;
        }
        var _ =
                connection.write(
                        connection.alloc().directBuffer(length).writeBytes(frame, 0, length),
                        connection.voidPromise());
        if (!unflushed) {
            unflushed = true;
            loop.flushLater(this);
        }
        return true;
    }

    /// Hands what was written to the operating system.
    void flush() {
        unflushed = false;
        connection.flush();
    }

    @Override
    public void send(byte[] frame) {
        var _ = connection.writeAndFlush(Unpooled.wrappedBuffer(frame), connection.voidPromise());
    }

    @Override
    public byte[] receive() throws IOException {
        try {
            var response = responses.take();
            if (response.length == 0) {
                throw new EOFException("the server closed the connection");
            }
            return response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) Objects.requireNonNull(connection.localAddress());
    }

    @Override
    public @Nullable TlsFacts tls() {
        return null;
    }

    @Override
    public Carrier carrier() {
        return carrier;
    }

    @Override
    public void close() {
        var _ = connection.close();
    }
}

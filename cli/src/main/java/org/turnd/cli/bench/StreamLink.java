package org.turnd.cli.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.TlsFacts;
import org.turnd.cli.check.TurnFailure;
import org.turnd.cli.check.Wire;
import org.turnd.stun.StreamFraming;
import org.turnd.stun.StunView;

/// A client's TCP or TLS connection, on the loop as everything else: a server that does not read
/// holds up this client alone. It is also the wire of its control messages, for other threads.
final class StreamLink implements Link, Wire {
    private static final byte[] END = {};

    private final BenchLoop loop;
    private final Carrier carrier;
    private final int channelNumber;
    private final Arrivals arrivals;
    private final BlockingQueue<byte[]> responses = new LinkedBlockingQueue<>();
    private final StunView view = new StunView();
    private final Channel connection;
    private boolean unflushed;

    private StreamLink(
            BenchLoop loop,
            Carrier carrier,
            int channelNumber,
            Arrivals arrivals,
            Channel connection) {
        this.loop = loop;
        this.carrier = carrier;
        this.channelNumber = channelNumber;
        this.arrivals = arrivals;
        this.connection = connection;
    }

    /// Connects. Not on the loop's thread.
    ///
    /// @param tls how to speak TLS, null for TCP
    static StreamLink connect(
            BenchLoop loop,
            Endpoint server,
            @Nullable SslContext tls,
            ClientOptions options,
            int channelNumber,
            Arrivals arrivals)
            throws TurnFailure {
        var patience = options.retransmission().longest();
        var address = server.address().toInetSocketAddress();
        var connecting =
                new Bootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newStreamChannel)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(patience.toMillis()))
                        .handler(new Setup(tls, server, patience))
                        .connect(address)
                        .awaitUninterruptibly();
        var channel = connecting.channel();
        if (!connecting.isSuccess()) {
            throw failed(connecting.cause(), "a TCP connection", patience);
        }
        var security = channel.pipeline().get(SslHandler.class);
        if (security != null && !security.handshakeFuture().awaitUninterruptibly().isSuccess()) {
            var _ = channel.close();
            throw failed(security.handshakeFuture().cause(), "a TLS handshake", patience);
        }
        var link = new StreamLink(loop, server.carrier(), channelNumber, arrivals, channel);
        channel.pipeline().addLast(link.new Frames());
        return link;
    }

    private static TurnFailure failed(@Nullable Throwable why, String awaited, Duration patience) {
        return switch (why) {
            case SSLException e ->
                    new TurnFailure(
                            new Failure.TlsRefused(
                                    Failure.TlsProblem.HANDSHAKE,
                                    String.valueOf(e.getMessage()),
                                    List.of()),
                            e);
            case IOException e -> Wire.failed(e, awaited, patience);
            case null, default -> new TurnFailure(new Failure.Closed(String.valueOf(why)), why);
        };
    }

    /// What a new connection needs before it is connected.
    private static final class Setup extends ChannelInitializer<SocketChannel> {
        private final @Nullable SslContext tls;
        private final Endpoint server;
        private final Duration patience;

        Setup(@Nullable SslContext tls, Endpoint server, Duration patience) {
            this.tls = tls;
            this.server = server;
            this.patience = patience;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            if (tls != null) {
                var security =
                        tls.newHandler(channel.alloc(), server.host(), server.address().port());
                security.setHandshakeTimeoutMillis(patience.toMillis());
                channel.pipeline().addLast(security);
            }
        }
    }

    /// Cuts the stream into frames (RFC 8656 §12.5).
    private final class Frames extends ByteToMessageDecoder {
        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            int length = StreamFraming.frameLength(in, in.readerIndex(), in.readableBytes());
            if (length == StreamFraming.NOT_A_FRAME) {
                var _ = context.close();
                return;
            }
            if (length != StreamFraming.NEED_MORE) {
                onFrame(in, in.readerIndex(), length);
                in.skipBytes(length);
            }
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext context) {
            responses.add(END);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }
    }

    private void onFrame(ByteBuf buffer, int offset, int length) {
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

package org.turnd.cli.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.TlsTrust;
import org.turnd.cli.check.TurnFailure;
import org.turnd.cli.check.Wire;
import org.turnd.stun.StreamFraming;

/// Makes TCP and TLS connections on the loop, and cuts what comes into frames (RFC 8656 §12.5).
final class StreamConnector {
    private final BenchLoop loop;
    private final Endpoint server;
    private final Duration patience;
    private final @Nullable SslContext tls;

    /// What becomes of one connection. Told on the loop's thread.
    interface Receiver {
        /// It is there, with the TLS handshake done where it is one of TLS.
        void opened(Channel connection);

        /// A frame has come. Borrows the buffer.
        void frame(ByteBuf buffer, int offset, int length);

        /// It is no more, or never was. May be told more than once.
        void closed(@Nullable Throwable cause);
    }

    StreamConnector(BenchLoop loop, Endpoint server, ClientOptions options) throws SSLException {
        this.loop = loop;
        this.server = server;
        this.patience = options.retransmission().longest();
        this.tls = server.carrier() == Carrier.TLS ? context(options.trust()) : null;
    }

    private static SslContext context(TlsTrust trust) throws SSLException {
        var builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
        return trust.overlooksProblems()
                ? builder.trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm("")
                        .build()
                : builder.trustManager(trust.authorities())
                        .endpointIdentificationAlgorithm("HTTPS")
                        .build();
    }

    /// Begins to connect. On any thread.
    void connect(Receiver receiver) {
        var connecting =
                new Bootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newStreamChannel)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(patience.toMillis()))
                        .handler(new Setup(receiver))
                        .connect(server.address().toInetSocketAddress());
        connecting.addListener(connected -> {
            var security = connecting.channel().pipeline().get(SslHandler.class);
            if (security == null || !connected.isSuccess()) {
                tell(receiver, connecting.channel(), connected);
            } else {
                security.handshakeFuture()
                        .addListener(done -> tell(receiver, connecting.channel(), done));
            }
        });
    }

    private static void tell(Receiver receiver, Channel connection, Future<?> done) {
        if (done.isSuccess()) {
            receiver.opened(connection);
        } else {
            receiver.closed(done.cause());
            var _ = connection.close();
        }
    }

    /// Returns what it means that there is no connection.
    TurnFailure failure(@Nullable Throwable why) {
        return switch (why) {
            case SSLException e ->
                    new TurnFailure(
                            new Failure.TlsRefused(
                                    Failure.TlsProblem.HANDSHAKE,
                                    String.valueOf(e.getMessage()),
                                    List.of()),
                            e);
            case IOException e -> Wire.failed(e, "a connection", patience);
            case null -> new TurnFailure(new Failure.Closed("the server closed the connection"));
            default -> new TurnFailure(new Failure.Closed(why.toString()), why);
        };
    }

    private final class Setup extends ChannelInitializer<SocketChannel> {
        private final Receiver receiver;

        Setup(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            if (tls != null) {
                var security =
                        tls.newHandler(channel.alloc(), server.host(), server.address().port());
                security.setHandshakeTimeoutMillis(patience.toMillis());
                channel.pipeline().addLast(security);
            }
            channel.pipeline().addLast(new Frames(receiver));
        }
    }

    private static final class Frames extends ByteToMessageDecoder {
        private final Receiver receiver;

        Frames(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            int length = StreamFraming.frameLength(in, in.readerIndex(), in.readableBytes());
            if (length == StreamFraming.NOT_A_FRAME) {
                in.skipBytes(in.readableBytes());
                var _ = context.close();
                return;
            }
            if (length != StreamFraming.NEED_MORE) {
                receiver.frame(in, in.readerIndex(), length);
                in.skipBytes(length);
            }
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext context) {
            receiver.closed(null);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }
    }
}

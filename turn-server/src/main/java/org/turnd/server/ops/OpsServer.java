package org.turnd.server.ops;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.turnd.stun.TransportAddress;

/// The operators' HTTP listener: `/metrics` for Prometheus, `/livez` and `/readyz`. Meant for a
/// loopback address; it has one thread of its own and never touches a shard's.
///
/// It is bounded: 32 connections, one request each, 10 seconds from opening to closing.
public final class OpsServer implements AutoCloseable {
    static final int CONNECTIONS_MAX = 32;
    static final int CONNECTION_SECONDS_MAX = 10;
    private static final int REQUEST_LINE_BYTES_MAX = 2048;
    private static final int HEADER_BYTES_MAX = 8192;

    private final EventLoopGroup group;
    private final Channel listener;

    private OpsServer(EventLoopGroup group, Channel listener) {
        this.group = group;
        this.listener = listener;
    }

    /// Listens. Port 0 picks a free one.
    ///
    /// @throws IOException when the address can't be bound
    public static OpsServer start(
            TransportAddress address, Metrics metrics, Readiness readiness, Liveness liveness)
            throws IOException {
        var group =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("turnd-http", true), NioIoHandler.newFactory());
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(new Connection(new OpsPages(metrics, readiness, liveness)))
                        .bind(address.toInetSocketAddress())
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            stop(group);
            throw new IOException("can't listen for HTTP on " + address, bound.cause());
        }
        return new OpsServer(group, bound.channel());
    }

    /// The address it listens on, with the port that was picked.
    public TransportAddress address() {
        return TransportAddress.of((InetSocketAddress) listener.localAddress());
    }

    /// Stops listening and closes every connection.
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        stop(group);
    }

    private static void stop(EventLoopGroup group) {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    private static final class Connection extends ChannelInitializer<SocketChannel> {
        private final OpsPages pages;
        private final AtomicInteger open = new AtomicInteger();

        Connection(OpsPages pages) {
            this.pages = pages;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do when it is closed
        protected void initChannel(SocketChannel channel) {
            channel.closeFuture().addListener(closed -> open.decrementAndGet());
            if (open.incrementAndGet() > CONNECTIONS_MAX) {
                channel.close();
                return;
            }
            var deadline =
                    channel.eventLoop()
                            .schedule(
                                    () -> channel.close(),
                                    CONNECTION_SECONDS_MAX,
                                    TimeUnit.SECONDS);
            channel.closeFuture().addListener(closed -> deadline.cancel(false));
            channel.pipeline().addLast(handlers(pages));
        }
    }

    /// What a connection's bytes go through.
    static ChannelHandler[] handlers(OpsPages pages) {
        var config =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                        .setMaxHeaderSize(HEADER_BYTES_MAX);
        return new ChannelHandler[] {new HttpServerCodec(config), new OpsRequests(pages)};
    }
}

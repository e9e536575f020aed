package org.turnd.server.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.AdminSettings;
import org.turnd.stun.TransportAddress;

/// The admin API's listeners. They have one thread of their own and never touch a shard's; requests
/// are carried out on virtual threads.
///
/// It is bounded: 64 connections, one request each, 10 seconds from opening to closing, and bodies
/// of 16 KiB. A connection whose first request is its last can't be used to smuggle another.
public final class AdminServer implements AutoCloseable {
    static final int CONNECTIONS_MAX = 64;
    static final int CONNECTION_SECONDS_MAX = 10;
    static final int BODY_BYTES_MAX = 16 * 1024;
    private static final int REQUEST_LINE_BYTES_MAX = 4096;
    private static final int HEADER_BYTES_MAX = 8192;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("turnd-admin", true), NioIoHandler.newFactory());
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Channel> listeners = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AdminApi api;
    private final AccessControl control;
    private final int connectionSecondsMax;
    private @Nullable AdminSocket socket;

    private AdminServer(
            AdminDaemon daemon,
            AdminSettings settings,
            InstantSource clock,
            LongSupplier nanoClock,
            int connectionSecondsMax) {
        this.connectionSecondsMax = connectionSecondsMax;
        api = new AdminApi(daemon, settings, clock, nanoClock);
        control = new AccessControl(settings, nanoClock);
    }

    /// Listens where the settings say. Port 0 picks a free one.
    ///
    /// @throws IOException when it can't; then nothing is left open
    public static AdminServer start(AdminDaemon daemon, AdminSettings settings) throws IOException {
        return start(
                daemon, settings, InstantSource.system(), System::nanoTime, CONNECTION_SECONDS_MAX);
    }

    static AdminServer start(
            AdminDaemon daemon,
            AdminSettings settings,
            InstantSource clock,
            LongSupplier nanoClock,
            int connectionSecondsMax)
            throws IOException {
        var server = new AdminServer(daemon, settings, clock, nanoClock, connectionSecondsMax);
        try {
            server.listen(settings);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private void listen(AdminSettings settings) throws IOException {
        for (TransportAddress address : settings.addresses()) {
            listeners.add(
                    bind(
                            NioServerSocketChannel.class,
                            address.toInetSocketAddress(),
                            false,
                            address.toString()));
        }
        Path path = settings.socket();
        if (path != null) {
            AdminSocket prepared = AdminSocket.prepare(path);
            socket = prepared;
            listeners.add(
                    bind(
                            NioServerDomainSocketChannel.class,
                            prepared.bindAddress(),
                            true,
                            path.toString()));
            prepared.publish();
        }
    }

    private Channel bind(
            Class<? extends ServerChannel> type,
            SocketAddress address,
            boolean isTrusted,
            String name)
            throws IOException {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(type)
                        .childHandler(new Connection(isTrusted))
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "the admin API can't listen at %s: %s"
                            .formatted(name, bound.cause().getMessage()),
                    bound.cause());
        }
        return bound.channel();
    }

    /// The addresses it listens on, with the ports that were picked.
    public List<TransportAddress> addresses() {
        return listeners.stream()
                .map(Channel::localAddress)
                .filter(InetSocketAddress.class::isInstance)
                .map(address -> TransportAddress.of((InetSocketAddress) address))
                .toList();
    }

    /// Stops listening and closes every connection.
    @Override
    public void close() {
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
        AdminSocket published = socket;
        if (published != null) {
            published.remove();
        }
        workers.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    private final class Connection extends ChannelInitializer<Channel> {
        private final boolean isTrusted;

        Connection(boolean isTrusted) {
            this.isTrusted = isTrusted;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do when it is closed
        protected void initChannel(Channel channel) {
            channel.closeFuture().addListener(closed -> connections.decrementAndGet());
            if (connections.incrementAndGet() > CONNECTIONS_MAX) {
                channel.close();
                return;
            }
            var deadline =
                    channel.eventLoop()
                            .schedule(
                                    () -> channel.close(), connectionSecondsMax, TimeUnit.SECONDS);
            channel.closeFuture().addListener(closed -> deadline.cancel(false));
            channel.pipeline().addLast(handlers(api, isTrusted ? null : control, workers));
        }
    }

    /// What a connection's bytes go through.
    ///
    /// @param control null where everybody who can connect is an operator
    static ChannelHandler[] handlers(
            AdminApi api, @Nullable AccessControl control, ExecutorService workers) {
        var strict =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                        .setMaxHeaderSize(HEADER_BYTES_MAX)
                        .setChunkedSupported(false)
                        .setAllowDuplicateContentLengths(false)
                        .setStrictLineParsing(true)
                        .setValidateHeaders(true);
        var folds = new FoldGuard();
        return new ChannelHandler[] {
            folds, new HttpServerCodec(strict), new AdminConnection(api, control, workers, folds)
        };
    }
}

package org.turnd.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.server.policy.AddressCounts;
import org.turnd.server.policy.AddressRanges;
import org.turnd.stun.TransportAddress;

/// The TCP and TLS listeners. New connections go to the shards in turn and stay there for life.
final class StreamListeners {
    /// Connections that the kernel holds until they are accepted.
    private static final int BACKLOG = 1024;

    private final EventLoopGroup loops;
    private final List<Shard> shards;
    private final DataPlaneChoice plane;
    private final @Nullable TlsServer tls;
    private final int connectionsMax;
    private final AddressRanges trustedProxies;
    private final long headerTimeoutNanos;
    private final AtomicInteger connections = new AtomicInteger();
    private final int connectionsPerAddress;
    private final AddressCounts addresses = new AddressCounts();
    private final List<Channel> open = new ArrayList<>();

    /// @param tls null when there is no certificate
    /// @param trustedProxies who may open connections to the listeners for proxies
    /// @param limits bounds of all listeners together
    StreamListeners(
            EventLoopGroup loops,
            List<Shard> shards,
            DataPlaneChoice plane,
            @Nullable TlsServer tls,
            AddressRanges trustedProxies,
            ServerSettings.Limits limits) {
        this.loops = loops;
        this.shards = shards;
        this.plane = plane;
        this.tls = tls;
        this.connectionsMax = limits.connections();
        this.connectionsPerAddress = limits.throttles().connectionsPerAddress();
        this.trustedProxies = trustedProxies;
        this.headerTimeoutNanos = limits.handshakeTimeout().toNanos();
    }

    /// Opens one listener; not on an event loop.
    ///
    /// @param index the listener's index in the server's list
    /// @return the port it is bound to
    int listen(int index, Listener listener) throws IOException {
        TransportAddress address = listener.address();
        SocketProtocolFamily family =
                address.isIpv4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
        ChannelFuture binding =
                new ServerBootstrap()
                        .group(shards.getFirst().loop(), loops)
                        .channelFactory(() -> plane.serverChannel(family))
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childHandler(new Connections(index, listener))
                        .bind(address.toInetSocketAddress())
                        .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new IOException(reason(binding.cause()), binding.cause());
        }
        Channel channel = binding.channel();
        // Last, behind Netty's own handler, which lets the listener rest for a second.
        channel.pipeline().addLast(new AcceptFailures(shards.getFirst()));
        open.add(channel);
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /// Netty's epoll transport puts the call and its number before what an operator understands.
    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof Errors.NativeIoException
                ? message.substring(message.lastIndexOf(": ") + 1).strip()
                : message;
    }

    /// Takes no more connections; not on an event loop.
    void close() {
        for (Channel channel : open) {
            channel.close().awaitUninterruptibly();
        }
        open.clear();
    }

    private Shard shardOf(Channel channel) {
        for (Shard shard : shards) {
            if (shard.loop().equals(channel.eventLoop())) {
                return shard;
            }
        }
        throw new IllegalStateException("a connection on a loop without a shard");
    }

    /// Counts what keeps a listener from accepting; connections wait in the kernel meanwhile.
    private static final class AcceptFailures extends ChannelInboundHandlerAdapter {
        private final Shard acceptor;

        AcceptFailures(Shard acceptor) {
            this.acceptor = acceptor;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            acceptor.countRarely(
                    Counter.ACCEPTS_FAILED, "Connections can't be accepted and wait", failure);
        }
    }

    private final class Connections extends ChannelInitializer<SocketChannel> {
        private final int index;
        private final Listener listener;

        Connections(int index, Listener listener) {
            this.index = index;
            this.listener = listener;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            StreamSockets.prepare(channel);
            Shard shard = shardOf(channel);
            var _ = channel.closeFuture().addListener(closed -> connections.decrementAndGet());
            if (connections.incrementAndGet() > connectionsMax) {
                shard.counters().add(Counter.STREAMS_REFUSED, 1);
                var _ = channel.close();
            } else if (!listener.proxied()) {
                admit(channel, shard, null);
            } else if (isTrusted(channel.remoteAddress())) {
                channel.pipeline()
                        .addLast(
                                new ProxyGate(
                                        shard.counters(),
                                        headerTimeoutNanos,
                                        client -> admit(channel, shard, client)));
            } else {
                shard.counters().add(Counter.STREAMS_NOT_PROXIED, 1);
                var _ = channel.close();
            }
        }

        /// S-09: one address doesn't take the connections of all others.
        ///
        /// @param named whom a proxy named; null for who opened the connection
        private void admit(SocketChannel channel, Shard shard, @Nullable TransportAddress named) {
            InetSocketAddress remote = channel.remoteAddress();
            TransportAddress client =
                    named == null && remote != null ? TransportAddress.of(remote) : named;
            if (client == null) {
                // It is gone already.
                var _ = channel.close();
            } else if (addresses.acquire(client, connectionsPerAddress)) {
                var _ = channel.closeFuture().addListener(closed -> addresses.release(client));
                addHandlers(channel, shard, named);
            } else {
                shard.counters().add(Counter.STREAMS_REFUSED_BY_ADDRESS, 1);
                var _ = channel.close();
            }
        }

        private void addHandlers(
                SocketChannel channel, Shard shard, @Nullable TransportAddress client) {
            ChannelPipeline pipeline = channel.pipeline();
            if (tls != null && listener.protocol() == Protocol.TLS) {
                if (!tls.addHandlers(pipeline, channel.alloc())) {
                    shard.counters().add(Counter.TLS_HANDSHAKES_REFUSED, 1);
                    var _ = channel.close();
                    return;
                }
            } else if (tls != null) {
                pipeline.addLast(new FirstByteDetector(tls, shard.counters()));
            }
            pipeline.addLast(shard.accept(channel, index, client));
        }

        /// @param peer null when the connection is gone already
        private boolean isTrusted(@Nullable InetSocketAddress peer) {
            if (peer == null) {
                return false;
            }
            TransportAddress address = TransportAddress.of(peer);
            return trustedProxies.contains(address.high(), address.low());
        }
    }
}

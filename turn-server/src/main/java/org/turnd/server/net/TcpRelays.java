package org.turnd.server.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.PeerInputs;
import org.turnd.server.engine.PeerSink;
import org.turnd.server.engine.TurnEngine;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.TransportAddress;

/// The TCP relays of one shard (RFC 6062): a listening socket each, and the connections with peers
/// from and to its port. Belongs to the shard's thread.
final class TcpRelays implements PeerSink {
    /// Connections of peers that the kernel holds until they are accepted, for one relay.
    private static final int BACKLOG = 128;

    private static final int NO_TIMEOUT = 0;
    private static final int RESET = 0;

    private final Shard shard;
    private final TurnEngine engine;
    private final EventLoop loop;
    private final DataPlaneChoice plane;
    private final IntObjectHashMap<Listener> listeners = new IntObjectHashMap<>();
    private final IntObjectHashMap<Channel> connecting = new IntObjectHashMap<>();
    private final IntObjectHashMap<PeerStream> peers = new IntObjectHashMap<>();

    /// The other end of each connection that has one, by the connection's id.
    private final IntObjectHashMap<ClientStream> clients = new IntObjectHashMap<>();

    private record Listener(Channel channel, TransportAddress address) {}

    TcpRelays(Shard shard, TurnEngine engine, DataPlaneChoice plane) {
        this.shard = shard;
        this.engine = engine;
        this.loop = shard.loop();
        this.plane = plane;
    }

    @Override
    public void listen(int relay, long high, long low, int port) {
        var address = new TransportAddress(high, low, port);
        ChannelFuture binding =
                new ServerBootstrap()
                        .group(loop, loop)
                        .channelFactory(() -> plane.serverChannel(family(address)))
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(new Peers(relay))
                        .bind(address.toInetSocketAddress());
        var listener = new Listener(binding.channel(), address);
        listeners.put(relay, listener);
        var _ = binding.addListener(bound -> onBound(relay, listener, bound.cause()));
    }

    private void onBound(int relay, Listener listener, @Nullable Throwable failure) {
        if (!listener.equals(listeners.get(relay))) {
            // Closed meanwhile, which is all the engine wanted.
            return;
        }
        long now = shard.wake();
        if (failure != null) {
            listeners.remove(relay);
            shard.countRarely(
                    Counter.RELAYS_NOT_OPENED, "A TCP relay socket can't be opened", failure);
            onEngine(() -> engine.onRelayFailed(relay, now));
            return;
        }
        // Bound alone, so that a port which another process has is found out; shared now, with the
        // connections that leave from it (L-06).
        boolean ignored = plane.sharePort(listener.channel());
        onEngine(() -> engine.onRelayBound(relay, now));
    }

    @Override
    public void stopListening(int relay) {
        Listener listener = listeners.remove(relay);
        if (listener != null) {
            var _ = listener.channel().close();
        }
    }

    @Override
    public void connect(int relay, int id, long high, long low, int port) {
        var peer = new TransportAddress(high, low, port);
        Listener listener = listeners.get(relay);
        if (listener == null) {
            throw new IllegalStateException("relay " + relay + " doesn't listen");
        }
        ChannelFuture attempt =
                new Bootstrap()
                        .group(loop)
                        .channelFactory(() -> plane.socketChannel(family(peer)))
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(ChannelOption.AUTO_READ, false)
                        // The engine's clock decides.
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, NO_TIMEOUT)
                        .handler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        boolean ignored = plane.sharePort(channel);
                                        add(channel, id);
                                    }
                                })
                        .connect(
                                peer.toInetSocketAddress(),
                                listener.address().toInetSocketAddress());
        connecting.put(id, attempt.channel());
        var _ = attempt.addListener(connected -> onConnected(id, connected.isSuccess()));
    }

    private void onConnected(int id, boolean succeeded) {
        if (connecting.remove(id) == null) {
            return;
        }
        long now = shard.wake();
        if (succeeded) {
            onEngine(() -> engine.peers().onConnected(id, now));
        } else {
            peers.remove(id);
            onEngine(() -> engine.peers().onConnectFailed(id, now));
        }
    }

    private void add(SocketChannel channel, int id) {
        StreamSockets.prepare(channel);
        StreamSockets.carryData(channel);
        var stream = new PeerStream(channel, id, this);
        peers.put(id, stream);
        channel.pipeline().addLast(stream);
    }

    @Override
    public void bind(ClientPath client, int owner, int id) {
        StreamConnection stream = shard.stream(client.connection());
        if (stream != null) {
            TcpRelays relays = shard.tcpRelaysOf(owner);
            stream.bind(bound -> relays.bind(id, bound));
        }
    }

    /// Binds a client's stream to a connection. Any thread.
    private void bind(int id, ClientStream client) {
        try {
            loop.execute(() -> join(id, client));
        } catch (RejectedExecutionException e) {
            // This shard has stopped, and the connection is closed.
            client.close();
        }
    }

    private void join(int id, ClientStream client) {
        PeerStream peer = peers.get(id);
        if (peer == null) {
            // It ended while the client's word was on its way.
            client.close();
            return;
        }
        clients.put(id, client);
        long ignored = shard.wake();
        onEngine(() -> engine.peers().onBound(id));
        Splice.join(client, peer, engine.peers().bandwidth(id));
    }

    @Override
    public void close(int id) {
        Channel attempt = connecting.remove(id);
        if (attempt != null) {
            var _ = attempt.close();
        }
        PeerStream peer = peers.remove(id);
        if (peer != null) {
            peer.close();
        }
        ClientStream client = clients.remove(id);
        if (client != null) {
            client.close();
        }
    }

    /// A connection is gone.
    void onGone(PeerStream peer) {
        int id = peer.id();
        if (peers.get(id) != peer || connecting.containsKey(id)) {
            return;
        }
        peers.remove(id);
        clients.remove(id);
        peer.close();
        long ignored = shard.wake();
        onEngine(() -> engine.peers().onClosed(id));
    }

    void onRelayed(int id, long toPeer, long toClient) {
        onEngine(() -> engine.peers().onRelayed(id, toPeer, toClient));
    }

    /// Closes what is left.
    void closeAll() {
        for (PeerStream peer : List.copyOf(peers.values())) {
            close(peer.id());
        }
        for (Listener listener : new ArrayList<>(listeners.values())) {
            var _ = listener.channel().close();
        }
        listeners.clear();
    }

    private void onEngine(Runnable input) {
        try {
            input.run();
        } catch (RuntimeException e) {
            shard.onFault(e);
        }
    }

    private int acceptedBy(int relay, TransportAddress from) {
        long now = shard.wake();
        try {
            return engine.peers().onAccepted(relay, from, now);
        } catch (RuntimeException e) {
            shard.onFault(e);
            return PeerInputs.NO_CONNECTION;
        }
    }

    private static SocketProtocolFamily family(TransportAddress address) {
        return address.isIpv4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    }

    /// Takes the connections of peers to one relay, or turns them away.
    private final class Peers extends ChannelInitializer<SocketChannel> {
        private final int relay;

        Peers(int relay) {
            this.relay = relay;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            TransportAddress from = TransportAddress.of(channel.remoteAddress());
            int id = acceptedBy(relay, from);
            if (id == PeerInputs.NO_CONNECTION) {
                // L-11. With a reset, so that nothing of a stranger lingers.
                channel.config().setSoLinger(RESET);
                var _ = channel.close();
                return;
            }
            add(channel, id);
        }
    }
}

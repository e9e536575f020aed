package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.engine.ClientPass;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineCounters;
import org.turnd.server.engine.EngineSink;
import org.turnd.server.engine.PeerSink;
import org.turnd.server.engine.TurnEngine;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.server.policy.AddressRanges;
import org.turnd.stun.StreamFraming;
import org.turnd.stun.TransportAddress;

/// One event loop with its engine, its listening sockets, the relay sockets of its allocations and
/// its share of the stream connections. Everything that happens in one wake-up of the loop happens
/// at one time, and what it sends leaves when it ends.
///
/// Methods belong to the loop's thread unless they say otherwise.
final class Shard implements EngineSink, ShardStatus {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    private final int index;
    private final SingleThreadIoEventLoop loop;
    private final UdpIo udp;
    private final TcpRelays tcpRelays;
    private final Coalescing coalescing;
    private final TurnEngine engine;
    private final List<Shard> shards;
    private final StreamLimits streamLimits;
    private final Runnable onEmpty;
    private final ShardCounters counters = new ShardCounters();
    private final AtomicInteger allocations = new AtomicInteger();
    private final HandOvers handOvers;
    private final PassedClients passedClients;
    private final ClientConnections connections = new ClientConnections();
    private final List<StreamConnection> unflushed = new ArrayList<>();
    private final ByteBuf frame =
            Unpooled.wrappedBuffer(
                    ByteBuffer.allocateDirect(
                            UdpIo.HEADROOM_BYTES
                                    + StreamFraming.MAX_FRAME_LENGTH
                                    + UdpIo.TAILROOM_BYTES));

    private final SocketOwners sockets = new SocketOwners();
    private final PeerReceiver peerReceiver = new PeerReceiver();
    private final RelayedSends relayed;
    private final ClientSends clients;
    private final @Nullable DtlsSessions dtls;

    private final Runnable endOfWakeUp = this::endWakeUp;
    private boolean awake;
    private long nowNanos;
    private final DeadlineTimer timer;

    /// @param shards all shards of the server, this one at `index`; complete before traffic comes
    /// @param engines makes the shard's engine
    /// @param plane what carries UDP and makes TCP sockets
    /// @param coalescing keeps the wake-ups of this shard apart
    /// @param dtlsServer null when there is no certificate
    /// @param onEmpty told when the last allocation of this shard has ended
    Shard(
            int index,
            SingleThreadIoEventLoop loop,
            DataPlaneChoice plane,
            UdpIo udp,
            Coalescing coalescing,
            List<Shard> shards,
            StreamLimits streamLimits,
            @Nullable DtlsServer dtlsServer,
            EngineFactory engines,
            Runnable onEmpty) {
        this.index = index;
        this.loop = loop;
        this.timer = new DeadlineTimer(loop, this::onTimer);
        this.udp = udp;
        this.relayed = new RelayedSends(udp, counters);
        this.clients = new ClientSends(this, udp, sockets, relayed, connections);
        this.coalescing = coalescing;
        this.shards = shards;
        this.streamLimits = streamLimits;
        this.onEmpty = onEmpty;
        this.dtls = dtlsServer == null ? null : dtlsServer.on(this, udp, relayed, connections);
        this.handOvers = new HandOvers(loop, new HandOverReader());
        this.engine = engines.create(index, this, clients::mark);
        this.passedClients = new PassedClients(this, engine.roaming(), clients::mark, connections);
        this.tcpRelays = new TcpRelays(this, engine, plane);
    }

    SingleThreadIoEventLoop loop() {
        return loop;
    }

    TurnEngine engine() {
        return engine;
    }

    /// Returns the time of this wake-up; the first call in it reads the clock.
    long wake() {
        if (!awake) {
            awake = true;
            nowNanos = System.nanoTime();
            loop.executeAfterEventLoopIteration(endOfWakeUp);
        }
        return nowNanos;
    }

    private void endWakeUp() {
        awake = false;
        // Before answers leave: whoever has one finds its allocation counted.
        publish();
        if (!unflushed.isEmpty()) {
            unflushed.forEach(StreamConnection::flush);
            unflushed.clear();
        }
        udp.flush();
        timer.set(engine.nextDeadlineNanos());
        counters.wakeUps().add(System.nanoTime() - nowNanos);
        coalescing.endWakeUp(nowNanos);
    }

    private void onTimer() {
        long now = wake();
        try {
            engine.onTimer(now);
        } catch (RuntimeException e) {
            onFault(e);
        }
    }

    private void publish() {
        int now = engine.allocationCount();
        int before = allocations.getPlain();
        allocations.setOpaque(now);
        if (now == 0 && before != 0) {
            onEmpty.run();
        }
    }

    /// The engine has a bug. Its state is whole as far as can be known, and everybody else's media
    /// must go on, so the input is lost and nothing more.
    void onFault(RuntimeException bug) {
        counters.add(Counter.ENGINE_FAULTS, 1);
        if (Long.bitCount(counters.get(Counter.ENGINE_FAULTS)) == 1) {
            LOG.error("The engine of shard {} failed on an input", index, bug);
        }
    }

    /// Counts a failure of the system, and logs the first, the second, the fourth, the eighth.
    void countRarely(Counter counter, String what, Throwable failure) {
        counters.add(counter, 1);
        if (Long.bitCount(counters.get(counter)) == 1) {
            LOG.warn("{} ({} so far): {}", what, counters.get(counter), failure.getMessage());
        }
    }

    /// Opens a UDP listener's socket.
    ///
    /// @param listener its index in the server's list
    /// @return the port it is bound to
    int listen(int listener, TransportAddress address, UdpIo.Role role) throws IOException {
        int socket = udp.open(address, role, this::onClientDatagram);
        sockets.addListener(listener, socket);
        return udp.localPort(socket);
    }

    /// Opens the socket of a UDP listener for clients behind proxies; no other shard has one there.
    ///
    /// @return the port it is bound to
    int listenForProxies(int listener, TransportAddress address, AddressRanges trusted)
            throws IOException {
        var proxied = new ProxiedDatagrams(trusted, counters, udp, sockets, this::onDatagram);
        return clients.behind(proxied).listen(listener, address);
    }

    /// Serves a DTLS listener at the socket of a listener: itself, or one of UDP.
    void serveDtls(int at, int listener) {
        if (dtls != null) {
            dtls.listen(sockets.ofListener(at), listener, at == listener);
        }
    }

    private void onClientDatagram(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        if (dtls != null && dtls.took(socket, high, low, port, buffer, offset, length)) {
            return;
        }
        onDatagram(sockets.owner(socket), high, low, port, buffer, offset, length);
    }

    private void onDatagram(
            int listener, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        long now = wake();
        relayed.beginDatagram();
        try {
            coalescing.count();
            engine.onDatagram(listener, high, low, port, buffer, offset, length, now);
        } catch (RuntimeException e) {
            onFault(e);
        }
    }

    /// What arrives at the relay sockets.
    private final class PeerReceiver implements UdpIo.Receiver {
        @Override
        public void onDatagram(
                int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
            long now = wake();
            relayed.beginDatagram();
            try {
                coalescing.count();
                engine.onPeerDatagram(
                        sockets.owner(socket), high, low, port, buffer, offset, length, now);
            } catch (RuntimeException e) {
                onFault(e);
            }
        }

        @Override
        public void onIcmpError(
                int socket, long high, long low, int port, int type, int code, int mtu) {
            long now = wake();
            try {
                engine.onIcmpError(sockets.owner(socket), high, low, port, type, code, mtu, now);
            } catch (RuntimeException e) {
                onFault(e);
            }
        }
    }

    /// Takes a new connection, and returns the last handler of its pipeline.
    ///
    /// @param client whom a proxy named; null for who opened the connection
    StreamConnection accept(
            SocketChannel channel, int listener, @Nullable TransportAddress client) {
        wake();
        int id = connections.nextId();
        var connection = new StreamConnection(this, streamLimits, channel, client, listener, id);
        connections.add(connection);
        counters.add(Counter.STREAMS_OPENED, 1);
        return connection;
    }

    /// Hands one message of a connection or session to the engine. Borrows the buffer, which has
    /// the room around the bytes that the engine needs.
    void onMessage(ClientPath path, ByteBuf buffer, int offset, int length) {
        long now = wake();
        try {
            coalescing.count();
            engine.onStreamMessage(path, buffer, offset, length, now);
        } catch (RuntimeException e) {
            onFault(e);
        }
    }

    /// Hands one frame to the engine. Borrows the buffer and copies the frame to where it has the
    /// room around it that the engine needs.
    void onStreamFrame(ClientPath path, ByteBuf buffer, int offset, int length) {
        counters.add(Counter.STREAM_RECEIVED_FRAMES, 1);
        counters.add(Counter.STREAM_RECEIVED_BYTES, length);
        frame.setBytes(UdpIo.HEADROOM_BYTES, buffer, offset, length);
        relayed.beginFrame();
        onMessage(path, frame, UdpIo.HEADROOM_BYTES, length);
    }

    void flushAtEndOfWakeUp(StreamConnection connection) {
        wake();
        unflushed.add(connection);
    }

    /// @param path null when nothing was ever handed to the engine
    void onStreamClosed(StreamConnection connection, @Nullable ClientPath path) {
        wake();
        connections.remove(connection);
        counters.add(Counter.STREAMS_CLOSED, 1);
        if (path != null) {
            onPathClosed(path);
        }
    }

    /// The connection or session of a client has ended.
    void onPathClosed(ClientPath path) {
        try {
            engine.onStreamClosed(path, wake());
        } catch (RuntimeException e) {
            onFault(e);
        }
    }

    @Override
    public void sendToClient(ClientPath client, ByteBuf buffer, int offset, int length) {
        clients.answer(client, buffer, offset, length);
    }

    @Override
    public void relayToClient(ClientPath client, ByteBuf buffer, int offset, int length) {
        clients.relay(client, buffer, offset, length);
    }

    @Override
    public void passClient(
            int shard, ClientPass kind, ClientPath client, ByteBuf buffer, int offset, int length) {
        HandOverInbox to = shards.get(shard).handOvers.inbox();
        if (!to.offer(index, kind, client, relayed.header(), buffer, offset, length)) {
            counters.add(Counter.HAND_OVERS_DROPPED, 1);
        }
    }

    @Override
    public void sendToPeer(
            int relay, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        relayed.send(sockets.ofRelay(relay), high, low, port, buffer, offset, length);
    }

    @Override
    public boolean setsDontFragment() {
        return udp.setsDontFragment();
    }

    @Override
    public void sendWholeToPeer(
            int relay, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        relayed.sendWhole(sockets.ofRelay(relay), high, low, port, buffer, offset, length);
    }

    @Override
    public void bindRelay(int relay, long high, long low, int port) {
        try {
            int socket = udp.open(high, low, port, UdpIo.Role.RELAY, peerReceiver);
            sockets.addRelay(relay, socket);
        } catch (IOException e) {
            countRarely(Counter.RELAYS_NOT_OPENED, "A relay socket can't be opened", e);
            engine.onRelayFailed(relay, wake());
            return;
        }
        engine.onRelayBound(relay, wake());
    }

    @Override
    public void closeRelay(int relay) {
        int socket = sockets.removeRelay(relay);
        if (socket != SocketOwners.NO_SOCKET) {
            udp.close(socket);
        }
    }

    @Override
    public PeerSink peers() {
        return tcpRelays;
    }

    /// Returns an open stream connection, or null.
    @Nullable StreamConnection stream(int id) {
        return connections.get(id) instanceof StreamConnection stream ? stream : null;
    }

    /// The TCP relays of another shard.
    TcpRelays tcpRelaysOf(int shard) {
        return shards.get(shard).tcpRelays;
    }

    @Override
    public void handOver(
            int shard,
            long relayHigh,
            long relayLow,
            int relayPort,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length) {
        boolean taken =
                shards.get(shard)
                        .handOvers
                        .inbox()
                        .offer(
                                relayHigh,
                                relayLow,
                                relayPort,
                                high,
                                low,
                                port,
                                relayed.header(),
                                buffer,
                                offset,
                                length);
        if (!taken) {
            counters.add(Counter.HAND_OVERS_DROPPED, 1);
        }
    }

    /// What other shards pass on.
    private final class HandOverReader implements HandOverInbox.Reader {
        @Override
        public void onHandOver(
                long relayHigh,
                long relayLow,
                int relayPort,
                long high,
                long low,
                int port,
                int header,
                ByteBuf buffer,
                int offset,
                int length) {
            long now = wake();
            relayed.beginHandOver(header);
            try {
                engine.onHandOver(
                        relayHigh, relayLow, relayPort, high, low, port, buffer, offset, length,
                        now);
            } catch (RuntimeException e) {
                onFault(e);
            }
        }

        @Override
        public void onPass(HandOverInbox.Passed passed) {
            long now = wake();
            relayed.beginHandOver(passed.header());
            try {
                passedClients.take(passed, now);
            } catch (RuntimeException e) {
                onFault(e);
            }
        }
    }

    /// Ends every allocation, and closes every connection and socket.
    void stop() {
        long now = wake();
        try {
            engine.stop(now);
        } catch (RuntimeException e) {
            onFault(e);
        }
        connections.finishAll();
        if (dtls != null) {
            dtls.stop();
        }
        tcpRelays.closeAll();
        udp.close();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public EngineCounters engineCounters() {
        return engine.counters();
    }

    @Override
    public UdpCounters udpCounters() {
        return udp.counters();
    }

    @Override
    public ShardCounters counters() {
        return counters;
    }

    @Override
    public int allocations() {
        return allocations.getOpaque();
    }

    @Override
    public int streamConnections() {
        return counters.openStreams();
    }

    /// Makes engines.
    interface EngineFactory {
        TurnEngine create(int shard, EngineSink sink, AllocationMarker marker);
    }

    /// Told when a client's five-tuple gets or loses its allocation.
    interface AllocationMarker {
        void mark(ClientPath client, boolean hasAllocation);
    }
}

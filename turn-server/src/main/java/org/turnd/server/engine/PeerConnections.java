package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.EngineEvents.PeerConnectionEnd;
import org.turnd.server.engine.PeerConnection.State;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.MessageType;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// The peer data connections of this shard (RFC 6062 §5.2, §5.3): made here, found here, ended
/// here, so that no socket and no CONNECTION-ID outlives its allocation.
final class PeerConnections {
    /// No connection: the peer is turned away.
    static final int NONE = 0;

    /// L-07: at least 30 s, and less than the 39.5 s after which a client on TCP gives up waiting
    /// for its answer (RFC 8489 §6.2.2).
    static final long CONNECT_NANOS = 35 * TimerWheel.TICK_NANOS;

    /// L-09: how long a connection waits for its ConnectionBind.
    static final long BIND_NANOS = 30 * TimerWheel.TICK_NANOS;

    private static final int INDICATION_BYTES_MAX = 64;
    private static final int CONNECTION_ATTEMPT =
            MessageType.of(StunMethod.CONNECTION_ATTEMPT, StunClass.INDICATION);

    private final int shard;
    private final Surroundings surroundings;
    private final SharedState shared;
    private final EngineSink sink;
    private final EngineEvents events;
    private final EngineCounters counters;
    private final Responder responder;
    private final TimerWheel wheel;
    private final TransactionIds transactionIds;
    private final StunWriter writer = new StunWriter();
    private final ByteBuf scratch = Unpooled.buffer(INDICATION_BYTES_MAX, INDICATION_BYTES_MAX);
    private final Map<Integer, PeerConnection> byId = new HashMap<>();

    PeerConnections(
            Surroundings surroundings,
            Responder responder,
            TimerWheel wheel,
            RandomGenerator random) {
        this.shard = surroundings.shard();
        this.surroundings = surroundings;
        this.shared = surroundings.shared();
        this.sink = surroundings.sink();
        this.events = surroundings.events();
        this.counters = surroundings.counters();
        this.responder = responder;
        this.wheel = wheel;
        this.transactionIds = new TransactionIds(random);
    }

    boolean isFull(Relay relay) {
        return relay.connections.size()
                >= surroundings.settings().relayTransports().connectionsMax();
    }

    /// Says whether a relay has a connection with this peer, pending or open.
    boolean exists(Relay relay, TransportAddress peer) {
        for (PeerConnection connection : relay.connections) {
            if (connection.peer.equals(peer)) {
                return true;
            }
        }
        return false;
    }

    /// Begins to connect; the request is answered when the peer has accepted, or hasn't.
    void connect(Request request, Relay relay, TransportAddress peer) {
        PeerConnection connection = add(relay, peer, State.CONNECTING);
        connection.connect = request;
        wheel.schedule(connection, request.nowNanos() + CONNECT_NANOS, request.nowNanos());
        TransportAddress target = inside(peer);
        sink.peers().connect(relay.id, connection.id, target.high(), target.low(), target.port());
    }

    /// A peer has accepted.
    void onConnected(int id, long nowNanos) {
        PeerConnection connection = byId.get(id);
        if (connection == null || connection.state != State.CONNECTING) {
            return;
        }
        Request request = connection.connect;
        connection.connect = null;
        offer(connection, nowNanos);
        if (request != null) {
            responder.respond(
                    request.at(nowNanos), Answer.Success.of(new ConnectionId(connection.id)));
        }
    }

    /// A peer can't be reached, or doesn't want to.
    void onConnectFailed(int id, long nowNanos) {
        PeerConnection connection = byId.get(id);
        if (connection != null && connection.state == State.CONNECTING) {
            forget(connection);
            refuse(connection, nowNanos);
        }
    }

    /// A peer has connected to a relayed transport address. Returns the connection's id, or [#NONE]
    /// when the peer must be turned away.
    int onAccepted(@Nullable Relay relay, TransportAddress from, long nowNanos) {
        // L-11. Where the allocation is over, or not yet answered, nobody is let in.
        if (relay == null
                || !relay.isLive(nowNanos)
                || !relay.permissions.isLive(outside(from).high(), outside(from).low(), nowNanos)
                || isFull(relay)) {
            counters.increment(Counter.PEER_CONNECTIONS_REFUSED);
            return NONE;
        }
        PeerConnection connection = add(relay, outside(from), State.OFFERED);
        offer(connection, nowNanos);
        indicate(connection);
        return connection.id;
    }

    /// The client has come for a connection.
    void onBound(int id) {
        PeerConnection connection = byId.get(id);
        if (connection != null && connection.state == State.OFFERED) {
            connection.state = State.BOUND;
            wheel.cancel(connection);
        }
    }

    /// What a connection's user may relay; null for everything.
    @Nullable Bandwidth bandwidth(int id) {
        PeerConnection connection = byId.get(id);
        return connection == null ? null : connection.relay.allocation.bandwidth;
    }

    /// Bytes were relayed.
    void onRelayed(int id, long toPeer, long toClient) {
        PeerConnection connection = byId.get(id);
        if (connection == null) {
            return;
        }
        Allocation allocation = connection.relay.allocation;
        connection.bytesToPeer += toPeer;
        connection.bytesToClient += toClient;
        allocation.bytesToPeers += toPeer;
        allocation.bytesToClient += toClient;
        counters.add(Counter.BYTES_TO_PEERS, toPeer);
        counters.add(Counter.BYTES_TO_CLIENTS, toClient);
    }

    /// A connection has ended by itself: on the peer's side or the client's.
    void onClosed(int id) {
        PeerConnection connection = byId.get(id);
        if (connection != null && connection.state != State.CONNECTING) {
            end(connection, PeerConnectionEnd.CLOSED);
        }
    }

    /// The connection's time is up.
    void onDue(PeerConnection connection, long nowNanos) {
        switch (connection.state) {
            case CONNECTING -> {
                sink.peers().close(connection.id);
                forget(connection);
                refuse(connection, nowNanos);
            }
            case OFFERED -> {
                // Claimed in the last moment, on another shard, whose word is still on its way.
                if (shared.connections().withdraw(connection.id)) {
                    counters.increment(Counter.PEER_CONNECTIONS_NOT_BOUND);
                    sink.peers().close(connection.id);
                    end(connection, PeerConnectionEnd.NOT_BOUND);
                }
            }
            case BOUND, CLOSED -> {}
        }
    }

    /// Closes those whose peer is no longer permitted; a Connect that is pending is refused.
    ///
    /// @return how many
    int closeDenied(Relay relay, Predicate<TransportAddress> isDenied, long nowNanos) {
        List<PeerConnection> denied =
                relay.connections.stream().filter(one -> isDenied.test(one.peer)).toList();
        denied.forEach(connection -> close(connection, true, nowNanos));
        return denied.size();
    }

    /// The relay closes: so do its connections (L-15, L-21).
    ///
    /// @param answers whether the control connection is still there to hear of pending Connects
    void closeAll(Relay relay, boolean answers, long nowNanos) {
        for (PeerConnection connection : List.copyOf(relay.connections)) {
            close(connection, answers, nowNanos);
        }
    }

    private void close(PeerConnection connection, boolean answers, long nowNanos) {
        sink.peers().close(connection.id);
        if (connection.state != State.CONNECTING) {
            end(connection, PeerConnectionEnd.ALLOCATION_ENDED);
            return;
        }
        forget(connection);
        if (answers) {
            refuse(connection, nowNanos);
        }
    }

    private PeerConnection add(Relay relay, TransportAddress peer, State state) {
        Allocation allocation = relay.allocation;
        int id =
                shared.connections()
                        .add(new ConnectionOwner(shard, allocation.client, allocation.owner));
        PeerConnection connection = new PeerConnection(id, relay, peer, state);
        byId.put(id, connection);
        relay.connections.add(connection);
        return connection;
    }

    private void offer(PeerConnection connection, long nowNanos) {
        Allocation allocation = connection.relay.allocation;
        connection.state = State.OFFERED;
        wheel.schedule(connection, nowNanos + BIND_NANOS, nowNanos);
        shared.connections().offer(connection.id, nowNanos + BIND_NANOS);
        counters.increment(Counter.PEER_CONNECTIONS_OPENED);
        events.onPeerConnected(allocation.summary(), connection.peer);
    }

    private void indicate(PeerConnection connection) {
        transactionIds.next();
        writer.begin(
                        scratch,
                        0,
                        CONNECTION_ATTEMPT,
                        TransactionId.MAGIC_COOKIE,
                        transactionIds.high(),
                        transactionIds.low())
                .put(new ConnectionId(connection.id))
                .put(new XorPeerAddress(connection.peer));
        sink.sendToClient(connection.relay.allocation.client, scratch, 0, writer.length());
    }

    private void refuse(PeerConnection connection, long nowNanos) {
        Request request = connection.connect;
        if (request != null) {
            responder.respond(
                    request.at(nowNanos),
                    Answer.Refusal.of(
                            ErrorReason.CONNECTION_TIMEOUT_OR_FAILURE,
                            RefusalCause.CONNECT_FAILED));
        }
    }

    private void end(PeerConnection connection, PeerConnectionEnd reason) {
        forget(connection);
        counters.increment(Counter.PEER_CONNECTIONS_CLOSED);
        Allocation allocation = connection.relay.allocation;
        events.onPeerConnectionEnded(
                allocation.summary(),
                connection.peer,
                reason,
                connection.bytesToPeer,
                connection.bytesToClient);
    }

    private void forget(PeerConnection connection) {
        connection.state = State.CLOSED;
        wheel.cancel(connection);
        shared.connections().remove(connection.id);
        byId.remove(connection.id);
        connection.relay.connections.remove(connection);
    }

    /// Where a peer is that is a relay of this server: behind a 1:1 NAT its external address leads
    /// nowhere from here.
    private TransportAddress inside(TransportAddress peer) {
        TransportAddress internal = shared.relayAddress(peer.family());
        return internal != null && shared.isTcpRelay(peer.high(), peer.low(), peer.port())
                ? internal.withPort(peer.port())
                : peer;
    }

    /// The reverse of [#inside].
    private TransportAddress outside(TransportAddress peer) {
        TransportAddress external = shared.externalRelayAddress(peer.family());
        return external != null && shared.isTcpRelay(peer.high(), peer.low(), peer.port())
                ? external.withPort(peer.port())
                : peer;
    }
}

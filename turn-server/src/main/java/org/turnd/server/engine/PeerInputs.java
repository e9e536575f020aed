package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// What a [TurnEngine] is told of TCP connections with peers (RFC 6062). Called as the engine's own
/// methods are.
public final class PeerInputs {
    /// No connection.
    public static final int NO_CONNECTION = PeerConnections.NONE;

    private final Allocations allocations;
    private final PeerConnections connections;

    PeerInputs(Allocations allocations, PeerConnections connections) {
        this.allocations = allocations;
        this.connections = connections;
    }

    /// A peer has connected to a relayed transport address.
    ///
    /// @return the connection's id, as of [PeerSink#connect], or [#NO_CONNECTION]: then the peer
    ///   must be turned away
    public int onAccepted(int relay, TransportAddress peer, long nowNanos) {
        return connections.onAccepted(allocations.relay(relay), peer, nowNanos);
    }

    /// The connection asked for with [PeerSink#connect] is open.
    public void onConnected(int connection, long nowNanos) {
        connections.onConnected(connection, nowNanos);
    }

    /// The connection asked for with [PeerSink#connect] can't be had.
    public void onConnectFailed(int connection, long nowNanos) {
        connections.onConnectFailed(connection, nowNanos);
    }

    /// A client's stream is bound to a connection of this shard.
    public void onBound(int connection) {
        connections.onBound(connection);
    }

    /// Returns what a connection's user may relay; null for everything.
    public @Nullable Bandwidth bandwidth(int connection) {
        return connections.bandwidth(connection);
    }

    /// A connection has relayed so many bytes more.
    public void onRelayed(int connection, long bytesToPeer, long bytesToClient) {
        connections.onRelayed(connection, bytesToPeer, bytesToClient);
    }

    /// A connection has ended, without [PeerSink#close].
    public void onClosed(int connection) {
        connections.onClosed(connection);
    }
}

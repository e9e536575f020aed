package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.TransportAddress;

/// Connect and ConnectionBind (RFC 6062 §5.2, §5.4).
final class ConnectProcessor {
    private static final Answer.Refusal BAD_REQUEST =
            Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_REQUEST);

    private final SharedState shared;
    private final ReachablePeers reachable;
    private final PeerConnections connections;
    private final EngineSink sink;

    ConnectProcessor(
            SharedState shared,
            ReachablePeers reachable,
            PeerConnections connections,
            EngineSink sink) {
        this.shared = shared;
        this.reachable = reachable;
        this.connections = connections;
        this.sink = sink;
    }

    /// Opens a connection to a peer. It needs no permission and makes none (L-20).
    Answer connect(Request request, Allocation allocation) {
        // L-19.
        if (!allocation.relaysTcp) {
            return Answer.Refusal.of(ErrorReason.FORBIDDEN, RefusalCause.WRONG_TRANSPORT);
        }
        XorPeerAddress attribute = request.message().first(XorPeerAddress.class);
        // L-04. Nothing listens at port 0.
        if (attribute == null || attribute.address().port() == 0) {
            return BAD_REQUEST;
        }
        TransportAddress peer = attribute.address();
        Relay relay = allocation.relay(peer.family());
        if (relay == null) {
            return Answer.Refusal.of(
                    ErrorReason.PEER_ADDRESS_FAMILY_MISMATCH, RefusalCause.FAMILY_MISMATCH);
        }
        // L-05.
        if (connections.exists(relay, peer)) {
            return Answer.Refusal.of(
                    ErrorReason.CONNECTION_ALREADY_EXISTS, RefusalCause.CONNECTION_EXISTS);
        }
        if (!reachable.permitsConnection(peer)) {
            return Answer.Refusal.of(ErrorReason.FORBIDDEN, RefusalCause.PEER_DENIED);
        }
        if (connections.isFull(relay)) {
            return Answer.Refusal.of(ErrorReason.INSUFFICIENT_CAPACITY, RefusalCause.CAPACITY);
        }
        connections.connect(request, relay, peer);
        return new Answer.Later();
    }

    /// Returns whose connection a ConnectionBind names, or null.
    @Nullable ConnectionOwner ownerOf(Request request) {
        ConnectionId id = request.message().first(ConnectionId.class);
        return id == null || request.client().transport().isDatagram()
                ? null
                : shared.connections().find(id.id());
    }

    /// Makes the client's connection the other half of a connection to a peer.
    Answer bind(Request request) {
        ConnectionId id = request.message().first(ConnectionId.class);
        // L-12. RFC 6062 §4.3: a control connection stays one.
        if (request.client().transport().isDatagram()
                || request.allocation() != null
                || id == null) {
            return BAD_REQUEST;
        }
        Principal user = request.user();
        int shard =
                shared.connections()
                        .claim(id.id(), user.realm().index(), user.username(), request.nowNanos());
        if (shard == ConnectionDirectory.UNKNOWN) {
            return Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.NO_CONNECTION);
        }
        // L-13.
        if (shard == ConnectionDirectory.WRONG_USER) {
            return Answer.Refusal.of(ErrorReason.WRONG_CREDENTIALS, RefusalCause.WRONG_USER);
        }
        sink.peers().bind(request.client(), shard, id.id());
        return Answer.Success.of();
    }
}

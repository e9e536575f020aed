package org.turnd.server.engine;

import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// What an engine tells about itself besides counting: few, control-plane things, for logs and the
/// audit trail. Called on the engine's thread; must not block.
public interface EngineEvents {
    /// An allocation was made.
    void onAllocated(
            ClientPath client, String username, TransportAddress relayed, int lifetimeSeconds);

    /// An allocation ended.
    void onAllocationEnded(
            ClientPath client,
            String username,
            EndReason reason,
            long bytesToPeers,
            long bytesToClient);

    /// A peer may send to the relayed address from now on, and get data from it; when that is
    /// prolonged, nothing is told.
    default void onPermitted(ClientPath client, String username, TransportAddress peer) {}

    /// A request was answered with an error.
    void onRefused(ClientPath client, StunMethod method, int errorCode, RefusalCause cause);

    /// The client of a mobile allocation came with its ticket from a new five-tuple (RFC 8016).
    default void onClientLetIn(ClientPath client, String username) {}

    /// A five-tuple isn't its allocation's any more, and the allocation goes on.
    default void onClientLeft(ClientPath client, String username) {}

    /// A connection between a TCP relayed transport address and a peer is open (RFC 6062).
    default void onPeerConnected(ClientPath client, String username, TransportAddress peer) {}

    /// A connection to a peer has ended.
    ///
    /// @param client the control connection
    default void onPeerConnectionEnded(
            ClientPath client,
            String username,
            TransportAddress peer,
            PeerConnectionEnd reason,
            long bytesToPeer,
            long bytesToClient) {}

    /// Why a connection to a peer ended.
    enum PeerConnectionEnd {
        /// The peer or the client has closed it.
        CLOSED,
        /// The client didn't come for it.
        NOT_BOUND,
        ALLOCATION_ENDED
    }

    /// Why an allocation ended.
    enum EndReason {
        EXPIRED,
        DELETED_BY_CLIENT,
        CONNECTION_CLOSED,
        /// An operator ended this one.
        ENDED_BY_OPERATOR,
        /// Its user, or the secret that its credential was made with, may not be served any more.
        REVOKED,
        SERVER_STOPPED
    }
}

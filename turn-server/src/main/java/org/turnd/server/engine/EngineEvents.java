package org.turnd.server.engine;

import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// What an engine tells about itself besides counting: few, control-plane things, for logs, the
/// audit trail and whoever accounts for traffic. Called on the engine's thread; must not block.
public interface EngineEvents {
    /// An allocation was made.
    default void onAllocated(AllocationSummary allocation, int lifetimeSeconds) {}

    /// A client has prolonged its allocation.
    ///
    /// @param lifetimeSeconds from now; 0 when the client gave up one of two relayed addresses
    default void onRefreshed(AllocationSummary allocation, int lifetimeSeconds) {}

    /// An allocation ended.
    default void onAllocationEnded(AllocationSummary allocation, EndReason reason) {}

    /// A peer may send to the relayed address from now on, and get data from it; when that is
    /// prolonged, nothing is told.
    default void onPermitted(AllocationSummary allocation, TransportAddress peer) {}

    /// A request was answered with an error.
    default void onRefused(
            ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {}

    /// The client of a mobile allocation came with its ticket from a new five-tuple (RFC 8016),
    /// which the summary names.
    default void onClientLetIn(AllocationSummary allocation) {}

    /// The five-tuple that the summary names isn't its allocation's any more, and the allocation
    /// goes on.
    default void onClientLeft(AllocationSummary allocation) {}

    /// A connection between a TCP relayed transport address and a peer is open (RFC 6062).
    default void onPeerConnected(AllocationSummary allocation, TransportAddress peer) {}

    /// A connection to a peer has ended.
    default void onPeerConnectionEnded(
            AllocationSummary allocation,
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

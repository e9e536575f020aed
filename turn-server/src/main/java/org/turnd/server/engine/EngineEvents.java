package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
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

    /// A request was answered, or given up without an answer because nobody could tell of its user.
    /// Not told of one that is answered as before (C-02).
    ///
    /// @param errorCode 0 in a success response, and where there was no answer
    /// @param cause why it was refused or given up; null after a success response
    /// @param realm the client's; empty where that doesn't matter
    /// @param arrivedNanos when it came
    /// @param waitedNanos how long it waited until it was known who its user is; 0 when it didn't
    default void onHandled(
            ClientPath client,
            StunMethod method,
            int errorCode,
            @Nullable RefusalCause cause,
            String realm,
            long arrivedNanos,
            long waitedNanos) {}

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

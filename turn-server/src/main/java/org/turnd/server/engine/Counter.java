package org.turnd.server.engine;

/// What an engine counts. One slot each in [EngineCounters].
public enum Counter {
    BINDING_REQUESTS,
    ALLOCATIONS_CREATED,
    ALLOCATIONS_ENDED,
    PERMISSIONS_INSTALLED,
    /// Permissions and peer connections that a reload of the peer rules has ended.
    PERMISSIONS_REVOKED,
    CHANNELS_BOUND,
    CLIENTS_MOVED,
    RETRANSMISSIONS_ANSWERED,
    /// Requests that waited until it was known who their user is.
    REQUESTS_WAITED,
    PACKETS_TO_PEERS,
    BYTES_TO_PEERS,
    PACKETS_TO_CLIENTS,
    BYTES_TO_CLIENTS,
    PACKETS_HANDED_OVER,
    ICMP_ERRORS_RELAYED,
    /// Of a type that isn't relayed, without permission, or too many.
    ICMP_ERRORS_DROPPED,
    PEER_CONNECTIONS_OPENED,
    PEER_CONNECTIONS_CLOSED,
    /// Peers that connected without a permission, or one too many.
    PEER_CONNECTIONS_REFUSED,
    /// Closed, because the client didn't come for them.
    PEER_CONNECTIONS_NOT_BOUND,
    DROPPED_MALFORMED,
    DROPPED_UNKNOWN_METHOD,
    DROPPED_UNEXPECTED_CLASS,
    DROPPED_NOT_STUN,
    DROPPED_NO_ALLOCATION,
    DROPPED_NO_CHANNEL,
    DROPPED_NO_PERMISSION,
    DROPPED_PEER_DENIED,
    DROPPED_BAD_INDICATION,
    DROPPED_TOO_LONG,
    DROPPED_DISCOVERY_RATE,
    /// More than the allocation may relay (I-17).
    DROPPED_ALLOCATION_BANDWIDTH,
    /// More than the user may relay (I-17).
    DROPPED_USER_BANDWIDTH,
    /// More than the realm may relay (I-17).
    DROPPED_REALM_BANDWIDTH,
    /// More than the server may relay (I-17).
    DROPPED_TOTAL_BANDWIDTH,
    /// Answers to strangers where more was sent than they are worth (S-07).
    DROPPED_REFLECTION,
    /// Requests of strangers whose source gets no more answers for now (S-07).
    DROPPED_STRANGER_RATE,
    /// Requests of a source that has failed to log in too often (S-14).
    DROPPED_LOGIN_RATE,
    /// Requests whose user nobody could tell of in time; the client sends them again.
    DROPPED_NO_ANSWER,
    /// Requests that could not wait for their user, because too many did.
    DROPPED_TOO_MANY_WAITING
}

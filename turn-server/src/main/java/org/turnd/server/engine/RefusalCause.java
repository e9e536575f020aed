package org.turnd.server.engine;

/// Why a request was refused, finer than its error code: one counter and one sampled log line each.
public enum RefusalCause {
    /// The first request of every client: no MESSAGE-INTEGRITY yet. Not a failure.
    NO_CREDENTIALS,
    INCOMPLETE_CREDENTIALS,
    /// Not what was offered with the NONCE: perhaps somebody in between bids down.
    PASSWORD_ALGORITHM,
    WRONG_REALM,
    UNKNOWN_USER,
    WRONG_PASSWORD,
    /// An operator has revoked the user.
    REVOKED,
    /// Nobody could say whether there is such a user.
    USERS_UNAVAILABLE,
    /// A token whose kid names no key that is good now.
    UNKNOWN_KEY_ID,
    /// A token that isn't authentic, or is meant for another server.
    BAD_TOKEN,
    EXPIRED_TOKEN,
    STALE_NONCE,
    UNKNOWN_ATTRIBUTE,
    BAD_REQUEST,
    NO_ALLOCATION,
    ALLOCATION_EXISTS,
    WRONG_USER,
    UNSUPPORTED_TRANSPORT,
    UNSUPPORTED_FAMILY,
    FAMILY_MISMATCH,
    PEER_DENIED,
    CLIENT_DENIED,
    DRAINING,
    REDIRECTED,
    USER_QUOTA,
    /// Too many allocations from one client address.
    CLIENT_QUOTA,
    /// Too many allocations of one realm.
    REALM_QUOTA,
    NO_PORT,
    CAPACITY,
    BAD_RESERVATION,
    MOBILITY_FORBIDDEN,
    BAD_TICKET,
    TRANSPORT_DENIED,
    WRONG_TRANSPORT,
    CONNECTION_EXISTS,
    CONNECT_FAILED,
    NO_CONNECTION
}

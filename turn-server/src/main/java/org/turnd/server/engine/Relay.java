package org.turnd.server.engine;

import java.util.Set;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// One relayed transport address of an allocation, with the permissions of its family. A dual
/// allocation has two, each with its own time-to-expiry (RFC 8656 §6).
final class Relay {
    /// Where the relay stands in its life.
    enum State {
        /// The socket was asked for.
        BINDING,
        /// The socket is there; the Allocate isn't answered yet.
        BOUND,
        /// Relaying.
        OPEN,
        CLOSED
    }

    final int id;
    final Allocation allocation;
    final AddressFamily family;
    final Permissions permissions;

    /// Those of a TCP relay, pending or open.
    Set<PeerConnection> connections = Set.of();

    /// The address that clients and peers see.
    TransportAddress relayed;

    State state = State.BINDING;
    int bindAttempts;
    long expiresNanos;

    Relay(int id, Allocation allocation, TransportAddress relayed, Permissions permissions) {
        this.id = id;
        this.allocation = allocation;
        this.family = relayed.family();
        this.relayed = relayed;
        this.permissions = permissions;
    }

    boolean isLive(long nowNanos) {
        return state == State.OPEN && expiresNanos - nowNanos > 0;
    }

    boolean hasExpired(long nowNanos) {
        return state == State.OPEN && expiresNanos - nowNanos <= 0;
    }

    int port() {
        return relayed.port();
    }
}

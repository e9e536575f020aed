package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// One connection between a TCP relayed transport address and a peer (RFC 6062 §3: a peer data
/// connection). As a timer it is due when the attempt to connect, or the wait for a ConnectionBind,
/// has taken too long.
final class PeerConnection extends TimerWheel.Timer {
    /// Where the connection stands in its life.
    enum State {
        CONNECTING,
        /// Open; the client hasn't come for it yet.
        OFFERED,
        BOUND,
        CLOSED
    }

    /// The CONNECTION-ID.
    final int id;

    final Relay relay;

    /// The peer, as the client names it.
    final TransportAddress peer;

    State state;

    /// The Connect that waits for its answer.
    @Nullable Request connect;

    long bytesToPeer;
    long bytesToClient;

    PeerConnection(int id, Relay relay, TransportAddress peer, State state) {
        this.id = id;
        this.relay = relay;
        this.peer = peer;
        this.state = state;
    }
}

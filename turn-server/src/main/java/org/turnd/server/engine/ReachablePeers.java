package org.turnd.server.engine;

import org.turnd.stun.TransportAddress;

/// Which peers clients may reach: those of the [PeerPolicy], and what this server relays itself
/// (S-05).
final class ReachablePeers {
    private final PeerPolicy policy;
    private final SharedState shared;

    ReachablePeers(PeerPolicy policy, SharedState shared) {
        this.policy = policy;
        this.shared = shared;
    }

    /// Says whether an IP address may get a permission.
    boolean permits(long high, long low) {
        return policy.permits(high, low) || shared.isRelayAddress(high, low);
    }

    /// Says whether a channel may lead there.
    boolean permitsChannel(long high, long low, int port) {
        return policy.permits(high, low, port)
                || shared.findRelay(high, low, port) != SharedState.NONE;
    }

    /// Says whether a connection with this peer may be.
    boolean permitsConnection(TransportAddress peer) {
        return policy.permits(peer.high(), peer.low(), peer.port())
                || shared.isTcpRelay(peer.high(), peer.low(), peer.port());
    }
}

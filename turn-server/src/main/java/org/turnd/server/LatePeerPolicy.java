package org.turnd.server;

import org.turnd.server.engine.PeerPolicy;

/// The rules for peers, of which one thing is known late: ports that listeners were given because
/// none was configured. Until then all other rules hold.
final class LatePeerPolicy implements PeerPolicy {
    private volatile PeerPolicy rules;

    /// @param early what is known before any socket is open
    LatePeerPolicy(PeerPolicy early) {
        rules = early;
    }

    void become(PeerPolicy known) {
        rules = known;
    }

    @Override
    public boolean permits(long high, long low) {
        return rules.permits(high, low);
    }

    @Override
    public boolean permits(long high, long low, int port) {
        return rules.permits(high, low, port);
    }
}

package org.turnd.server;

import org.turnd.server.engine.PeerPolicy;

/// The rules for peers that hold now. They change once at the start, when the ports are known that
/// listeners were given because none was configured, and with every reload.
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

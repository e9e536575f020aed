package org.turnd.server;

import org.turnd.server.engine.PeerPolicy;

/// Permits nobody until the real rules are known: those need the ports that listeners were given,
/// and listeners need engines.
final class LatePeerPolicy implements PeerPolicy {
    private static final PeerPolicy NOBODY =
            new PeerPolicy() {
                @Override
                public boolean permits(long high, long low) {
                    return false;
                }

                @Override
                public boolean permits(long high, long low, int port) {
                    return false;
                }
            };

    private volatile PeerPolicy rules = NOBODY;

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

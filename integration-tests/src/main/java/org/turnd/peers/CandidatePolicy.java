package org.turnd.peers;

import java.util.Locale;

/// Which ICE candidates peers may use (`RTCIceTransportPolicy`).
enum CandidatePolicy {
    /// Relayed ones only.
    RELAY,
    /// All of them.
    ALL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

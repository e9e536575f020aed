package org.turnd.cli.check;

import java.util.Locale;

/// What carries STUN between client and server.
public enum Carrier {
    UDP,
    TCP,
    TLS,
    DTLS;

    /// Tells whether the carrier repeats what gets lost, so that the client need not (RFC 8489
    /// §6.2.2).
    public boolean isReliable() {
        return this == TCP || this == TLS;
    }

    /// Returns the name for people: `UDP`, `TCP`, `TLS` or `DTLS`.
    @Override
    public String toString() {
        return name().toUpperCase(Locale.ROOT);
    }
}

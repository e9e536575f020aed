package org.turnd.peers.server;

import java.util.Locale;

/// What a client speaks to the TURN server over.
public enum TurnTransport {
    /// Datagrams.
    UDP,
    /// A plain stream.
    TCP,
    /// TLS over TCP.
    TLS;

    /// Returns the name as written on a command line.
    ///
    /// @return `udp`, `tcp` or `tls`
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

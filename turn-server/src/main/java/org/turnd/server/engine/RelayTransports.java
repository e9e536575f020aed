package org.turnd.server.engine;

/// Which transports relayed transport addresses may have.
///
/// @param udp relays of UDP (RFC 8656); without them an Allocate for one is forbidden (L-03)
/// @param tcp relays of TCP (RFC 6062); without them an Allocate for one is unsupported (F-03)
/// @param connectionsMax connections to peers at most, pending or open, of one TCP relay
public record RelayTransports(boolean udp, boolean tcp, int connectionsMax) {
    /// UDP alone.
    public static final RelayTransports UDP_ONLY = new RelayTransports(true, false, 0);
}

package org.turnd.server.net;

import java.util.List;

/// The names of ALPN for STUN (RFC 7443 §2), the same over TLS and DTLS.
final class ApplicationProtocols {
    private static final String NAT_DISCOVERY = "stun.nat-discovery";

    /// P-04 (RFC 7443 §2): only unknown names offered is fatal, none offered is fine. What is
    /// chosen when a client offers both comes first.
    static final List<String> NAMES = List.of("stun.turn", NAT_DISCOVERY);

    private ApplicationProtocols() {}

    /// Says whether the connection is for Binding alone (P-05).
    static boolean isNatDiscovery(String chosen) {
        return chosen.equals(NAT_DISCOVERY);
    }
}

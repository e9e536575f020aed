package org.turnd.server.engine;

import org.turnd.stun.TransportAddress;

/// Clients that no configuration lets in.
final class ClientPolicy {
    private static final long ISATAP = 0x5EFEL;
    private static final long ISATAP_GLOBAL_BIT = 0x0200_0000L;

    private ClientPolicy() {}

    // F-29 (RFC 8656 §21.4): through Teredo (2001::/32), 6to4 (2002::/16) and ISATAP (RFC 5214
    // §6.1) a relay could be made to loop.
    static boolean isTunnel(TransportAddress client) {
        boolean isatap = !client.isIpv4() && (client.low() >>> 32 & ~ISATAP_GLOBAL_BIT) == ISATAP;
        return client.high() >>> 32 == 0x2001_0000L || client.high() >>> 48 == 0x2002L || isatap;
    }
}

package org.turnd.server.engine;

import org.turnd.stun.TransportAddress;

/// Clients that no configuration lets in.
final class ClientPolicy {
    private ClientPolicy() {}

    // F-29 (RFC 8656 §21.4): through Teredo (2001::/32) and 6to4 (2002::/16) a relay could be made
    // to loop.
    static boolean isTunnel(TransportAddress client) {
        return client.high() >>> 32 == 0x2001_0000L || client.high() >>> 48 == 0x2002L;
    }
}

package org.turnd.cli.check;

import java.net.InetAddress;
import org.turnd.stun.TransportAddress;

/// From where an address can be reached.
enum AddressScope {
    UNSPECIFIED("no address at all"),
    LOOPBACK("only this machine"),
    PRIVATE("a private network"),
    PUBLIC("the internet");

    private final String reach;

    AddressScope(String reach) {
        this.reach = reach;
    }

    /// Returns who can reach such an address, in words.
    String reach() {
        return reach;
    }

    static AddressScope of(TransportAddress address) {
        var inet = address.toInetAddress();
        if (inet.isAnyLocalAddress()) {
            return UNSPECIFIED;
        }
        if (inet.isLoopbackAddress()) {
            return LOOPBACK;
        }
        return inet.isLinkLocalAddress()
                        || inet.isSiteLocalAddress()
                        || isShared(inet)
                        || isUniqueLocal(inet)
                ? PRIVATE
                : PUBLIC;
    }

    // 100.64.0.0/10 (RFC 6598)
    private static boolean isShared(InetAddress inet) {
        var bytes = inet.getAddress();
        return bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
    }

    // fc00::/7 (RFC 4193)
    private static boolean isUniqueLocal(InetAddress inet) {
        var bytes = inet.getAddress();
        return bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
    }
}

package org.turnd.cli.check;

import java.net.InetAddress;
import org.turnd.stun.TransportAddress;

/// From where an address can be reached.
public enum AddressScope {
    /// `0.0.0.0` or `::`.
    UNSPECIFIED("no address at all"),
    /// `127.0.0.0/8` or `::1`.
    LOOPBACK("only this machine"),
    /// Private, shared, link-local or unique local.
    PRIVATE("a private network"),
    /// Any other.
    PUBLIC("the internet");

    private final String reach;

    AddressScope(String reach) {
        this.reach = reach;
    }

    /// Returns who can reach such an address, in words.
    public String reach() {
        return reach;
    }

    /// Judges an address by its range alone.
    public static AddressScope of(TransportAddress address) {
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

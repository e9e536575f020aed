package org.turnd.stun;

import org.jspecify.annotations.Nullable;

/// The address families of RFC 8489 §14.1.
public enum AddressFamily {
    IPV4(1),
    IPV6(2);

    private final int code;

    AddressFamily(int code) {
        this.code = code;
    }

    /// Returns the number that stands on the wire.
    public int code() {
        return code;
    }

    /// Returns the family with this number, or null where there is none.
    public static @Nullable AddressFamily of(int code) {
        return switch (code) {
            case 1 -> IPV4;
            case 2 -> IPV6;
            default -> null;
        };
    }
}

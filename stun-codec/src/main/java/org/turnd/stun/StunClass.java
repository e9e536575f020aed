package org.turnd.stun;

/// The four message classes of RFC 8489 §5.
public enum StunClass {
    REQUEST,
    INDICATION,
    SUCCESS_RESPONSE,
    ERROR_RESPONSE;

    /// Returns the class bits C1 and C0 as a number from 0 to 3.
    public int bits() {
        return switch (this) {
            case REQUEST -> 0b00;
            case INDICATION -> 0b01;
            case SUCCESS_RESPONSE -> 0b10;
            case ERROR_RESPONSE -> 0b11;
        };
    }

    /// Returns the class with these two bits; higher bits are ignored.
    public static StunClass of(int bits) {
        return switch (bits & 0b11) {
            case 0b00 -> REQUEST;
            case 0b01 -> INDICATION;
            case 0b10 -> SUCCESS_RESPONSE;
            default -> ERROR_RESPONSE;
        };
    }

    /// Tells whether this is one of the two response classes.
    public boolean isResponse() {
        return this == SUCCESS_RESPONSE || this == ERROR_RESPONSE;
    }
}

package org.turnd.stun;

/// What the first byte of a datagram says it is (RFC 7983 §7, RFC 9443 §3, RFC 8656 §12).
public enum FirstByte {
    STUN,
    CHANNEL_DATA,
    DTLS,
    OTHER;

    /// Returns the protocol of a first byte; only its low 8 bits are looked at.
    public static FirstByte of(int firstByte) {
        int value = firstByte & 0xFF;
        if (value <= 3) {
            return STUN;
        }
        if (value >= 64 && value <= 79) {
            return CHANNEL_DATA;
        }
        return value >= 20 && value <= 63 ? DTLS : OTHER;
    }
}

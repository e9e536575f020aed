package org.turnd.stun;

/// Why bytes are not a STUN message. All of these are dropped without an answer (RFC 8489 §6.3).
public enum MalformedStun implements Decoded {
    /// fewer than the 20 bytes of a header.
    TOO_SHORT("shorter than a STUN header"),
    /// one of the two top bits of the message type is set.
    NOT_STUN("the two top bits are not zero"),
    /// the length field is not a multiple of four.
    LENGTH_NOT_MULTIPLE_OF_FOUR("length field is not a multiple of four"),
    /// the length field does not match the number of bytes there are.
    LENGTH_MISMATCH("length field does not match the datagram"),
    /// no magic cookie where the caller demanded one.
    BAD_COOKIE("no magic cookie"),
    /// an attribute runs past the end of the message.
    ATTRIBUTE_OVERRUN("an attribute runs past the end"),
    /// the method is not registered.
    UNKNOWN_METHOD("unknown method"),
    /// a FINGERPRINT that is wrong, or not the last attribute.
    FINGERPRINT_MISMATCH("wrong FINGERPRINT");

    private final String text;

    MalformedStun(String text) {
        this.text = text;
    }

    /// Returns a short text for logs.
    public String text() {
        return text;
    }
}

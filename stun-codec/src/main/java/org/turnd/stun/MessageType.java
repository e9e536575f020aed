package org.turnd.stun;

/// The 14-bit message type, in which method and class bits are interleaved (RFC 8489 §5, figure 3).
public final class MessageType {
    private MessageType() {}

    /// Returns the message type of a method and a class.
    public static int of(StunMethod method, StunClass messageClass) {
        return of(method.code(), messageClass);
    }

    /// Returns the message type of a 12-bit method number and a class; higher bits are ignored.
    public static int of(int method, StunClass messageClass) {
        int classBits = messageClass.bits();
        return (method & 0x000F)
                | (method & 0x0070) << 1
                | (method & 0x0F80) << 2
                | (classBits & 0b01) << 4
                | (classBits & 0b10) << 7;
    }

    /// Returns the 12-bit method number of a message type.
    public static int methodOf(int type) {
        return (type & 0x000F) | (type & 0x00E0) >> 1 | (type & 0x3E00) >> 2;
    }

    /// Returns the class of a message type.
    public static StunClass classOf(int type) {
        return StunClass.of((type >> 4 & 0b01) | (type >> 7 & 0b10));
    }
}

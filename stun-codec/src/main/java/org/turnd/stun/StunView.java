package org.turnd.stun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// A flyweight over a STUN message in a borrowed buffer (RFC 8489 §5). It is reused from message to
/// message, allocates nothing, and throws on no bytes whatever.
///
/// Not thread-safe. The other methods describe the message that [#wrap(ByteBuf, int, int)] last
/// accepted, for as long as the buffer is not changed or released.
public final class StunView {
    /// Bytes before the first attribute.
    public static final int HEADER_LENGTH = 20;

    /// Bytes of type and length before each attribute's value.
    public static final int ATTRIBUTE_HEADER_LENGTH = 4;

    private static final int MAX_MESSAGE_TYPE = 0x3FFF;
    private static final int ABSENT = -1;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int offset;
    private int length;
    private int messageType;
    private int cookie;
    private int transactionIdHigh;
    private long transactionIdLow;
    private int honouredEnd;
    private int integrity = ABSENT;
    private int integritySha256 = ABSENT;
    private int fingerprint = ABSENT;

    /// Looks at `length` bytes at an absolute index of a borrowed buffer. Returns null where the
    /// framing is well-formed: header, matching length, every attribute inside. The fingerprint is
    /// not part of that, ask [#fingerprintMatches()]; nor is the magic cookie, ask [#isClassic()].
    public @Nullable MalformedStun wrap(ByteBuf buffer, int offset, int length) {
        clear();
        if (offset < 0 || length < HEADER_LENGTH || offset > buffer.capacity() - length) {
            return MalformedStun.TOO_SHORT;
        }
        int type = buffer.getUnsignedShort(offset);
        if (type > MAX_MESSAGE_TYPE) {
            return MalformedStun.NOT_STUN;
        }
        int bodyLength = buffer.getUnsignedShort(offset + 2);
        if ((bodyLength & 3) != 0) {
            return MalformedStun.LENGTH_NOT_MULTIPLE_OF_FOUR;
        }
        if (HEADER_LENGTH + bodyLength != length) {
            return MalformedStun.LENGTH_MISMATCH;
        }
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        if (!scanAttributes()) {
            clear();
            return MalformedStun.ATTRIBUTE_OVERRUN;
        }
        messageType = type;
        cookie = buffer.getInt(offset + 4);
        transactionIdHigh = buffer.getInt(offset + 8);
        transactionIdLow = buffer.getLong(offset + 12);
        return null;
    }

    /// Like [#wrap(ByteBuf, int, int)], but refuses RFC 3489 messages, which lack the magic cookie,
    /// with [MalformedStun#BAD_COOKIE].
    public @Nullable MalformedStun wrapRequiringCookie(ByteBuf buffer, int offset, int length) {
        MalformedStun malformed = wrap(buffer, offset, length);
        if (malformed == null && isClassic()) {
            clear();
            return MalformedStun.BAD_COOKIE;
        }
        return malformed;
    }

    /// Forgets the message and the buffer, so that a released buffer is not kept in reach.
    public void clear() {
        buffer = Unpooled.EMPTY_BUFFER;
        offset = 0;
        length = 0;
        messageType = 0;
        cookie = 0;
        transactionIdHigh = 0;
        transactionIdLow = 0;
        honouredEnd = 0;
        integrity = ABSENT;
        integritySha256 = ABSENT;
        fingerprint = ABSENT;
    }

    private boolean scanAttributes() {
        int end = offset + length;
        honouredEnd = end;
        int header = offset + HEADER_LENGTH;
        while (header < end) {
            int value = header + ATTRIBUTE_HEADER_LENGTH;
            int paddedLength = padded(valueLength(value));
            if (paddedLength > end - value) {
                return false;
            }
            noteTrailer(buffer.getUnsignedShort(header), value);
            header = value + paddedLength;
        }
        return true;
    }

    // A-19 (RFC 8489 §9): behind MESSAGE-INTEGRITY only the SHA-256 one and FINGERPRINT count,
    // behind the SHA-256 one FINGERPRINT alone.
    private void noteTrailer(int type, int value) {
        switch (type) {
            case AttributeType.MESSAGE_INTEGRITY -> {
                if (integrity == ABSENT && integritySha256 == ABSENT && fingerprint == ABSENT) {
                    integrity = value;
                }
            }
            case AttributeType.MESSAGE_INTEGRITY_SHA256 -> {
                if (integritySha256 == ABSENT && fingerprint == ABSENT) {
                    integritySha256 = value;
                }
            }
            case AttributeType.FINGERPRINT -> {
                if (fingerprint == ABSENT) {
                    fingerprint = value;
                }
            }
            default -> {
                return;
            }
        }
        honouredEnd = Math.min(honouredEnd, value - ATTRIBUTE_HEADER_LENGTH);
    }

    static int padded(int length) {
        return length + 3 & ~3;
    }

    /// Returns the buffer that holds the message.
    public ByteBuf buffer() {
        return buffer;
    }

    /// Returns the absolute index of the message's first byte.
    public int offset() {
        return offset;
    }

    /// Returns the length of the message in bytes, header included.
    public int length() {
        return length;
    }

    /// Returns the 14-bit message type.
    public int messageType() {
        return messageType;
    }

    /// Returns the 12-bit method number, registered or not.
    public int method() {
        return MessageType.methodOf(messageType);
    }

    /// Returns the class of the message.
    public StunClass messageClass() {
        return MessageType.classOf(messageType);
    }

    /// Returns the 32 bits where the magic cookie belongs.
    public int cookie() {
        return cookie;
    }

    /// Returns the first 32 bits of the 96-bit transaction id.
    public int transactionIdHigh() {
        return transactionIdHigh;
    }

    /// Returns the last 64 bits of the 96-bit transaction id.
    public long transactionIdLow() {
        return transactionIdLow;
    }

    /// Tells whether the message lacks the magic cookie, as those of RFC 3489 do.
    public boolean isClassic() {
        return cookie != TransactionId.MAGIC_COOKIE;
    }

    /// Returns the transaction id as a new value.
    public TransactionId transactionId() {
        return new TransactionId(cookie, transactionIdHigh, transactionIdLow);
    }

    /// Returns the absolute index of the value of the first attribute of this type, or -1.
    /// Only attributes before the integrity attributes count; those and FINGERPRINT are
    /// found as well.
    public int find(int attributeType) {
        return switch (attributeType) {
            case AttributeType.MESSAGE_INTEGRITY -> integrity;
            case AttributeType.MESSAGE_INTEGRITY_SHA256 -> integritySha256;
            case AttributeType.FINGERPRINT -> fingerprint;
            default -> findHonoured(attributeType);
        };
    }

    private int findHonoured(int attributeType) {
        int value = firstValue();
        while (value != ABSENT && typeOf(value) != attributeType) {
            value = nextValue(value);
        }
        return value;
    }

    /// Returns the absolute index of the value of the first honoured attribute, or -1.
    public int firstValue() {
        int value = offset + HEADER_LENGTH + ATTRIBUTE_HEADER_LENGTH;
        return value <= honouredEnd ? value : ABSENT;
    }

    /// Returns the absolute index of the value of the honoured attribute behind this one, or -1.
    public int nextValue(int valueIndex) {
        int value = valueIndex + padded(valueLength(valueIndex)) + ATTRIBUTE_HEADER_LENGTH;
        return value <= honouredEnd ? value : ABSENT;
    }

    /// Returns the type of the attribute with its value at this index.
    public int typeOf(int valueIndex) {
        return buffer.getUnsignedShort(valueIndex - ATTRIBUTE_HEADER_LENGTH);
    }

    /// Returns the length of the value at this index in bytes, without padding.
    public int valueLength(int valueIndex) {
        return buffer.getUnsignedShort(valueIndex - 2);
    }

    /// Tells whether an honoured attribute must be answered with 420, or an indication be dropped
    /// because of it.
    public boolean hasUnknownComprehensionRequired() {
        boolean classic = isClassic();
        for (int value = firstValue(); value != ABSENT; value = nextValue(value)) {
            if (AttributeType.mustBeRefused(typeOf(value), classic)) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether there is a MESSAGE-INTEGRITY attribute, of whatever length.
    public boolean hasMessageIntegrity() {
        return integrity != ABSENT;
    }

    /// Tells whether there is a MESSAGE-INTEGRITY-SHA256 attribute, of whatever length.
    public boolean hasMessageIntegritySha256() {
        return integritySha256 != ABSENT;
    }

    /// Tells whether there is a FINGERPRINT attribute, right or wrong.
    public boolean hasFingerprint() {
        return fingerprint != ABSENT;
    }

    /// Tells whether there is a FINGERPRINT, it is the last attribute and its value is right
    ///
    public boolean fingerprintMatches() {
        return fingerprint != ABSENT
                && valueLength(fingerprint) == 4
                && fingerprint + 4 == offset + length
                && buffer.getInt(fingerprint)
                        == Fingerprint.of(
                                buffer, offset, fingerprint - ATTRIBUTE_HEADER_LENGTH - offset);
    }

    /// Tells whether the value at this index is a transport address that may be read: family IPv4
    /// in 8 bytes or IPv6 in 20, and no IPv4-mapped address in disguise of IPv6, which would
    /// not survive the canonical form of [TransportAddress].
    public boolean isAddress(int valueIndex) {
        int valueLength = valueLength(valueIndex);
        if (valueLength == 8) {
            return family(valueIndex) == 1;
        }
        if (valueLength != 20 || family(valueIndex) != 2) {
            return false;
        }
        return isXored(typeOf(valueIndex))
                ? !TransportAddress.isIpv4(xorAddressHigh(valueIndex), xorAddressLow(valueIndex))
                : !TransportAddress.isIpv4(addressHigh(valueIndex), addressLow(valueIndex));
    }

    private static boolean isXored(int type) {
        return switch (type) {
            case AttributeType.XOR_PEER_ADDRESS,
                    AttributeType.XOR_RELAYED_ADDRESS,
                    AttributeType.XOR_MAPPED_ADDRESS ->
                    true;
            default -> false;
        };
    }

    // the first byte of the value is ignored.
    private int family(int valueIndex) {
        return buffer.getUnsignedByte(valueIndex + 1);
    }

    /// Returns the port of a plain address value; [#isAddress(int)] must hold, here and below.
    public int addressPort(int valueIndex) {
        return buffer.getUnsignedShort(valueIndex + 2);
    }

    /// Returns the high half of a plain address value in the form of [TransportAddress].
    public long addressHigh(int valueIndex) {
        return family(valueIndex) == 1 ? 0 : buffer.getLong(valueIndex + 4);
    }

    /// Returns the low half of a plain address value in the form of [TransportAddress].
    public long addressLow(int valueIndex) {
        return family(valueIndex) == 1
                ? TransportAddress.ipv4Low(buffer.getInt(valueIndex + 4))
                : buffer.getLong(valueIndex + 12);
    }

    /// Returns the port of an XOR address value.
    public int xorPort(int valueIndex) {
        return buffer.getUnsignedShort(valueIndex + 2) ^ cookie >>> 16;
    }

    /// Returns the high half of an XOR address value in the form of [TransportAddress].
    public long xorAddressHigh(int valueIndex) {
        return family(valueIndex) == 1
                ? 0
                : buffer.getLong(valueIndex + 4)
                        ^ ((long) cookie << 32 | Integer.toUnsignedLong(transactionIdHigh));
    }

    /// Returns the low half of an XOR address value in the form of [TransportAddress].
    public long xorAddressLow(int valueIndex) {
        return family(valueIndex) == 1
                ? TransportAddress.ipv4Low(buffer.getInt(valueIndex + 4) ^ cookie)
                : buffer.getLong(valueIndex + 12) ^ transactionIdLow;
    }
}

package org.turnd.stun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// Writes messages at an absolute index of a borrowed buffer. A buffer that is too small grows up
/// to its `maxCapacity()`; beyond that [IndexOutOfBoundsException] is thrown before anything is
/// written. Reader and writer index of the buffer are left alone. The header's length field is
/// right after every call, and padding bytes are zero.
///
/// Reusable: [#begin] starts over. Not thread-safe. Allocates nothing by itself.
public final class StunWriter {
    /// Bytes before the application data of a Data indication from an IPv4 peer, when
    /// XOR-PEER-ADDRESS and DATA are its only attributes in this order.
    public static final int DATA_INDICATION_OVERHEAD_IPV4 = 36;

    /// Like [#DATA_INDICATION_OVERHEAD_IPV4] for an IPv6 peer.
    public static final int DATA_INDICATION_OVERHEAD_IPV6 = 48;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int offset;
    private int end;
    private int cookie;
    private int transactionIdHigh;
    private long transactionIdLow;

    /// Starts a message at `offset` of a borrowed buffer.
    public StunWriter begin(
            ByteBuf buffer,
            int offset,
            StunMethod method,
            StunClass messageClass,
            TransactionId transactionId) {
        return begin(
                buffer,
                offset,
                MessageType.of(method, messageClass),
                transactionId.cookie(),
                transactionId.high(),
                transactionId.low());
    }

    /// Starts a message of a 14-bit message type; the rest are the parts of a [TransactionId].
    public StunWriter begin(
            ByteBuf buffer, int offset, int messageType, int cookie, int high, long low) {
        this.buffer = buffer;
        this.offset = offset;
        this.end = offset + StunView.HEADER_LENGTH;
        this.cookie = cookie;
        this.transactionIdHigh = high;
        this.transactionIdLow = low;
        ensureCapacity(end);
        buffer.setShort(offset, messageType);
        buffer.setShort(offset + 2, 0);
        buffer.setInt(offset + 4, cookie);
        buffer.setInt(offset + 8, high);
        buffer.setLong(offset + 12, low);
        return this;
    }

    /// Appends an attribute. MACs and fingerprints are written as the values they are.
    public StunWriter put(StunAttribute attribute) {
        AttributeWriter.write(this, attribute);
        return this;
    }

    /// Appends XOR-PEER-ADDRESS from the parts of a [TransportAddress].
    public StunWriter xorPeerAddress(long high, long low, int port) {
        return xorAddress(AttributeType.XOR_PEER_ADDRESS, high, low, port);
    }

    /// Appends XOR-MAPPED-ADDRESS from the parts of a [TransportAddress].
    public StunWriter xorMappedAddress(long high, long low, int port) {
        return xorAddress(AttributeType.XOR_MAPPED_ADDRESS, high, low, port);
    }

    /// Appends a DATA attribute around `length` bytes that already lie behind where its header
    /// goes, and zeroes the padding behind them.
    public StunWriter dataHeader(int length) {
        attribute(AttributeType.DATA, length);
        return this;
    }

    /// Appends MESSAGE-INTEGRITY, computed over all that was written so far.
    public StunWriter integrity(MessageIntegrity mac, IntegrityKey key) {
        int value = attribute(AttributeType.MESSAGE_INTEGRITY, MessageIntegrity.SHA1_LENGTH);
        mac.signSha1(buffer, offset, value, key);
        return this;
    }

    /// Appends MESSAGE-INTEGRITY-SHA256 in full length, computed over all that was written so far.
    public StunWriter integritySha256(MessageIntegrity mac, IntegrityKey key) {
        int value =
                attribute(AttributeType.MESSAGE_INTEGRITY_SHA256, MessageIntegrity.SHA256_LENGTH);
        mac.signSha256(buffer, offset, value, key);
        return this;
    }

    /// Appends FINGERPRINT, which has to be the last attribute.
    public StunWriter fingerprint() {
        int value = attribute(AttributeType.FINGERPRINT, 4);
        int lengthBefore = value - StunView.ATTRIBUTE_HEADER_LENGTH - offset;
        buffer.setInt(value, Fingerprint.of(buffer, offset, lengthBefore));
        return this;
    }

    /// Returns the length of the message so far in bytes, header included.
    public int length() {
        return end - offset;
    }

    /// Returns the absolute index behind the message so far.
    public int end() {
        return end;
    }

    /// Writes an attribute's header and padding, counts it in the message's length, and returns the
    /// absolute index where its value belongs.
    int attribute(int type, int length) {
        int value = end + StunView.ATTRIBUTE_HEADER_LENGTH;
        int newEnd = value + StunView.padded(length);
        Range.check("message length", newEnd - offset - StunView.HEADER_LENGTH, 0, 0xFFFC);
        ensureCapacity(newEnd);
        buffer.setShort(end, type);
        buffer.setShort(end + 2, length);
        for (int i = value + length; i < newEnd; i++) {
            buffer.setByte(i, 0);
        }
        end = newEnd;
        buffer.setShort(offset + 2, newEnd - offset - StunView.HEADER_LENGTH);
        return value;
    }

    private void ensureCapacity(int needed) {
        if (needed <= buffer.capacity()) {
            return;
        }
        if (needed > buffer.maxCapacity()) {
            throw new IndexOutOfBoundsException(
                    "message needs " + needed + " bytes, buffer has " + buffer.maxCapacity());
        }
        buffer.capacity(needed);
    }

    StunWriter xorAddress(int type, long high, long low, int port) {
        int xorPort = port ^ cookie >>> 16;
        if (TransportAddress.isIpv4(high, low)) {
            ipv4(type, (int) low ^ cookie, xorPort);
        } else {
            long mask = (long) cookie << 32 | Integer.toUnsignedLong(transactionIdHigh);
            ipv6(type, high ^ mask, low ^ transactionIdLow, xorPort);
        }
        return this;
    }

    StunWriter address(int type, long high, long low, int port) {
        if (TransportAddress.isIpv4(high, low)) {
            ipv4(type, (int) low, port);
        } else {
            ipv6(type, high, low, port);
        }
        return this;
    }

    private void ipv4(int type, int address, int port) {
        int value = attribute(type, 8);
        buffer.setShort(value, AddressFamily.IPV4.code());
        buffer.setShort(value + 2, port);
        buffer.setInt(value + 4, address);
    }

    private void ipv6(int type, long high, long low, int port) {
        int value = attribute(type, 20);
        buffer.setShort(value, AddressFamily.IPV6.code());
        buffer.setShort(value + 2, port);
        buffer.setLong(value + 4, high);
        buffer.setLong(value + 12, low);
    }

    ByteBuf buffer() {
        return buffer;
    }
}

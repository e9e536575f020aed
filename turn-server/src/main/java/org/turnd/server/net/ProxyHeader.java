package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32C;
import org.turnd.stun.TransportAddress;

/// Reads the binary header of the PROXY protocol, version 2, in place. Reusable, and allocates
/// nothing, because over UDP every datagram begins with one.
final class ProxyHeader {
    /// What [#read] returns when the header isn't all there yet.
    static final int NEED_MORE = 0;

    /// What [#read] returns when this is no header, or none to believe.
    static final int INVALID = -1;

    /// The longest header that is taken: a client's certificate may be in it.
    static final int BYTES_MAX = 16 << 10;

    private static final int FIXED_BYTES = 16;
    private static final int SIGNATURE_BYTES = 12;
    private static final long SIGNATURE_HIGH = 0x0D0A0D0A000D0A51L;
    private static final int SIGNATURE_LOW = 0x5549540A;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int FAMILY_UNSPECIFIED = 0;
    private static final int FAMILY_IPV4 = 1;
    private static final int FAMILY_IPV6 = 2;
    private static final int FAMILY_UNIX = 3;
    private static final int PROTOCOL_UNSPECIFIED = 0;
    private static final int PROTOCOL_STREAM = 1;
    private static final int PROTOCOL_DATAGRAM = 2;
    private static final int IPV4_BYTES = 12;
    private static final int IPV6_BYTES = 36;
    private static final int UNIX_BYTES = 216;

    private static final int TLV_HEADER_BYTES = 3;
    private static final int TYPE_CRC32C = 3;
    private static final int NO_CHECKSUM = -1;
    private static final int BROKEN = -2;

    private final CRC32C crc = new CRC32C();
    private boolean hasSource;
    private long high;
    private long low;
    private int port;

    /// Reads the header of a connection or a datagram. Borrows the buffer.
    ///
    /// @param overTcp a stream, which may have more to come, or a whole datagram
    /// @return the length of the header, [#NEED_MORE] or [#INVALID]; of a datagram never the former
    int read(ByteBuf buffer, int offset, int length, boolean overTcp) {
        hasSource = false;
        if (!beginsWithSignature(buffer, offset, Math.min(length, SIGNATURE_BYTES))) {
            return INVALID;
        }
        if (length < FIXED_BYTES) {
            return overTcp ? NEED_MORE : INVALID;
        }
        int whole = FIXED_BYTES + buffer.getUnsignedShort(offset + FIXED_BYTES - 2);
        int command = buffer.getUnsignedByte(offset + SIGNATURE_BYTES);
        if (whole > BYTES_MAX || (command != LOCAL && command != PROXY)) {
            return INVALID;
        }
        if (whole > length) {
            return overTcp ? NEED_MORE : INVALID;
        }
        boolean valid =
                command == LOCAL
                        ? isWhole(buffer, offset, whole, 0)
                        : isGoodProxy(buffer, offset, whole, overTcp);
        return valid ? whole : INVALID;
    }

    /// Says whether the header named the client. Otherwise the client is who sent it: a health
    /// check of the proxy (LOCAL), or a client of a kind without an IP address.
    boolean hasSource() {
        return hasSource;
    }

    /// The client's address, in the form of [TransportAddress].
    long high() {
        return high;
    }

    /// As [#high()].
    long low() {
        return low;
    }

    int port() {
        return port;
    }

    private static boolean beginsWithSignature(ByteBuf buffer, int offset, int length) {
        for (int i = 0; i < length; i++) {
            int expected =
                    i < Long.BYTES
                            ? (int) (SIGNATURE_HIGH >>> (56 - 8 * i))
                            : SIGNATURE_LOW >>> (24 - 8 * (i - Long.BYTES));
            if (buffer.getByte(offset + i) != (byte) expected) {
                return false;
            }
        }
        return true;
    }

    private boolean isGoodProxy(ByteBuf buffer, int offset, int whole, boolean overTcp) {
        int familyAndProtocol = buffer.getUnsignedByte(offset + SIGNATURE_BYTES + 1);
        int family = familyAndProtocol >>> 4;
        int protocol = familyAndProtocol & 0x0F;
        int wanted = overTcp ? PROTOCOL_STREAM : PROTOCOL_DATAGRAM;
        if (protocol != PROTOCOL_UNSPECIFIED && protocol != wanted) {
            return false;
        }
        int addressBytes =
                switch (family) {
                    case FAMILY_UNSPECIFIED -> 0;
                    case FAMILY_IPV4 -> IPV4_BYTES;
                    case FAMILY_IPV6 -> IPV6_BYTES;
                    case FAMILY_UNIX -> UNIX_BYTES;
                    default -> whole;
                };
        if (!isWhole(buffer, offset, whole, addressBytes)) {
            return false;
        }
        if (protocol == wanted) {
            takeSource(buffer, offset + FIXED_BYTES, family);
        }
        return true;
    }

    private void takeSource(ByteBuf buffer, int addresses, int family) {
        if (family == FAMILY_IPV4) {
            hasSource = true;
            high = 0;
            low = TransportAddress.ipv4Low(buffer.getInt(addresses));
            port = buffer.getUnsignedShort(addresses + 8);
        } else if (family == FAMILY_IPV6) {
            hasSource = true;
            high = buffer.getLong(addresses);
            low = buffer.getLong(addresses + 8);
            port = buffer.getUnsignedShort(addresses + 32);
        }
    }

    /// Says whether the address block and what follows it fit the header, and its checksum is right
    /// if there is one. Where addresses may lie that have no meaning, what follows needn't make
    /// sense.
    private boolean isWhole(ByteBuf buffer, int offset, int whole, int addressBytes) {
        if (FIXED_BYTES + addressBytes > whole) {
            return false;
        }
        int checksum = findChecksum(buffer, offset + FIXED_BYTES + addressBytes, offset + whole);
        if (checksum == BROKEN) {
            return addressBytes == 0;
        }
        return checksum == NO_CHECKSUM || matches(buffer, offset, whole, checksum);
    }

    /// Returns the index of the CRC32C, or why there is none. Unknown kinds of value are skipped.
    private static int findChecksum(ByteBuf buffer, int from, int end) {
        int found = NO_CHECKSUM;
        int tlv = from;
        while (tlv < end) {
            if (end - tlv < TLV_HEADER_BYTES) {
                return BROKEN;
            }
            int value = tlv + TLV_HEADER_BYTES;
            int length = buffer.getUnsignedShort(tlv + 1);
            if (length > end - value) {
                return BROKEN;
            }
            if (buffer.getByte(tlv) == TYPE_CRC32C) {
                if (length != Integer.BYTES || found != NO_CHECKSUM) {
                    return BROKEN;
                }
                found = value;
            }
            tlv = value + length;
        }
        return found;
    }

    private boolean matches(ByteBuf buffer, int offset, int whole, int checksum) {
        int behind = checksum + Integer.BYTES;
        crc.reset();
        crc.update(buffer.internalNioBuffer(offset, checksum - offset));
        for (int i = 0; i < Integer.BYTES; i++) {
            crc.update(0);
        }
        crc.update(buffer.internalNioBuffer(behind, offset + whole - behind));
        return (int) crc.getValue() == buffer.getInt(checksum);
    }
}

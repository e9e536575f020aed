package org.turnd.stun;

import io.netty.buffer.ByteBuf;

/// The FINGERPRINT value (RFC 8489 §14.7): CRC-32 over all that precedes the attribute, XOR
/// `0x5354554e`. The header's length field must already count the attribute.
///
/// `java.util.zip.CRC32` would need an object and, for direct buffers, a copy; this allocates
/// nothing.
public final class Fingerprint {
    private static final int POLYNOMIAL = 0xEDB88320;
    private static final int XOR = 0x5354554E;
    private static final int[] TABLE = table();

    private Fingerprint() {}

    /// Returns the value for a message that starts at `offset` of a borrowed buffer and has
    /// `lengthBefore` bytes before the attribute's own header.
    public static int of(ByteBuf buffer, int offset, int lengthBefore) {
        return crc32(buffer, offset, lengthBefore) ^ XOR;
    }

    static int crc32(ByteBuf buffer, int offset, int length) {
        int crc = -1;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            crc = crc >>> 8 ^ TABLE[(crc ^ buffer.getByte(i)) & 0xFF];
        }
        return ~crc;
    }

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
            }
            table[i] = crc;
        }
        return table;
    }
}

package org.turnd.stun;

import io.netty.buffer.ByteBuf;

/// Finds the frames on a TCP or TLS stream, where STUN messages and ChannelData follow each other
/// without any other delimiter (RFC 8489 §6.2.2, RFC 8656 §12.5). Buffers are borrowed.
public final class StreamFraming {
    /// More bytes must arrive before the frame is complete.
    public static final int NEED_MORE = 0;

    /// The stream is not STUN; it cannot be resynchronised and must be closed (C-09).
    public static final int NOT_A_FRAME = -1;

    /// The longest frame there can be: a STUN message with the longest body.
    public static final int MAX_FRAME_LENGTH = StunView.HEADER_LENGTH + 0xFFFC;

    private static final int COOKIE_END = 8;

    private StreamFraming() {}

    /// Returns the number of bytes the complete frame at `index` takes on the stream, ChannelData
    /// padding included, or [#NEED_MORE] while not all of them are readable, or [#NOT_A_FRAME]. A
    /// frame that starts with 0x50 to 0x7F is ChannelData of a reserved number: its length is
    /// returned, and the caller skips it (J-15).
    public static int frameLength(ByteBuf buffer, int index, int readable) {
        if (readable < 1) {
            return NEED_MORE;
        }
        int first = buffer.getUnsignedByte(index);
        if (first <= 3) {
            return stunLength(buffer, index, readable);
        }
        return first >= 0x40 && first <= 0x7F
                ? channelDataLength(buffer, index, readable)
                : NOT_A_FRAME;
    }

    private static int stunLength(ByteBuf buffer, int index, int readable) {
        if (readable < 4) {
            return NEED_MORE;
        }
        int bodyLength = buffer.getUnsignedShort(index + 2);
        if ((bodyLength & 3) != 0) {
            return NOT_A_FRAME;
        }
        if (readable < COOKIE_END) {
            return NEED_MORE;
        }
        // B-06: RFC 3489 knew UDP only, so a stream without the cookie is not STUN.
        if (buffer.getInt(index + 4) != TransactionId.MAGIC_COOKIE) {
            return NOT_A_FRAME;
        }
        int length = StunView.HEADER_LENGTH + bodyLength;
        return length <= readable ? length : NEED_MORE;
    }

    private static int channelDataLength(ByteBuf buffer, int index, int readable) {
        if (readable < ChannelData.HEADER_LENGTH) {
            return NEED_MORE;
        }
        int length = ChannelData.paddedLength(ChannelData.dataLength(buffer, index));
        return length <= readable ? length : NEED_MORE;
    }
}

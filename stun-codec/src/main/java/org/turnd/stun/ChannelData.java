package org.turnd.stun;

import io.netty.buffer.ByteBuf;

/// The ChannelData header (RFC 8656 §12.4): channel number and length, 16 bits each, then the
/// application data. Nothing here allocates, and buffers are borrowed.
public final class ChannelData {
    /// Bytes before the application data.
    public static final int HEADER_LENGTH = 4;

    /// The lowest channel number a client may bind (RFC 8656 §12).
    public static final int MIN_NUMBER = 0x4000;

    /// The highest channel number a client may bind.
    public static final int MAX_NUMBER = 0x4FFF;

    private ChannelData() {}

    /// Tells whether a client may bind this channel number (J-02).
    public static boolean isNumber(int number) {
        return number >= MIN_NUMBER && number <= MAX_NUMBER;
    }

    /// Returns the channel number of the frame at `offset`.
    public static int number(ByteBuf buffer, int offset) {
        return buffer.getUnsignedShort(offset);
    }

    /// Returns the length of the application data of the frame at `offset`, without padding.
    public static int dataLength(ByteBuf buffer, int offset) {
        return buffer.getUnsignedShort(offset + 2);
    }

    /// Tells whether a datagram holds a whole ChannelData frame. Bytes behind it are padding or
    /// junk and do not matter (J-12).
    public static boolean fits(ByteBuf buffer, int offset, int datagramLength) {
        return datagramLength >= HEADER_LENGTH
                && isNumber(number(buffer, offset))
                && dataLength(buffer, offset) <= datagramLength - HEADER_LENGTH;
    }

    /// Writes the four header bytes at `offset`.
    public static void writeHeader(ByteBuf buffer, int offset, int number, int length) {
        buffer.setShort(offset, number);
        buffer.setShort(offset + 2, length);
    }

    /// Returns the length a frame takes on a stream: header, data and padding to a multiple of four
    /// (J-14).
    public static int paddedLength(int dataLength) {
        return HEADER_LENGTH + (dataLength + 3 & ~3);
    }
}

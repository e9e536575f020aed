package org.turnd.server.simulation;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// Application data that tells where it was sent and whether it was changed on the way.
///
/// Layout: CRC-32 over the rest (4 bytes), sender (4), sequence (4), destination (8, 8, 4), filler.
///
/// @param destination the transport address the sender named
record Payload(int sender, int sequence, TransportAddress destination) {
    static final int HEADER_LENGTH = 32;

    private static final int CRC_LENGTH = 4;

    /// Writes a payload of `length` bytes, which may be too few to carry anything.
    static byte[] write(
            int sender,
            int sequence,
            TransportAddress destination,
            int length,
            RandomGenerator random) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(length, HEADER_LENGTH));
        bytes.putInt(0).putInt(sender).putInt(sequence);
        bytes.putLong(destination.high()).putLong(destination.low()).putInt(destination.port());
        byte filler = (byte) random.nextInt();
        while (bytes.hasRemaining()) {
            bytes.put(filler);
        }
        byte[] whole = bytes.array();
        if (length < HEADER_LENGTH) {
            return java.util.Arrays.copyOf(whole, length);
        }
        bytes.putInt(0, crcOf(whole));
        return whole;
    }

    /// Says whether these bytes are long enough to be a payload.
    static boolean isTellable(byte[] bytes) {
        return bytes.length >= HEADER_LENGTH;
    }

    /// Reads a payload; null when it isn't one or was changed.
    static @Nullable Payload read(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (!isTellable(bytes) || buffer.getInt() != crcOf(bytes)) {
            return null;
        }
        int sender = buffer.getInt();
        int sequence = buffer.getInt();
        long high = buffer.getLong();
        long low = buffer.getLong();
        int port = buffer.getInt();
        return new Payload(sender, sequence, new TransportAddress(high, low, port));
    }

    private static int crcOf(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, CRC_LENGTH, bytes.length - CRC_LENGTH);
        return (int) crc.getValue();
    }
}

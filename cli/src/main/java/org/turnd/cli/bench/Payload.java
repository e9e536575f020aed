package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;

/// What a packet of the bench carries, in network order: magic (4), stream (4), round (4), length
/// (4), sequence number (8), time of sending in nanoseconds (8), check over these (4), then a
/// filler that depends on the stream. Buffers are borrowed, and nothing is allocated.
final class Payload {
    static final int LENGTH_MIN = 36;

    private static final int MAGIC = 0x7475_726E;
    private static final int STREAM = 4;
    private static final int ROUND = 8;
    private static final int LENGTH = 12;
    private static final int SEQUENCE = 16;
    private static final int SENT = 24;
    private static final int CHECK = 32;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private Payload() {}

    /// Writes the part that is the same in every packet of a stream.
    static void prepare(ByteBuf buffer, int offset, int stream, int length) {
        buffer.setInt(offset, MAGIC);
        buffer.setInt(offset + STREAM, stream);
        buffer.setInt(offset + LENGTH, length);
        int at = LENGTH_MIN;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            buffer.setLong(offset + at, filler(stream, at));
        }
        for (; at < length; at++) {
            buffer.setByte(offset + at, (int) filler(stream, at));
        }
    }

    /// Writes the rest.
    static void stamp(ByteBuf buffer, int offset, int round, long sequence, long sentNanos) {
        buffer.setInt(offset + ROUND, round);
        buffer.setLong(offset + SEQUENCE, sequence);
        buffer.setLong(offset + SENT, sentNanos);
        int stream = buffer.getInt(offset + STREAM);
        int length = buffer.getInt(offset + LENGTH);
        buffer.setInt(offset + CHECK, check(stream, round, length, sequence, sentNanos));
    }

    /// Tells whether every byte is as it was sent.
    static boolean isWhole(ByteBuf buffer, int offset, int length) {
        if (length < LENGTH_MIN
                || buffer.getInt(offset) != MAGIC
                || buffer.getInt(offset + LENGTH) != length) {
            return false;
        }
        int stream = stream(buffer, offset);
        int expected =
                check(
                        stream,
                        round(buffer, offset),
                        length,
                        sequence(buffer, offset),
                        sentNanos(buffer, offset));
        if (buffer.getInt(offset + CHECK) != expected) {
            return false;
        }
        int at = LENGTH_MIN;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            if (buffer.getLong(offset + at) != filler(stream, at)) {
                return false;
            }
        }
        for (; at < length; at++) {
            if (buffer.getByte(offset + at) != (byte) filler(stream, at)) {
                return false;
            }
        }
        return true;
    }

    static int stream(ByteBuf buffer, int offset) {
        return buffer.getInt(offset + STREAM);
    }

    static int round(ByteBuf buffer, int offset) {
        return buffer.getInt(offset + ROUND);
    }

    static long sequence(ByteBuf buffer, int offset) {
        return buffer.getLong(offset + SEQUENCE);
    }

    static long sentNanos(ByteBuf buffer, int offset) {
        return buffer.getLong(offset + SENT);
    }

    private static long filler(int stream, int at) {
        long mixed = (stream + 1L) * GOLDEN + at * 0xBF58_476D_1CE4_E5B9L;
        return mixed ^ mixed >>> 29;
    }

    private static int check(int stream, int round, int length, long sequence, long sentNanos) {
        long mixed = (sequence + stream) * GOLDEN ^ sentNanos;
        mixed = (mixed ^ mixed >>> 31) * GOLDEN + ((long) round << 32 | length);
        return (int) (mixed ^ mixed >>> 32);
    }
}

package org.turnd.server.engine;

import java.util.Arrays;
import java.util.List;

/// A fuzzer's bytes as a series of choices. When they are used up, every choice is the first.
final class Draws {
    private final byte[] bytes;
    private int at;

    Draws(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean remain() {
        return at < bytes.length;
    }

    /// Returns a number from 0 to below `bound`, of one byte, or of two where it has more than 256
    /// values.
    int below(int bound) {
        int drawn = bound > 256 ? next() << 8 | next() : next();
        return drawn % bound;
    }

    /// Takes the next bytes as they are, as many as there are.
    byte[] bytes(int length) {
        int end = Math.min(bytes.length, at + length);
        byte[] taken = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return taken;
    }

    <T> T of(List<T> choices, T otherwise) {
        return choices.isEmpty() ? otherwise : choices.get(below(choices.size()));
    }

    private int next() {
        return at < bytes.length ? Byte.toUnsignedInt(bytes[at++]) : 0;
    }
}

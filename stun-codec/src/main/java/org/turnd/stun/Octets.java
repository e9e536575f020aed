package org.turnd.stun;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// An immutable run of bytes with value semantics, for attribute values that are not text.
public final class Octets {
    /// No bytes at all.
    public static final Octets EMPTY = new Octets(new byte[0]);

    private final byte[] bytes;

    private Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Returns a copy of these bytes.
    public static Octets of(byte... bytes) {
        return new Octets(bytes.clone());
    }

    /// Returns a copy of `length` bytes of a borrowed buffer.
    public static Octets of(ByteBuf buffer, int index, int length) {
        if (length == 0) {
            return EMPTY;
        }
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        return new Octets(bytes);
    }

    /// Returns the UTF-8 bytes of a text.
    public static Octets utf8(String text) {
        return new Octets(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Returns the bytes that these hex digits stand for; throws [IllegalArgumentException] where
    /// they are not pairs of hex digits.
    public static Octets hex(String digits) {
        return new Octets(HexFormat.of().parseHex(digits));
    }

    /// Takes over an array that nobody else will touch.
    static Octets owning(byte[] bytes) {
        return new Octets(bytes);
    }

    /// Returns the number of bytes.
    public int length() {
        return bytes.length;
    }

    /// Returns the byte at an index from 0 to `length() - 1`.
    public byte at(int index) {
        return bytes[index];
    }

    /// Returns a copy that the caller may change.
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /// Copies all bytes into a borrowed buffer at an absolute index.
    public void copyTo(ByteBuf buffer, int index) {
        buffer.setBytes(index, bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// Returns the bytes as lower-case hex digits.
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}

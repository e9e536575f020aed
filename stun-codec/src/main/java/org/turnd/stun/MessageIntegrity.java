package org.turnd.stun;

import io.netty.buffer.ByteBuf;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;

/// Computes and checks MESSAGE-INTEGRITY (HMAC-SHA1) and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5,
/// §14.6). Holds reusable MAC objects and a scratch buffer.
///
/// Not thread-safe: one instance a thread. Buffers are borrowed and never changed by a check.
public final class MessageIntegrity {
    /// Length of the MESSAGE-INTEGRITY value in bytes.
    public static final int SHA1_LENGTH = 20;

    /// Length of the full MESSAGE-INTEGRITY-SHA256 value in bytes.
    public static final int SHA256_LENGTH = 32;

    /// Length in bytes below which a truncated MESSAGE-INTEGRITY-SHA256 is malformed.
    public static final int SHA256_MIN_LENGTH = 16;

    private final Mac sha1 = Digests.hmac("HmacSHA1");
    private final Mac sha256 = Digests.hmac("HmacSHA256");
    private final byte[] scratch = new byte[512];
    private final byte[] computed = new byte[SHA256_LENGTH];
    private final byte[] received = new byte[SHA256_LENGTH];
    private @Nullable SecretKey sha1Key;
    private @Nullable SecretKey sha256Key;

    /// Tells whether the message has a MESSAGE-INTEGRITY attribute and it is right for the key.
    public boolean verify(StunView message, IntegrityKey key) {
        int value = message.find(AttributeType.MESSAGE_INTEGRITY);
        if (value < 0 || message.valueLength(value) != SHA1_LENGTH) {
            return false;
        }
        computeSha1(message.buffer(), message.offset(), value, key);
        return matches(message.buffer(), value, SHA1_LENGTH);
    }

    /// Tells whether the message has a MESSAGE-INTEGRITY-SHA256 attribute of full length and it is
    /// right for the key. TURN allows no truncation (D-21).
    public boolean verifySha256(StunView message, IntegrityKey key) {
        return verifySha256(message, key, SHA256_LENGTH);
    }

    /// Like [#verifySha256(StunView, IntegrityKey)] for a usage of STUN that allows truncation to
    /// `minimumLength` bytes, which is 16 to 32.
    public boolean verifySha256(StunView message, IntegrityKey key, int minimumLength) {
        int value = message.find(AttributeType.MESSAGE_INTEGRITY_SHA256);
        if (value < 0) {
            return false;
        }
        int length = message.valueLength(value);
        if (!isSha256Length(length) || length < minimumLength) {
            return false;
        }
        computeSha256(message.buffer(), message.offset(), value, length, key);
        return matches(message.buffer(), value, length);
    }

    /// Tells whether a MESSAGE-INTEGRITY-SHA256 value may have this length at all (D-21).
    public static boolean isSha256Length(int length) {
        return length >= SHA256_MIN_LENGTH && length <= SHA256_LENGTH && (length & 3) == 0;
    }

    /// Writes the MAC of the message at `offset` to `value`, where the attribute's value belongs.
    void signSha1(ByteBuf buffer, int offset, int value, IntegrityKey key) {
        computeSha1(buffer, offset, value, key);
        buffer.setBytes(value, computed, 0, SHA1_LENGTH);
    }

    /// Like [#signSha1(ByteBuf, int, int, IntegrityKey)] with HMAC-SHA256.
    void signSha256(ByteBuf buffer, int offset, int value, IntegrityKey key) {
        computeSha256(buffer, offset, value, SHA256_LENGTH, key);
        buffer.setBytes(value, computed, 0, SHA256_LENGTH);
    }

    private void computeSha1(ByteBuf buffer, int offset, int value, IntegrityKey key) {
        sha1Key = use(sha1, key.sha1Key(), sha1Key);
        compute(sha1, buffer, offset, value, SHA1_LENGTH);
    }

    private void computeSha256(
            ByteBuf buffer, int offset, int value, int length, IntegrityKey key) {
        sha256Key = use(sha256, key.sha256Key(), sha256Key);
        compute(sha256, buffer, offset, value, length);
    }

    // One client sends many requests in a row, and setting up a key costs as much as a short MAC.
    @SuppressWarnings("ReferenceEquality") // the very same object, or set the key up again
    private static SecretKey use(Mac mac, SecretKey key, @Nullable SecretKey current) {
        if (key != current) {
            try {
                mac.init(key);
            } catch (InvalidKeyException e) {
                throw new IllegalStateException("a raw secret is always an HMAC key", e);
            }
        }
        return key;
    }

    // D-22 (RFC 8489 §14.5): the input ends before the attribute's own header, while the length
    // field in it counts the message up to the attribute's end.
    private void compute(Mac mac, ByteBuf buffer, int offset, int value, int valueLength) {
        int end = value - StunView.ATTRIBUTE_HEADER_LENGTH;
        int bodyLength = value + valueLength - offset - StunView.HEADER_LENGTH;
        int index = offset;
        while (index < end) {
            int chunk = Math.min(scratch.length, end - index);
            buffer.getBytes(index, scratch, 0, chunk);
            if (index == offset) {
                scratch[2] = (byte) (bodyLength >> 8);
                scratch[3] = (byte) bodyLength;
            }
            mac.update(scratch, 0, chunk);
            index += chunk;
        }
        try {
            mac.doFinal(computed, 0);
        } catch (ShortBufferException e) {
            throw new IllegalStateException("no MAC used here is longer than 32 bytes", e);
        }
    }

    // D-36: both arrays are compared whole, so that time says nothing about where they differ.
    private boolean matches(ByteBuf buffer, int value, int length) {
        buffer.getBytes(value, received, 0, length);
        for (int i = length; i < SHA256_LENGTH; i++) {
            received[i] = 0;
            computed[i] = 0;
        }
        return MessageDigest.isEqual(received, computed);
    }
}

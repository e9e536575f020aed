package org.turnd.stun;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The long-term key that authorization server and STUN server share (RFC 7635 §4.1): seals tokens
/// for clients, and opens those that clients bring in ACCESS-TOKEN. Immutable and shareable; its
/// bytes never appear in `toString`.
///
/// A token is `nonce_length (2 bytes) | nonce (12) | ciphertext | tag (16)`; the plaintext is
/// `key_length (2) | mac_key | timestamp (8) | lifetime (4)` (§6.2). The server's name goes into
/// the tag, so that a token is good for one server only.
public final class TokenKey {
    /// Length of the nonce in bytes: that of AES-GCM in RFC 5116.
    public static final int NONCE_LENGTH = 12;

    private static final int NONCE_START = Short.BYTES;
    private static final int CIPHERTEXT_START = NONCE_START + NONCE_LENGTH;
    private static final int TAG_LENGTH = 16;
    private static final int FIXED_PLAINTEXT_LENGTH = Short.BYTES + Long.BYTES + Integer.BYTES;
    private static final int TOKEN_MIN_LENGTH =
            CIPHERTEXT_START
                    + FIXED_PLAINTEXT_LENGTH
                    + SelfContainedToken.MAC_KEY_MIN_LENGTH
                    + TAG_LENGTH;
    private static final int TOKEN_MAX_LENGTH =
            CIPHERTEXT_START
                    + FIXED_PLAINTEXT_LENGTH
                    + SelfContainedToken.MAC_KEY_MAX_LENGTH
                    + TAG_LENGTH;

    private final TokenAlgorithm algorithm;
    private final SecretKeySpec key;

    private TokenKey(TokenAlgorithm algorithm, SecretKeySpec key) {
        this.algorithm = algorithm;
        this.key = key;
    }

    /// Returns the key for an algorithm out of the first bytes of a long-term key, which are
    /// copied. Throws [IllegalArgumentException] where there are too few.
    public static TokenKey of(TokenAlgorithm algorithm, byte[] longTermKey) {
        if (longTermKey.length < algorithm.keyLength()) {
            throw new IllegalArgumentException(
                    "%s needs %d bytes, found %d"
                            .formatted(algorithm, algorithm.keyLength(), longTermKey.length));
        }
        return new TokenKey(
                algorithm, new SecretKeySpec(longTermKey, 0, algorithm.keyLength(), "AES"));
    }

    /// Returns how tokens are encrypted.
    public TokenAlgorithm algorithm() {
        return algorithm;
    }

    /// Says whether this is the same key of the same algorithm.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenKey that
                && algorithm == that.algorithm
                && MessageDigest.isEqual(key.getEncoded(), that.key.getEncoded());
    }

    @Override
    public int hashCode() {
        return algorithm.hashCode() + 31 * key.hashCode();
    }

    /// Encrypts a token for one server.
    ///
    /// @param serverName what that server says in THIRD-PARTY-AUTHORIZATION
    /// @param nonce 12 bytes that this key has never been used with
    /// @return the raw token, as it goes into ACCESS-TOKEN
    public Octets seal(SelfContainedToken token, String serverName, Octets nonce) {
        if (nonce.length() != NONCE_LENGTH) {
            throw new IllegalArgumentException("a nonce of " + nonce.length() + " bytes");
        }
        byte[] macKey = token.macKey().toByteArray();
        byte[] plaintext =
                ByteBuffer.allocate(FIXED_PLAINTEXT_LENGTH + macKey.length)
                        .putShort((short) macKey.length)
                        .put(macKey)
                        .putLong(token.timestamp())
                        .putInt((int) token.lifetimeSeconds())
                        .array();
        byte[] iv = nonce.toByteArray();
        try {
            byte[] ciphertext =
                    cipher(Cipher.ENCRYPT_MODE, iv, 0, serverName)
                            .doFinal(plaintext, 0, plaintext.length);
            return Octets.owning(
                    ByteBuffer.allocate(CIPHERTEXT_START + ciphertext.length)
                            .putShort((short) NONCE_LENGTH)
                            .put(iv)
                            .put(ciphertext)
                            .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has AES-GCM", e);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /// Decrypts a token, raw or in base64: the authorization server hands it to the client as
    /// base64 (§6.2), and not every client decodes what it must not look into. Returns null where
    /// it isn't authentic, is meant for another server, or is no token at all (O-03).
    ///
    /// @param serverName this server's name
    public @Nullable SelfContainedToken open(Octets token, String serverName) {
        byte[] raw = raw(token);
        if (raw == null
                || raw.length < TOKEN_MIN_LENGTH
                || raw.length > TOKEN_MAX_LENGTH
                || ByteBuffer.wrap(raw).getShort() != NONCE_LENGTH) {
            return null;
        }
        try {
            byte[] plaintext =
                    cipher(Cipher.DECRYPT_MODE, raw, NONCE_START, serverName)
                            .doFinal(raw, CIPHERTEXT_START, raw.length - CIPHERTEXT_START);
            return content(ByteBuffer.wrap(plaintext));
        } catch (AEADBadTagException forged) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has AES-GCM", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, int offset, String serverName)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                key,
                new GCMParameterSpec(TAG_LENGTH * Byte.SIZE, nonce, offset, NONCE_LENGTH));
        cipher.updateAAD(serverName.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    /// A raw token begins with a zero byte, which base64 never does.
    private static byte @Nullable [] raw(Octets token) {
        if (token.length() == 0 || token.at(0) == 0) {
            return token.toByteArray();
        }
        try {
            return Base64.getDecoder().decode(token.toByteArray());
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static @Nullable SelfContainedToken content(ByteBuffer plaintext) {
        int keyLength = Short.toUnsignedInt(plaintext.getShort());
        if (keyLength < SelfContainedToken.MAC_KEY_MIN_LENGTH
                || keyLength != plaintext.capacity() - FIXED_PLAINTEXT_LENGTH) {
            return null;
        }
        byte[] macKey = new byte[keyLength];
        plaintext.get(macKey);
        return new SelfContainedToken(
                IntegrityKey.ofBytes(macKey),
                plaintext.getLong(),
                Integer.toUnsignedLong(plaintext.getInt()));
    }

    /// Returns the algorithm and nothing of the key.
    @Override
    public String toString() {
        return "TokenKey[" + algorithm + "]";
    }
}

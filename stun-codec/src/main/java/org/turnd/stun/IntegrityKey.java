package org.turnd.stun;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The key of MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §9.1.1, §9.2.2). Immutable
/// and shareable; its bytes never appear in `toString`, and comparison takes constant time.
///
/// Realm and password are put into their OpaqueString form first. A text that OpaqueString refuses
/// is used as it stands: refusing it is the business of whoever provisions it, see [OpaqueString].
public final class IntegrityKey {
    private final byte[] bytes;
    private final SecretKeySpec sha1Key;
    private final SecretKeySpec sha256Key;

    private IntegrityKey(byte[] bytes) {
        this.bytes = bytes;
        // A JDK key spec must not be empty. HMAC pads keys with zeros, so one zero is the same key.
        byte[] specBytes = bytes.length == 0 ? new byte[1] : bytes;
        this.sha1Key = new SecretKeySpec(specBytes, "HmacSHA1");
        this.sha256Key = new SecretKeySpec(specBytes, "HmacSHA256");
    }

    /// Returns the key of the short-term mechanism: the password.
    public static IntegrityKey shortTerm(String password) {
        return new IntegrityKey(utf8(OpaqueString.prepareOrKeep(password)));
    }

    /// Returns the long-term key with algorithm MD5, which is also that of RFC 5389: 16 bytes.
    public static IntegrityKey md5(String username, String realm, String password) {
        return new IntegrityKey(Digests.md5(longTerm(username, realm, password)));
    }

    /// Returns the long-term key with algorithm SHA-256: 32 bytes.
    public static IntegrityKey sha256(String username, String realm, String password) {
        return new IntegrityKey(Digests.sha256(longTerm(username, realm, password)));
    }

    /// Returns a key of these bytes, which are copied: a stored key, or the mac_key of RFC 7635.
    public static IntegrityKey ofBytes(byte[] bytes) {
        return new IntegrityKey(bytes.clone());
    }

    // D-27 (RFC 8489 §9.2.2)
    private static byte[] longTerm(String username, String realm, String password) {
        return utf8(
                strip(username)
                        + ":"
                        + OpaqueString.prepareOrKeep(strip(realm))
                        + ":"
                        + OpaqueString.prepareOrKeep(password));
    }

    private static String strip(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '\0') {
            end--;
        }
        boolean quoted = end >= 2 && text.charAt(0) == '"' && text.charAt(end - 1) == '"';
        return quoted ? text.substring(1, end - 1) : text.substring(0, end);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Returns a copy of the key bytes, for storing them instead of a password (D-30).
    public byte[] toByteArray() {
        return bytes.clone();
    }

    SecretKeySpec sha1Key() {
        return sha1Key;
    }

    SecretKeySpec sha256Key() {
        return sha256Key;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IntegrityKey key && MessageDigest.isEqual(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// Returns the length of the key and nothing of its content.
    @Override
    public String toString() {
        return "IntegrityKey[" + bytes.length + " bytes]";
    }
}

package org.turnd.stun;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.Base64;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Time-limited credentials out of a secret that web application and server share
/// (draft-uberti-behave-turn-rest-00): the user name begins with the time at which it expires, and
/// the password is a MAC of the user name.
public final class RestCredentials {
    private static final int MAX_DIGITS = 18;

    private RestCredentials() {}

    /// Returns a credential for a user until a time in seconds since 1970. The user name is the
    /// time alone where `userId` is empty (E-02).
    public static RestCredential issue(
            String secret, String userId, long expiryEpochSeconds, char separator) {
        String username =
                userId.isEmpty()
                        ? Long.toString(expiryEpochSeconds)
                        : expiryEpochSeconds + String.valueOf(separator) + userId;
        return new RestCredential(username, password(secret, username));
    }

    /// Returns the password: base64 of HMAC-SHA1 over the whole user name (E-01). Throws
    /// [IllegalArgumentException] for an empty secret.
    public static String password(String secret, String username) {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        Mac mac = Digests.hmac("HmacSHA1");
        try {
            mac.init(new SecretKeySpec(key, "HmacSHA1"));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("a raw secret is always an HMAC key", e);
        }
        byte[] code = mac.doFinal(username.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(code);
    }

    /// Returns whom a user name is for: what stands behind its expiry. A name without an expiry, or
    /// with nothing behind it, is returned as it is.
    public static String userId(String username, char separator) {
        if (expiryEpochSeconds(username, separator).isEmpty()) {
            return username;
        }
        String id = username.substring(username.indexOf(separator) + 1);
        return id.isEmpty() ? username : id;
    }

    /// Returns the time at which a user name expires, in seconds since 1970, or nothing where it
    /// does not begin with a decimal number that ends at the separator or at the end (E-02). The
    /// part behind the first separator may contain separators itself.
    public static OptionalLong expiryEpochSeconds(String username, char separator) {
        int separatorIndex = username.indexOf(separator);
        int end = separatorIndex < 0 ? username.length() : separatorIndex;
        if (end == 0 || end > MAX_DIGITS) {
            return OptionalLong.empty();
        }
        long seconds = 0;
        for (int i = 0; i < end; i++) {
            char digit = username.charAt(i);
            if (digit < '0' || digit > '9') {
                return OptionalLong.empty();
            }
            seconds = seconds * 10 + digit - '0';
        }
        return OptionalLong.of(seconds);
    }
}

package org.turnd.stun;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;

/// How a long-term key is made of user name, realm and password: the IANA "STUN Password
/// Algorithms" registry (RFC 8489 §18.5). None of them has parameters.
public enum KeyAlgorithm {
    /// What RFC 5389 clients know, and what a request without PASSWORD-ALGORITHM means.
    MD5(PasswordAlgorithm.MD5, 16),
    SHA_256(PasswordAlgorithm.SHA256, 32);

    private final int number;
    private final int keyBytes;

    KeyAlgorithm(int number, int keyBytes) {
        this.number = number;
        this.keyBytes = keyBytes;
    }

    /// Returns the algorithm that a PASSWORD-ALGORITHM names, or null where this library doesn't
    /// know it or it has parameters that it can't have.
    public static @Nullable KeyAlgorithm of(PasswordAlgorithm attribute) {
        for (KeyAlgorithm algorithm : values()) {
            if (algorithm.attribute().equals(attribute)) {
                return algorithm;
            }
        }
        return null;
    }

    /// Returns the PASSWORD-ALGORITHM attribute, which is an entry of PASSWORD-ALGORITHMS, too.
    public PasswordAlgorithm attribute() {
        return new PasswordAlgorithm(number);
    }

    /// Returns the length of its keys in bytes.
    public int keyBytes() {
        return keyBytes;
    }

    /// Derives a key (RFC 8489 §9.2.2), see [IntegrityKey] for how texts are prepared.
    public IntegrityKey key(String username, String realm, String password) {
        return switch (this) {
            case MD5 -> IntegrityKey.md5(username, realm, password);
            case SHA_256 -> IntegrityKey.sha256(username, realm, password);
        };
    }
}

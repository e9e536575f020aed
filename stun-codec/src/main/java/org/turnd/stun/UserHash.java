package org.turnd.stun;

import java.nio.charset.StandardCharsets;

/// The USERHASH attribute's value (RFC 8489 §14.4): a user name hidden from who listens.
public final class UserHash {
    /// Length of the value in bytes.
    public static final int LENGTH = 32;

    private UserHash() {}

    /// Returns SHA-256 of `username:realm`, both in their OpaqueString form, or as they stand where
    /// OpaqueString refuses them (D-25).
    public static Octets of(String username, String realm) {
        String input =
                OpaqueString.prepareOrKeep(username) + ":" + OpaqueString.prepareOrKeep(realm);
        return Octets.owning(Digests.sha256(input.getBytes(StandardCharsets.UTF_8)));
    }
}

package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;

/// What proves that a request is from a user.
///
/// @param key of MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256
/// @param secondsLeft how long the user may still use what the server gives, at least 1, or
///   [#FOREVER]. No lifetime is granted beyond it
/// @param source what the key was made with, as operators know it, such as the fingerprint of a
///   secret; no secret itself. Null where there is nothing to tell apart
public record Credential(IntegrityKey key, long secondsLeft, @Nullable String source) {
    /// Lifetimes end when the client lets them.
    public static final long FOREVER = Long.MAX_VALUE;

    /// A key of which nothing is said but its end.
    public Credential(IntegrityKey key, long secondsLeft) {
        this(key, secondsLeft, null);
    }

    /// A key without an end.
    public Credential(IntegrityKey key) {
        this(key, FOREVER);
    }
}

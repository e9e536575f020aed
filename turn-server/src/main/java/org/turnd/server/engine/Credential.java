package org.turnd.server.engine;

import org.turnd.stun.IntegrityKey;

/// What proves that a request is from a user.
///
/// @param key of MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256
/// @param secondsLeft how long the user may still use what the server gives, at least 1, or
///   [#FOREVER]. No lifetime is granted beyond it
public record Credential(IntegrityKey key, long secondsLeft) {
    /// Lifetimes end when the client lets them.
    public static final long FOREVER = Long.MAX_VALUE;

    /// A key without an end.
    public Credential(IntegrityKey key) {
        this(key, FOREVER);
    }
}

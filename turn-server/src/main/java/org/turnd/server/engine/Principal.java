package org.turnd.server.engine;

import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;

/// Who an authenticated request is from, and how its answer is signed.
///
/// @param algorithm how the key was made
/// @param sha256 the answer carries MESSAGE-INTEGRITY-SHA256 instead of MESSAGE-INTEGRITY (D-23)
/// @param expiresNanos when the credential ends, or [#NEVER]
record Principal(
        String username,
        IntegrityKey key,
        KeyAlgorithm algorithm,
        boolean sha256,
        long expiresNanos) {
    static final long NEVER = Long.MAX_VALUE;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    static Principal of(
            String username,
            Credential credential,
            KeyAlgorithm algorithm,
            boolean sha256,
            long nowNanos) {
        long expiresNanos =
                credential.secondsLeft() >= NEVER / NANOS_PER_SECOND
                        ? NEVER
                        : nowNanos + credential.secondsLeft() * NANOS_PER_SECOND;
        return new Principal(username, credential.key(), algorithm, sha256, expiresNanos);
    }

    /// The same user in a request whose answer is signed as told.
    Principal signing(boolean withSha256) {
        return withSha256 == sha256
                ? this
                : new Principal(username, key, algorithm, withSha256, expiresNanos);
    }

    /// Whole seconds until the credential ends, [Credential#FOREVER] where it doesn't.
    long secondsLeft(long nowNanos) {
        return expiresNanos == NEVER
                ? Credential.FOREVER
                : Math.floorDiv(expiresNanos - nowNanos, NANOS_PER_SECOND);
    }
}

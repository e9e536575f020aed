package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;

/// Who an authenticated request is from, and how its answer is signed.
///
/// @param realm whose user that is
/// @param algorithm how the key was made of a password; of no meaning with a token
/// @param sha256 the answer carries MESSAGE-INTEGRITY-SHA256 instead of MESSAGE-INTEGRITY (D-23)
/// @param expiresNanos when the credential ends, or [#NEVER]
/// @param source what the key was made with, see [Credential#source]
/// @param token where the key comes from; null when it is made of a password
record Principal(
        ServedRealm realm,
        String username,
        IntegrityKey key,
        KeyAlgorithm algorithm,
        boolean sha256,
        long expiresNanos,
        @Nullable String source,
        AccessTokens.@Nullable Good token) {
    static final long NEVER = Long.MAX_VALUE;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    static Principal of(
            ServedRealm realm,
            String username,
            Credential credential,
            KeyAlgorithm algorithm,
            boolean sha256,
            long nowNanos) {
        long expiresNanos =
                credential.secondsLeft() >= NEVER / NANOS_PER_SECOND
                        ? NEVER
                        : nowNanos + credential.secondsLeft() * NANOS_PER_SECOND;
        return new Principal(
                realm,
                username,
                credential.key(),
                algorithm,
                sha256,
                expiresNanos,
                credential.source(),
                null);
    }

    /// Who a token tells of. O-04: it is good for a part of a second as well, but no lifetime is
    /// that short.
    static Principal of(
            ServedRealm realm,
            String keyId,
            AccessTokens.Good token,
            IntegrityKey key,
            boolean sha256,
            long nowNanos) {
        long expiresNanos = nowNanos + Math.max(token.remainingNanos(), NANOS_PER_SECOND);
        return new Principal(
                realm, keyId, key, KeyAlgorithm.MD5, sha256, expiresNanos, null, token);
    }

    /// What counts as one user in quotas and logs. A kid names a key, which many clients have
    /// tokens of.
    String account() {
        return token == null ? username : token.account();
    }

    /// Says whether another request is from the same user: of the same realm and name, and proven
    /// by the same token or by no token at all.
    boolean isSameUser(Principal other) {
        if (!realm.equals(other.realm)) {
            return false;
        }
        if (token == null || other.token == null) {
            return token == null && other.token == null && username.equals(other.username);
        }
        return account().equals(other.account())
                && token.sha256Key().equals(other.token.sha256Key());
    }

    /// The same user in a request whose answer is signed as told.
    Principal signing(boolean withSha256) {
        return withSha256 == sha256 ? this : signing(key, withSha256);
    }

    /// The same user in a request that was signed with this key.
    Principal signing(IntegrityKey withKey, boolean withSha256) {
        return new Principal(
                realm, username, withKey, algorithm, withSha256, expiresNanos, source, token);
    }

    /// Whole seconds until the credential ends, [Credential#FOREVER] where it doesn't.
    long secondsLeft(long nowNanos) {
        return expiresNanos == NEVER
                ? Credential.FOREVER
                : Math.floorDiv(expiresNanos - nowNanos, NANOS_PER_SECOND);
    }
}

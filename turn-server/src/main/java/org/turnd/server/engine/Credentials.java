package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.Octets;

/// Who may allocate: the long-term credential mechanism's password store (RFC 8489 §9.2).
///
/// A user may have several keys at once, because several secrets may be live (E-03) and only
/// MESSAGE-INTEGRITY tells which one was used. The engine tries the candidates in order; the first
/// whose key verifies is the user's, and it keeps that key with the allocation.
///
/// Called on the engine's thread and must not block. The source knows the time where credentials
/// are limited in time.
public interface Credentials {
    /// How many keys of one algorithm a user may have at most. Constant, small, at least 1.
    int candidates();

    /// Returns a credential of this user, or null when this candidate knows no such user now, or
    /// has no such key of its. Other candidates may still know it.
    ///
    /// @param algorithm how the key is made of user name, realm and password
    /// @param candidate 0 to [#candidates()] - 1
    @Nullable Credential find(String username, String realm, KeyAlgorithm algorithm, int candidate);

    /// Returns the user whose USERHASH this is (RFC 8489 §14.4), or null. Only asked where user
    /// name anonymity is offered.
    default @Nullable String usernameOf(Octets userHash, String realm) {
        return null;
    }

    /// Says whether an operator has revoked this user, whom [#find] doesn't find any more.
    default boolean isRevoked(String username) {
        return false;
    }

    /// Says whether a key that this user has proven itself with is still one of its own, although
    /// its time may be over. Asked after the users have changed, of those who have an allocation.
    default boolean vouchesFor(
            String username, String realm, KeyAlgorithm algorithm, IntegrityKey key) {
        for (int candidate = 0; candidate < candidates(); candidate++) {
            Credential known = find(username, realm, algorithm, candidate);
            if (known != null && known.key().equals(key)) {
                return true;
            }
        }
        return false;
    }

    /// Returns the users that must be asked for, or null when [#find] knows all there are. A user
    /// that [#find] has any credential of is not asked for. Asked once, before any request.
    default @Nullable RemoteUsers remote() {
        return null;
    }

    /// The same credentials for one engine, whose answers from [RemoteUsers] go there.
    default Credentials answering(RemoteUsers.Replies replies) {
        return this;
    }

    /// Returns what opens the tokens of third-party authorization, or null where that isn't
    /// offered. Asked once, before any request.
    default @Nullable AccessTokens accessTokens() {
        return null;
    }
}

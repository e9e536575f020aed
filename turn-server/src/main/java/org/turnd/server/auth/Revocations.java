package org.turnd.server.auth;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Users and secrets that an operator has revoked: nobody of that name, and nobody with a
/// credential made with that secret, is served until it is undone or the process ends. Bounded, and
/// safe on every thread.
public final class Revocations {
    /// Revoked users at most.
    public static final int USERS_MAX = 10_000;

    /// Revoked secrets at most.
    public static final int SECRETS_MAX = 100;

    private final Set<String> users = ConcurrentHashMap.newKeySet();
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();
    private final UnaryOperator<String> userId;

    /// @param userId takes the expiry from the user name of a time-limited credential; others stay
    ///   as they are
    public Revocations(UnaryOperator<String> userId) {
        this.userId = userId;
    }

    /// Revokes a user: who has exactly this name, and all time-limited names with this user id.
    ///
    /// @return false when too many are revoked already
    public boolean revokeUser(String name) {
        return add(users, name, USERS_MAX);
    }

    /// Revokes the secret with this fingerprint.
    ///
    /// @return false when too many are revoked already
    public boolean revokeSecret(String fingerprint) {
        return add(secrets, fingerprint, SECRETS_MAX);
    }

    private static boolean add(Set<String> names, String name, int max) {
        synchronized (names) {
            return names.contains(name) || (names.size() < max && names.add(name));
        }
    }

    /// Undoes the revocation of a user.
    ///
    /// @return false when the user wasn't revoked
    public boolean restoreUser(String name) {
        return users.remove(name);
    }

    /// Undoes the revocation of a secret.
    ///
    /// @return false when the secret wasn't revoked
    public boolean restoreSecret(String fingerprint) {
        return secrets.remove(fingerprint);
    }

    /// Says whether a user is not to be served.
    public boolean isUserRevoked(String username) {
        return !users.isEmpty()
                && (users.contains(username) || users.contains(userId.apply(username)));
    }

    /// Says whether credentials of this source are not to be served; null is no secret.
    public boolean isSecretRevoked(@Nullable String source) {
        return source != null && secrets.contains(source);
    }

    /// The revoked users, sorted.
    public Set<String> users() {
        return new TreeSet<>(users);
    }
}

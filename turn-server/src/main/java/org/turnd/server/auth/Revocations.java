package org.turnd.server.auth;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Users and secrets that an operator has revoked: nobody of that name, and nobody with a
/// credential made with that secret, is served until it is undone or the process ends. Bounded, and
/// safe on every thread.
public final class Revocations {
    /// Revoked users at most.
    public static final int USERS_MAX = 10_000;

    /// Revoked secrets at most.
    public static final int SECRETS_MAX = 100;

    private record User(String realm, String name) {}

    private final Set<User> users = ConcurrentHashMap.newKeySet();
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();
    private final UnaryOperator<String> userId;

    /// @param userId takes the expiry from the user name of a time-limited credential; others stay
    ///   as they are
    public Revocations(UnaryOperator<String> userId) {
        this.userId = userId;
    }

    /// Revokes a user of a realm: who has exactly this name, and all time-limited names with this
    /// user id.
    ///
    /// @return false when too many are revoked already
    public boolean revokeUser(String realm, String name) {
        return add(users, new User(realm, name), USERS_MAX);
    }

    /// Revokes the secret with this fingerprint.
    ///
    /// @return false when too many are revoked already
    public boolean revokeSecret(String fingerprint) {
        return add(secrets, fingerprint, SECRETS_MAX);
    }

    private static <T> boolean add(Set<T> names, T name, int max) {
        synchronized (names) {
            return names.contains(name) || (names.size() < max && names.add(name));
        }
    }

    /// Undoes the revocation of a user.
    ///
    /// @return false when the user wasn't revoked
    public boolean restoreUser(String realm, String name) {
        return users.remove(new User(realm, name));
    }

    /// Undoes the revocation of a secret.
    ///
    /// @return false when the secret wasn't revoked
    public boolean restoreSecret(String fingerprint) {
        return secrets.remove(fingerprint);
    }

    /// Says whether a user is not to be served.
    public boolean isUserRevoked(String realm, String username) {
        return !users.isEmpty()
                && (users.contains(new User(realm, username))
                        || users.contains(new User(realm, userId.apply(username))));
    }

    /// Says whether credentials of this source are not to be served; null is no secret.
    public boolean isSecretRevoked(@Nullable String source) {
        return source != null && secrets.contains(source);
    }

    /// The revoked users of a realm, sorted.
    public Set<String> users(String realm) {
        return users.stream()
                .filter(user -> user.realm().equals(realm))
                .map(User::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

package org.turnd.server.auth;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.Credentials;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.Octets;
import org.turnd.stun.UserHash;

/// The long-term users of the settings, by their keys (D-30). Immutable; safe on every thread.
public final class StaticUsers implements Credentials {
    private final String realm;
    private final Map<String, User> users;
    private final Map<Octets, String> namesByHash;
    private final int candidates;

    /// @param users each name once
    /// @param realm the realm that the users' keys were made for
    public StaticUsers(List<User> users, String realm) {
        this.realm = realm;
        this.users =
                users.stream()
                        .collect(Collectors.toUnmodifiableMap(User::name, Function.identity()));
        // D-25: every name is hashed once, here.
        namesByHash =
                users.stream()
                        .map(User::name)
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        name -> UserHash.of(name, realm), Function.identity()));
        candidates =
                users.stream().mapToInt(user -> Math.max(1, user.md5Keys().size())).max().orElse(1);
    }

    @Override
    public int candidates() {
        return candidates;
    }

    @Override
    public @Nullable Credential find(
            String username, String realm, KeyAlgorithm algorithm, int candidate) {
        // D-37: a user of another realm is nobody here.
        if (!realm.equals(this.realm)) {
            return null;
        }
        User user = users.get(username);
        if (user == null) {
            return null;
        }
        List<IntegrityKey> keys = user.keys(algorithm);
        return candidate < keys.size() ? new Credential(keys.get(candidate)) : null;
    }

    @Override
    public @Nullable String usernameOf(Octets userHash, String realm) {
        return realm.equals(this.realm) ? namesByHash.get(userHash) : null;
    }
}

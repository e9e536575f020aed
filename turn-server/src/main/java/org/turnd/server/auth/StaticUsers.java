package org.turnd.server.auth;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.engine.Credentials;
import org.turnd.stun.IntegrityKey;

/// The long-term users of the settings, by their keys (D-30). Immutable; safe on every thread.
public final class StaticUsers implements Credentials {
    private final String realm;
    private final Map<String, User> users;
    private final int candidates;

    /// @param users each name once
    /// @param realm the realm that the users' keys were made for
    public StaticUsers(List<User> users, String realm) {
        this.realm = realm;
        this.users =
                users.stream()
                        .collect(Collectors.toUnmodifiableMap(User::name, Function.identity()));
        candidates = users.stream().mapToInt(user -> user.keys().size()).max().orElse(1);
    }

    @Override
    public int candidates() {
        return candidates;
    }

    @Override
    public @Nullable IntegrityKey find(String username, String realm, int candidate) {
        // D-37: a user of another realm is nobody here.
        if (!realm.equals(this.realm)) {
            return null;
        }
        User user = users.get(username);
        return user == null || candidate >= user.keys().size() ? null : user.keys().get(candidate);
    }
}

package org.turnd.server.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;

/// Where users lie in Redis.
///
/// @param url `redis://HOST:PORT/DATABASE`, or `rediss://` for TLS
/// @param username of an ACL user, null for the default one
/// @param password null when Redis wants none
/// @param userKey the key of one user, with `{realm}` and `{user}` in it
/// @param secretsKey the key of the set of shared secrets, with `{realm}` in it; null for none
public record RedisSettings(
        URI url,
        @Nullable String username,
        @Nullable Secret password,
        String userKey,
        @Nullable String secretsKey) {
    /// What stands for the realm.
    public static final String REALM = "{realm}";

    /// What stands for the user name.
    public static final String USER = "{user}";

    /// Where coturn has its users.
    public static final String COTURN_USER_KEY = "turn/realm/{realm}/user/{user}/key";

    /// Where coturn has its shared secrets.
    public static final String COTURN_SECRETS_KEY = "turn/realm/{realm}/secret";

    /// Says whether connections are encrypted.
    public boolean isTls() {
        return "rediss".equals(url.getScheme());
    }

    /// Returns the number of the database, 0 where none is named.
    public int database() {
        String path = url.getPath();
        return path == null || path.length() < 2 ? 0 : Integer.parseInt(path.substring(1));
    }
}

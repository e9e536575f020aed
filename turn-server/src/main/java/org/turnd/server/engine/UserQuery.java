package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.Octets;

/// Which user is asked for: by name, or by USERHASH where the client hides the name.
///
/// @param username null when only the hash is known
/// @param userHash null when the name is known
/// @param realm the realm that the request names
public record UserQuery(@Nullable String username, @Nullable Octets userHash, String realm) {
    /// Asks for a user by name.
    public static UserQuery byName(String username, String realm) {
        return new UserQuery(username, null, realm);
    }

    /// Asks for a user by the hash of name and realm (RFC 8489 §14.4).
    public static UserQuery byHash(Octets userHash, String realm) {
        return new UserQuery(null, userHash, realm);
    }

    /// Shows no name: who logs this needs none.
    @Override
    public String toString() {
        return username == null ? "UserQuery by hash" : "UserQuery by name";
    }
}

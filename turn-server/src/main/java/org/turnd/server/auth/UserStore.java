package org.turnd.server.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.stun.Octets;

/// Users that are kept outside of the server: in a database, by another service, in tokens.
///
/// Its methods may block. They are called on virtual threads, several at once, never on an event
/// loop; whoever calls interrupts one that takes too long. Whoever implements it still sets time
/// limits of its own, because not every client library can be interrupted. Nothing is cached here:
/// the caller does that.
///
/// A method that can't answer throws [StoreFailure], and never guesses: nobody is let in then. A
/// user name is whatever a client sent, up to 508 bytes, so it is passed to the store as data and
/// never as a piece of a query, a path or a pattern.
public interface UserStore extends AutoCloseable {
    /// What the store is called in logs, metrics and health: a short word, such as `redis`.
    String name();

    /// Looks a user up.
    ///
    /// @param username as the client sent it
    /// @param realm the realm that the client named, which is one of the server's
    /// @return null when the store knows no such user now
    @Nullable StoredUser find(String username, String realm) throws StoreFailure;

    /// Looks up whose USERHASH this is (RFC 8489 §14.4).
    ///
    /// @return null when the store knows nobody, or can't tell, which is what most can't
    default @Nullable String usernameOf(Octets userHash, String realm) throws StoreFailure {
        return null;
    }

    /// Says whether [#secrets] may ever return one. When not, it isn't called.
    default boolean hasSecrets() {
        return false;
    }

    /// Returns the shared secrets of time-limited credentials that are good now, any order. Asked
    /// again and again in the background, not for each client.
    default List<Secret> secrets(String realm) throws StoreFailure {
        return List.of();
    }

    /// Ends its connections. Whoever waits for an answer gets a [StoreFailure].
    @Override
    void close();
}

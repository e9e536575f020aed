package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;

/// The CONNECTION-IDs of all peer data connections of the server (RFC 6062 §6.2.1): a client may
/// bring one to another shard than the one that has the connection. Every method is safe on every
/// thread.
public interface ConnectionDirectory {
    /// No connection of that id can be claimed.
    int UNKNOWN = -1;

    /// The connection is another user's.
    int WRONG_USER = -2;

    /// Draws an id that no live connection has and that can't be guessed (L-08). Nobody can claim
    /// it before [#offer].
    int add(ConnectionOwner owner);

    /// Lets its owner claim a connection until `untilNanos` (L-09).
    void offer(int id, long untilNanos);

    /// Returns whose connection this is, or null.
    @Nullable ConnectionOwner find(int id);

    /// Gives an offered connection to a user, once.
    ///
    /// @param realm the index of the user's realm
    /// @return the shard that has it, [#UNKNOWN] or [#WRONG_USER]
    int claim(int id, int realm, String username, long nowNanos);

    /// Takes an offer back. Returns false when somebody has claimed the connection before.
    boolean withdraw(int id);

    /// Forgets a connection that has ended.
    void remove(int id);
}

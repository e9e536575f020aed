package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;

/// Who may allocate: the long-term credential mechanism's password store (RFC 8489 §9.2).
///
/// A user may have several keys at once, because several secrets may be live (E-03) and only
/// MESSAGE-INTEGRITY tells which one was used. The engine tries the candidates in order; the first
/// whose key verifies is the user's, and it keeps that key with the allocation.
///
/// Called on the engine's thread and must not block. The source knows the time where credentials
/// are limited in time.
public interface Credentials {
    /// How many keys a user may have at most. Constant, small, at least 1.
    int candidates();

    /// Returns a key of this user for MESSAGE-INTEGRITY (the MD5 of user name, realm and password),
    /// or null when this candidate knows no such user now. Other candidates may still know it.
    ///
    /// @param candidate 0 to [#candidates()] - 1
    @Nullable IntegrityKey find(String username, String realm, int candidate);
}

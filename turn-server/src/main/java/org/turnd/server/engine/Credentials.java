package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;

/// Who may allocate: the long-term credential mechanism's password store (RFC 8489 §9.2).
///
/// Called on the engine's thread and must not block. The source knows the time where credentials
/// are limited in time.
public interface Credentials {
    /// Returns the key of this user for MESSAGE-INTEGRITY (the MD5 of user name, realm and
    /// password), or null when there is no such user now.
    @Nullable IntegrityKey find(String username, String realm);
}

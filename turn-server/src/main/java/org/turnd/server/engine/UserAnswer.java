package org.turnd.server.engine;

import java.util.List;
import org.turnd.stun.KeyAlgorithm;

/// What [RemoteUsers] say of a user.
public sealed interface UserAnswer {
    /// There is such a user.
    ///
    /// @param username whose name it is, also when it was asked for by hash
    /// @param md5, sha256 what proves that a request is the user's, any of them, few
    record Known(String username, List<Credential> md5, List<Credential> sha256)
            implements UserAnswer {
        public Known {
            md5 = List.copyOf(md5);
            sha256 = List.copyOf(sha256);
        }

        List<Credential> made(KeyAlgorithm algorithm) {
            return switch (algorithm) {
                case MD5 -> md5;
                case SHA_256 -> sha256;
            };
        }
    }

    /// There is no such user.
    record Unknown() implements UserAnswer {}

    /// Nobody can tell now. Nobody is let in either.
    record Unavailable() implements UserAnswer {}
}

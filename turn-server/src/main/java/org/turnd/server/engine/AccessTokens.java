package org.turnd.server.engine;

import java.util.List;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;

/// Third-party authorization (RFC 7635): who may allocate is said by a token that an authorization
/// server has sealed for this server.
///
/// Called on the engine's thread and must not block. It knows the time by which tokens run out.
public interface AccessTokens {
    /// What a token came to.
    sealed interface Opened {}

    /// A token that is good now.
    ///
    /// @param sha1Keys with one of these the client signs MESSAGE-INTEGRITY
    /// @param sha256Key with this one MESSAGE-INTEGRITY-SHA256
    /// @param remainingNanos how long it is still good, more than 0 and less than 2^62
    /// @param account what counts as one user in quotas and logs; no secret
    record Good(
            List<IntegrityKey> sha1Keys,
            IntegrityKey sha256Key,
            long remainingNanos,
            String account)
            implements Opened {
        public Good {
            sha1Keys = List.copyOf(sha1Keys);
        }
    }

    /// A token that is refused with 401.
    record Bad(RefusalCause cause) implements Opened {}

    /// This server's name, as THIRD-PARTY-AUTHORIZATION tells it.
    String serverName();

    /// Says whether tokens of this kid are still taken, although its time may be over. Asked after
    /// the keys have changed, about clients that have an allocation.
    default boolean vouchesFor(String keyId) {
        return true;
    }

    /// Opens a token.
    ///
    /// @param keyId the kid that the client sends as USERNAME
    /// @param token the value of ACCESS-TOKEN
    Opened open(String keyId, Octets token);
}

package org.turnd.server.config;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.TokenKey;

/// Third-party authorization (RFC 7635).
///
/// @param serverName what THIRD-PARTY-AUTHORIZATION says, and tokens are sealed for
/// @param keys the keys shared with authorization servers, each id once
/// @param truncatedMacKeys clients may sign with the first 16 bytes of their session key
public record OAuthSettings(String serverName, List<SharedKey> keys, Switch truncatedMacKeys) {
    public OAuthSettings {
        keys = List.copyOf(keys);
    }

    /// Session keys as RFC 7635 has them.
    public OAuthSettings(String serverName, List<SharedKey> keys) {
        this(serverName, keys, Switch.OFF);
    }

    /// One long-term key.
    ///
    /// @param id the kid, which clients send as USERNAME
    /// @param validFrom when it begins to be good, null: it is
    /// @param validUntil when it is good no more, null: never
    public record SharedKey(
            String id, TokenKey key, @Nullable Instant validFrom, @Nullable Instant validUntil) {
        /// Says whether tokens of this key are taken now.
        public boolean isLive(Instant now) {
            return (validFrom == null || !now.isBefore(validFrom))
                    && (validUntil == null || now.isBefore(validUntil));
        }
    }
}

package org.turnd.peers.server;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// User name and password derived from a shared secret, good until a point in time
/// (draft-uberti-behave-turn-rest).
///
/// @param username `EXPIRY:NAME`, the expiry in seconds since 1970
/// @param password the Base64 of HMAC-SHA1 over the user name
public record TimeLimitedCredentials(String username, String password) {
    /// Derives credentials that expire after some seconds.
    ///
    /// @param secret the server's shared secret
    /// @param name the user's name
    /// @param lifetimeSeconds counted from now; negative for credentials that have expired already
    /// @return the credentials
    public static TimeLimitedCredentials now(String secret, String name, long lifetimeSeconds) {
        var username = Instant.now().plusSeconds(lifetimeSeconds).getEpochSecond() + ":" + name;
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            var digest = mac.doFinal(username.getBytes(StandardCharsets.UTF_8));
            return new TimeLimitedCredentials(username, Base64.getEncoder().encodeToString(digest));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA1", e);
        }
    }
}

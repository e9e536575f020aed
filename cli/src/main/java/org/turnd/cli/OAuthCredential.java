package org.turnd.cli;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.turnd.server.config.OAuthSettings;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.SelfContainedToken;
import org.turnd.stun.TokenKey;

/// What an authorization server gives to a client (RFC 7635 §4).
///
/// @param keyId goes into USERNAME
/// @param macKey secret; the client signs with it
/// @param token goes into ACCESS-TOKEN
record OAuthCredential(String keyId, IntegrityKey macKey, Octets token) {
    /// Makes a credential with a fresh session key.
    static OAuthCredential issue(
            String serverName,
            OAuthSettings.SharedKey key,
            Instant now,
            long lifetimeSeconds,
            SecureRandom random) {
        byte[] macKey = new byte[SelfContainedToken.MAC_KEY_MIN_LENGTH];
        random.nextBytes(macKey);
        byte[] nonce = new byte[TokenKey.NONCE_LENGTH];
        random.nextBytes(nonce);
        var content =
                SelfContainedToken.issuedAt(now, lifetimeSeconds, IntegrityKey.ofBytes(macKey));
        Octets token = key.key().seal(content, serverName, Octets.of(nonce));
        return new OAuthCredential(key.id(), content.macKey(), token);
    }

    /// Returns the fields of an `RTCIceServer`: its `credential` is an `RTCOAuthCredential`.
    Map<String, Object> fields() {
        return Map.of(
                "username",
                keyId,
                "credentialType",
                "oauth",
                "credential",
                Map.of(
                        "macKey", base64(macKey.toByteArray()),
                        "accessToken", base64(token.toByteArray())));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// Returns the key id only.
    @Override
    public String toString() {
        return "OAuthCredential[" + keyId + "]";
    }
}

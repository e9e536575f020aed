package org.turnd.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.turnd.server.config.ServerSettings.Secret;

/// What operators call a secret of time-limited credentials without saying it: 12 hexadecimal
/// digits, the same on every server and after every start. Secrets are refused where they could be
/// guessed, so nobody finds one by its fingerprint.
public final class SecretFingerprint {
    private static final byte[] PURPOSE = "turnd secret\0".getBytes(StandardCharsets.UTF_8);
    private static final int BYTES = 6;

    private SecretFingerprint() {}

    /// Returns the fingerprint: the first octets of SHA-256 over a fixed text and the secret.
    public static String of(Secret secret) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(PURPOSE);
            byte[] sum = digest.digest(secret.value().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

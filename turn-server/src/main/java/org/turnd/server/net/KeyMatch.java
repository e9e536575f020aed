package org.turnd.server.net;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/// Finds out whether a private and a public key belong together, by signing something with the one
/// and verifying it with the other.
final class KeyMatch {
    private static final byte[] PROBE = "turnd".getBytes(StandardCharsets.US_ASCII);

    private KeyMatch() {}

    static boolean matches(PrivateKey privateKey, PublicKey publicKey) {
        if (!family(privateKey.getAlgorithm()).equals(family(publicKey.getAlgorithm()))) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(signatureOf(privateKey.getAlgorithm()));
            signature.initSign(privateKey);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// Returns what a private and its public key have in common: `RSA`, `EC`, `EdDSA`.
    static String family(String algorithm) {
        return switch (algorithm) {
            case "ECDSA" -> "EC";
            case "Ed25519", "Ed448" -> "EdDSA";
            default -> algorithm;
        };
    }

    private static String signatureOf(String algorithm) {
        return switch (family(algorithm)) {
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            case "RSASSA-PSS" -> "RSASSA-PSS";
            default -> "SHA256with" + algorithm;
        };
    }
}

package org.turnd.server.ops;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.turnd.server.config.ServerSettings.Secret;

/// The header `webhook-signature` of Standard Webhooks: HMAC-SHA-256 over id, time and body, once
/// with each secret.
final class WebhookSignature {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String SECRET_PREFIX = "whsec_";

    private final List<SecretKeySpec> keys;

    WebhookSignature(List<Secret> secrets) {
        keys = secrets.stream().map(WebhookSignature::key).toList();
    }

    private static SecretKeySpec key(Secret secret) {
        String base64 = secret.value().substring(SECRET_PREFIX.length());
        return new SecretKeySpec(Base64.getDecoder().decode(base64), ALGORITHM);
    }

    /// @param seconds since 1970, as the header `webhook-timestamp` says it
    String of(String id, long seconds, String body) {
        byte[] signed = (id + "." + seconds + "." + body).getBytes(StandardCharsets.UTF_8);
        return keys.stream().map(key -> "v1," + mac(key, signed)).collect(Collectors.joining(" "));
    }

    private static String mac(SecretKeySpec key, byte... signed) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}

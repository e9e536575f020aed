package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.turnd.server.config.JwtSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.server.config.WebhookSettings;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;

/// What stores answer, and a token that a client shows. The first byte says which: a web service's
/// JSON, the fields of a hash in Redis (lines of `name value`), a key in hexadecimal, a JSON Web
/// Token. Each is a user with whole keys, or a failure of this user's; nobody has a token signed.
public final class StoresTarget {
    private static final String USER = "alice";
    private static final String REALM = "example.org";
    private static final Secret SECRET = new Secret("k3Jz8vQ1xW5nB7mT2rYp");
    private static final String KEYS =
            """
            {"keys": [{"kty": "EC", "crv": "P-256", "kid": "k1",
              "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
              "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}
            """;

    private static final WebhookStore WEBHOOK;
    private static final JwtStore JWT;

    static {
        try {
            Path keys = Files.createTempFile("turnd-fuzz", ".json");
            keys.toFile().deleteOnExit();
            Files.writeString(keys, KEYS);
            var tls = StoreTls.context(null);
            WEBHOOK =
                    new WebhookStore(
                            new WebhookSettings(URI.create("http://127.0.0.1:1/"), SECRET, null),
                            Bounds.USUAL,
                            InstantSource.system(),
                            tls);
            JWT =
                    new JwtStore(
                            new JwtSettings(keys.toUri(), "issuer", "audience", SECRET),
                            Bounds.USUAL,
                            tls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (StoreFailure e) {
            throw new IllegalStateException(e);
        }
    }

    private StoresTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] answer = Arrays.copyOfRange(input, 1, input.length);
        String text = new String(answer, StandardCharsets.UTF_8);
        try {
            switch (input[0] & 3) {
                case 0 -> check(WEBHOOK.user(USER, REALM, answer));
                case 1 -> check(RedisStore.ofFields(USER, REALM, fields(text)));
                case 2 -> check(StoredUser.ofMd5Key(RedisStore.hex(text)));
                default -> assertNull(JWT.find(text, REALM), "nobody has signed this");
            }
        } catch (StoreFailure e) {
            assertFalse(String.valueOf(e.getMessage()).isEmpty());
        }
    }

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        text.lines()
                .map(line -> line.split(" ", 2))
                .filter(words -> words.length == 2)
                .forEach(words -> fields.put(words[0], words[1]));
        return fields;
    }

    private static void check(StoredUser user) {
        for (KeyAlgorithm algorithm : KeyAlgorithm.values()) {
            assertTrue(user.keys(algorithm).size() <= StoredUser.KEYS_MAX);
            for (IntegrityKey key : user.keys(algorithm)) {
                assertEquals(key, key);
                assertFalse(key.toString().isEmpty());
            }
        }
    }
}

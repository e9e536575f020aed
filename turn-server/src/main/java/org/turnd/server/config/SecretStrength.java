package org.turnd.server.config;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether a secret is one. Whoever sees one authenticated message can try secrets at leisure, so
/// what can be guessed is no secret.
public final class SecretStrength {
    static final int SECRET_CHARACTERS_MIN = 16;
    static final int PASSWORD_CHARACTERS_MIN = 8;

    private static final int SECRET_ENTROPY_BITS_MIN = 45;
    private static final int PASSWORD_ENTROPY_BITS_MIN = 16;
    private static final int FRESH_BYTES = 32;

    private static final Set<String> PLACEHOLDERS =
            Set.of(
                    "changeme",
                    "changethis",
                    "replaceme",
                    "replacethis",
                    "secret",
                    "mysecret",
                    "yoursecret",
                    "yoursecrethere",
                    "sharedsecret",
                    "staticauthsecret",
                    "password",
                    "mypassword",
                    "yourpassword",
                    "example",
                    "placeholder",
                    "insertsecrethere",
                    "test",
                    "turn",
                    "turnd");

    private SecretStrength() {}

    /// Returns a new secret: 256 random bits in the letters that need no quoting anywhere.
    public static String fresh(SecureRandom random) {
        byte[] bytes = new byte[FRESH_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Returns why this is no shared secret, without showing it, or null when it is one.
    public static @Nullable String weaknessOfSecret(String secret) {
        return weakness(secret, SECRET_CHARACTERS_MIN, SECRET_ENTROPY_BITS_MIN);
    }

    /// Returns why this is no password, without showing it, or null when it is one.
    public static @Nullable String weaknessOfPassword(String password) {
        return weakness(password, PASSWORD_CHARACTERS_MIN, PASSWORD_ENTROPY_BITS_MIN);
    }

    private static @Nullable String weakness(String text, int charactersMin, int bitsMin) {
        String letters = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        if (PLACEHOLDERS.contains(letters)) {
            return "a placeholder";
        }
        if (text.length() < charactersMin) {
            return "only " + text.length() + " characters";
        }
        return entropyBits(text) < bitsMin ? "characters that repeat" : null;
    }

    /// The entropy of a text whose letters are drawn as often as they occur in it: nothing for one
    /// letter repeated, about 3.3 bits a letter for 16 random hexadecimal digits.
    private static double entropyBits(String text) {
        Map<Integer, Integer> counts = new HashMap<>();
        text.chars().forEach(letter -> counts.merge(letter, 1, Integer::sum));
        double bits = 0;
        for (int count : counts.values()) {
            bits -= count * (Math.log((double) count / text.length()) / Math.log(2));
        }
        return bits;
    }
}

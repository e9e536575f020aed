package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.config.ConfigResult.Refused;

/// What operators read when a secret or a user is wrong, word by word.
class SecretProblemsTest {
    @TempDir Path directory;
    private ConfigFixture config;

    @BeforeEach
    void inADirectory() {
        config = new ConfigFixture(directory);
    }

    @ParameterizedTest
    @CsvSource({
        "changeme, a placeholder",
        "CHANGE_ME, a placeholder",
        "<your-secret-here>, a placeholder",
        "secret, a placeholder",
        "Password123456789012, a placeholder",
        "k3Jz8vQ1xW5nB7m, only 15 characters",
        "aaaaaaaaaaaaaaaaaaaaaaaa, characters that repeat",
        "passwordpassword, characters that repeat",
        "abcabcabcabcabcabc, characters that repeat",
    })
    void weakSecretIsRefusedAndNotShown(String secret, String weakness) {
        String shown = config.shown(config.load("auth.secret = \"" + secret + "\""));
        assertEquals(
                """
                turnd.conf:1: auth.secret: found a secret with %s
                    expected: a random text of at least 16 characters
                    fix: make one with `turnd init` or `openssl rand -hex 32`
                """
                        .formatted(weakness),
                shown);
        assertFalse(shown.replace("auth.secret: found a secret", "").contains(secret), shown);
    }

    @Test
    void freshSecretIsStrong() {
        var random = new SecureRandom();
        for (int i = 0; i < 100; i++) {
            String secret = SecretStrength.fresh(random);
            assertTrue(secret.matches("[A-Za-z0-9_-]{43}"), secret);
            assertNull(SecretStrength.weaknessOfSecret(secret), secret);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ name = alice, pasword = x } | a user has no pasword | did you mean `password`?",
                "{ name = alice, admin = yes } | a user has no admin | remove it",
                "{ name = alice } | found an incomplete user | "
                        + "give a name, and a password or a key",
                "{ name = alice, password = x, key = y } | found an incomplete user | "
                        + "give a name, and a password or a key",
                "{ name = alice, password = short } | "
                        + "the password of alice has only 5 characters | "
                        + "choose a random one of at least 8 characters",
                "{ name = alice, password = password1 } | "
                        + "the password of alice has a placeholder | "
                        + "choose a random one of at least 8 characters",
                "{ name = alice, password = alice-1234 } | "
                        + "the password of alice has the user's name in it | "
                        + "choose a random one of at least 8 characters",
                "{ name = alice, password = \"wonder\u00ADland\" } | "
                        + "found what clients can't send | "
                        + "a password is not empty and has no control or invisible characters",
                "{ name = \"a\u00ADb\", password = wonder-land } | "
                        + "found what clients can't send | "
                        + "a user name is not empty and has no control or invisible characters",
                "{ name = alice, key = 00ff } | the key of alice is no MD5 in hexadecimal | "
                        + "'make it with `printf %s ''name:realm:password'' | md5sum`'",
                "{ name = alice, sha-256-key = 00ff } | "
                        + "the sha-256-key of alice is no SHA-256 in hexadecimal | "
                        + "'make it with `printf %s ''name:realm:password'' | sha256sum`'",
                "alice | found no name with a password | write name:password",
                "\":pass\" | found no name with a password | write name:password",
            })
    void refusesABadUser(String user, String found, String fix) {
        var refused = assertInstanceOf(Refused.class, config.load("auth.users = [" + user + "]"));
        assertEquals(1, refused.problems().size(), refused::toString);
        assertEquals(found, refused.problems().getFirst().found());
        assertEquals(fix, refused.problems().getFirst().fix());
    }

    @Test
    void userNameOccursOnce() {
        assertEquals(
                """
                turnd.conf:3: auth.users: the name alice occurs twice
                    expected: { name = ..., password = ... } or { name = ..., key = ... }
                    fix: remove one
                """,
                config.refused(
                        """
                        auth.users = [
                          { name = alice, password = wonder-land }
                          { name = alice, password = looking-glass }
                        ]
                        """));
    }
}

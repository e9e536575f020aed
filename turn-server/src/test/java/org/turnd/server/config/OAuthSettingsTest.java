package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.config.ConfigFixture.DUAL_STACK;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.ConfigResult.Refused;
import org.turnd.server.config.OAuthSettings.SharedKey;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.SelfContainedToken;
import org.turnd.stun.TokenAlgorithm;
import org.turnd.stun.TokenKey;

/// What operators may say of third-party authorization, and what they read when it is wrong.
class OAuthSettingsTest {
    private static final String BASE64 = "SEdrajMyS0pHaXV5MDk4c2RmYXFiTmpPaWF6NzE5MjM=";
    private static final String HEX =
            "48476b6a33324b4a476975793039387364666171624e6a4f69617a3731393233";
    private static final SelfContainedToken TOKEN =
            new SelfContainedToken(IntegrityKey.ofBytes(new byte[20]), 0, 0);
    private static final String SERVER = "turn.example.org";

    @TempDir Path directory;
    private ConfigFixture config;

    @BeforeEach
    void inADirectory() {
        config = new ConfigFixture(directory);
    }

    @Test
    @Tag("O-07")
    @Tag("O-09")
    void readsKeysInEveryForm() throws IOException {
        Files.writeString(
                directory.resolve("oauth.key"), HEX.toUpperCase(java.util.Locale.ROOT) + "\n");
        OAuthSettings oauth =
                oauth(
                        """
                        oauth {
                          server-name = turn.example.org
                          keys = [
                            { kid = one, key = "%s" }
                            { kid = two, key = %s, algorithm = A128GCM,
                              valid-from = "2030-01-01T00:00:00Z" }
                            { kid = "three:3", key-file = oauth.key,
                              valid-until = "2030-01-01T00:00:00Z" }
                          ]
                        }
                        """
                                .formatted(BASE64, HEX));
        assertEquals(SERVER, oauth.serverName());
        assertEquals(
                List.of("one", "two", "three:3"),
                oauth.keys().stream().map(SharedKey::id).toList());
        SharedKey one = oauth.keys().get(0);
        SharedKey two = oauth.keys().get(1);
        SharedKey three = oauth.keys().get(2);
        assertEquals(sealed(TokenAlgorithm.A256GCM), seal(one));
        assertEquals(sealed(TokenAlgorithm.A128GCM), seal(two));
        assertEquals(sealed(TokenAlgorithm.A256GCM), seal(three));
        Instant turn = Instant.parse("2030-01-01T00:00:00Z");
        assertTrue(one.isLive(Instant.MIN) && one.isLive(Instant.MAX));
        assertTrue(two.isLive(turn) && !two.isLive(turn.minusNanos(1)));
        assertTrue(three.isLive(turn.minusNanos(1)) && !three.isLive(turn));
    }

    @Test
    void readsKeysFromTheEnvironment() {
        Loaded loaded =
                ConfigFixture.environment(
                        Map.of(
                                "TURND_OAUTH_SERVER_NAME",
                                SERVER,
                                "TURND_OAUTH_KEYS",
                                "one:" + BASE64 + ",two:" + HEX + ":A128GCM"),
                        DUAL_STACK);
        OAuthSettings oauth = oauth(loaded);
        assertEquals(sealed(TokenAlgorithm.A256GCM), seal(oauth.keys().get(0)));
        assertEquals(sealed(TokenAlgorithm.A128GCM), seal(oauth.keys().get(1)));
    }

    @Test
    void isOffUnlessConfigured() {
        assertNull(config.loaded("realm = example.org").settings().auth().oauth());
    }

    @Test
    @Tag("S-11")
    void neverShowsAKey() {
        Loaded loaded =
                config.loaded(
                        "oauth { server-name = %s, keys = [{ kid = one, key = \"%s\" }] }"
                                .formatted(SERVER, BASE64));
        String printed = ConfigPrinter.print(loaded.values()) + loaded.settings();
        assertTrue(printed.contains("oauth.keys = [\"<redacted>\"]"), printed);
        assertFalse(printed.contains(BASE64) || printed.contains(HEX), printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ kid = a, kei = x } | a key has no kei | did you mean `key`?",
                "{ kid = a } | found an incomplete key | give a kid, and a key or a key-file",
                "{ key = a } | found an incomplete key | give a kid, and a key or a key-file",
                "{ kid = a, key = x, key-file = y } | found an incomplete key | "
                        + "give a kid, and a key or a key-file",
                "{ kid = a, key-file = missing } | the file with the key a can't be read | "
                        + "'check the path, and that the server''s user may read it'",
                "{ kid = a, key = \"?\" } | the key a is neither base64 nor hexadecimal | "
                        + "make one with `openssl rand -base64 32`",
                "{ kid = a, key = c2hvcnQ } | the key a has only 5 bytes, A256GCM needs 32 | "
                        + "make one with `openssl rand -base64 32`",
                "{ kid = a, key = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\" } | "
                        + "the key a has characters that repeat | "
                        + "make one with `openssl rand -base64 32`",
                "{ kid = a, key = x, algorithm = A256CBC } | the key a has algorithm A256CBC | "
                        + "choose one of A256GCM, A128GCM",
                "{ kid = a, key = x, valid-from = tomorrow } | valid-from of the key a is no time | "
                        + "write it as \"2030-01-31T00:00:00Z\"",
                "{ kid = a, key = x, valid-from = \"2031-01-01T00:00:00Z\", valid-until ="
                        + " \"2030-01-01T00:00:00Z\" } | the key a ends before it begins | "
                        + "exchange the two times",
                "{ kid = \"\", key = \"SEdrajMyS0pHaXV5MDk4c2RmYXFiTmpPaWF6NzE5MjM=\" } | "
                        + "found a kid that clients can't send | "
                        + "a kid is not empty and has no control or invisible characters",
                "abc | found no kid with a key | write kid:key",
            })
    void refusesABadKey(String key, String found, String fix) {
        var refused =
                assertInstanceOf(
                        Refused.class,
                        config.load("oauth { server-name = a, keys = [" + key + "] }"));
        assertEquals(1, refused.problems().size(), refused::toString);
        assertEquals(found, refused.problems().getFirst().found());
        assertEquals(fix, refused.problems().getFirst().fix());
        assertFalse(refused.toString().contains("SEdr"), refused::toString);
    }

    @Test
    void kidOccursOnce() {
        String key = "{ kid = one, key = \"%s\" }".formatted(BASE64);
        assertEquals(
                """
                turnd.conf:2: oauth.keys: the kid one occurs twice
                    expected: %s
                    fix: remove one
                """
                        .formatted(OAuthKeysReader.EXPECTED),
                config.refused("oauth { server-name = a, keys = [%s,\n%s] }".formatted(key, key)));
    }

    @Test
    void wantsNameAndKeysTogether() {
        String key = "{ kid = one, key = \"%s\" }".formatted(BASE64);
        assertTrue(
                config.refused("oauth.keys = [" + key + "]")
                        .contains("there is no oauth.server-name for them"));
        assertTrue(
                config.refused("oauth.server-name = a").contains("there are no oauth.keys for it"));
    }

    @Test
    void warnsOfAKeyThatHasRunOut() {
        Loaded loaded =
                config.loaded(
                        """
                        oauth.server-name = a
                        oauth.keys = { kid = one, key = "%s", valid-until = "2020-01-01T00:00:00Z" }
                        """
                                .formatted(BASE64));
        assertEquals(
                List.of("oauth.keys: the key one is good no more since 2020-01-01T00:00:00Z"),
                loaded.warnings());
    }

    @Test
    void warnsOfTruncatedSessionKeys() {
        Loaded loaded =
                config.loaded(
                        """
                        oauth.server-name = a
                        oauth.keys = { kid = one, key = "%s" }
                        oauth.truncated-mac-keys = on
                        """
                                .formatted(BASE64));
        assertEquals(ServerSettings.Switch.ON, oauth(loaded).truncatedMacKeys());
        assertTrue(loaded.warnings().getFirst().startsWith("oauth.truncated-mac-keys is on"));
    }

    @Test
    void nameFitsIntoADatagramWithEverythingElse() {
        assertTrue(
                config.refused("oauth { server-name = \"d\u00E9j\u00E0\", keys = [] }")
                        .contains("printable ASCII"));
        assertTrue(
                config.refused("oauth { server-name = %s, keys = [] }".formatted("a".repeat(128)))
                        .contains("printable ASCII"));
    }

    private OAuthSettings oauth(String text) {
        return oauth(ConfigFixture.expectLoaded(config.load(text)));
    }

    private static OAuthSettings oauth(Loaded loaded) {
        OAuthSettings oauth = loaded.settings().auth().oauth();
        assertNotNull(oauth);
        if (oauth == null) {
            throw new AssertionError();
        }
        return oauth;
    }

    private static Octets sealed(TokenAlgorithm algorithm) {
        byte[] bytes = "HGkj32KJGiuy098sdfaqbNjOiaz71923".getBytes(StandardCharsets.US_ASCII);
        return TokenKey.of(algorithm, bytes).seal(TOKEN, SERVER, Octets.of(new byte[12]));
    }

    private static Octets seal(SharedKey key) {
        return key.key().seal(TOKEN, SERVER, Octets.of(new byte[12]));
    }
}

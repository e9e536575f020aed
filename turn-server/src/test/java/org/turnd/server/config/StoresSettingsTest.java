package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.stun.KeyAlgorithm;

/// Where users are kept elsewhere: what the how-to page shows, and what can't be meant.
class StoresSettingsTest {
    private static final Path PAGE = Path.of("..", "docs", "howto", "credentials.md");
    private static final Pattern EXAMPLE = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL);

    private ConfigFixture config;

    @BeforeEach
    void prepare(@TempDir Path directory) {
        config = new ConfigFixture(directory);
    }

    private StoresSettings stores(String text) {
        return config.loaded(text).settings().auth().stores();
    }

    @Test
    void everyExampleOfTheHowToLoads() throws IOException {
        List<String> names = new ArrayList<>();
        Matcher example = EXAMPLE.matcher(Files.readString(PAGE));
        while (example.find()) {
            Loaded loaded = config.loaded(example.group(1));
            assertEquals(List.of(), loaded.warnings(), example.group(1));
            names.addAll(loaded.settings().auth().stores().names());
        }
        assertEquals(List.of("redis", "redis", "webhook", "jwt"), names);
    }

    @Test
    void storesAreEnoughWithoutASecret() {
        ConfigResult result =
                config.load(
                        "auth.stores.redis.url = \"redis://127.0.0.1\"",
                        Map.of(),
                        ConfigFixture.DUAL_STACK);
        assertTrue(result instanceof Loaded, result::toString);
    }

    @Test
    void offersWhatTheStoresUsersMayHave() {
        Loaded redis = config.loaded("auth.stores.redis.url = \"redis://127.0.0.1:6400/3\"");
        assertEquals(List.of(KeyAlgorithm.MD5), redis.settings().auth().passwordAlgorithms());
        RedisSettings settings = redis.settings().auth().stores().redis();
        assertNotNull(settings);
        assertEquals(3, settings.database());
        assertEquals(6400, settings.url().getPort());
        Loaded told =
                config.loaded(
                        """
                        auth.stores.redis.url = "redis://127.0.0.1"
                        auth.password-algorithms = [sha-256, md5]
                        """);
        assertEquals(
                List.of(KeyAlgorithm.SHA_256, KeyAlgorithm.MD5),
                told.settings().auth().passwordAlgorithms());
    }

    @Test
    void filesBeginAtTheConfiguration() {
        StoresSettings stores =
                stores(
                        """
                        auth.stores.ca = ca.pem
                        auth.stores.jwt { keys = jwks.json, issuer = i, audience = a
                          secret = "bWFrZXMgcGFzc3dvcmRzIG9mIHRva2Vucw" }
                        """);
        Path directory = config.file().toAbsolutePath().getParent();
        assertNotNull(directory);
        assertEquals(directory.resolve("ca.pem"), stores.ca());
        JwtSettings jwt = stores.jwt();
        assertNotNull(jwt);
        assertEquals(directory.resolve("jwks.json").toUri(), jwt.keys());
    }

    @Test
    void filesThatTheEnvironmentNamesBeginWhereTheServerWasStarted() {
        var result =
                config.load(
                        """
                        auth.stores.jwt { issuer = i, audience = a
                          secret = "bWFrZXMgcGFzc3dvcmRzIG9mIHRva2Vucw" }
                        """,
                        Map.of(
                                "TURND_AUTH_SECRET",
                                ConfigFixture.SECRET,
                                "TURND_AUTH_STORES_JWT_KEYS",
                                "jwks.json"),
                        ConfigFixture.DUAL_STACK);
        JwtSettings jwt = assertInstanceOf(Loaded.class, result).settings().auth().stores().jwt();
        assertNotNull(jwt);
        assertEquals(Path.of("jwks.json").toAbsolutePath().toUri(), jwt.keys());
    }

    @Test
    void refusesWhatWouldBeUnsafeOrMakesNoSense() {
        for (String url :
                List.of(
                        "http://example.org/users",
                        "http://127.0.0.1.example.org/",
                        "https://user:pass@example.org/",
                        "ftp://127.0.0.1/",
                        "https:///nowhere")) {
            String problem = config.refused("auth.stores.webhook.url = \"%s\"".formatted(url));
            assertTrue(problem.contains("auth.stores.webhook.url"), problem);
        }
        for (String url :
                List.of(
                        "http://127.0.0.1",
                        "redis://:secret@127.0.0.1",
                        "redis://h/x",
                        "redis:h")) {
            String problem = config.refused("auth.stores.redis.url = \"%s\"".formatted(url));
            assertTrue(problem.contains("auth.stores.redis.url"), problem);
        }
        String noUser =
                config.refused(
                        """
                        auth.stores.redis { url = "redis://127.0.0.1", user-key = "user:{realm}" }
                        """);
        assertTrue(noUser.contains("put {realm} and {user}"), noUser);
        String missing = config.refused("auth.stores.jwt.keys = \"https://example.org/jwks\"");
        for (String key : List.of("issuer", "audience", "secret")) {
            assertTrue(missing.contains("auth.stores.jwt." + key), missing);
        }
    }

    @Test
    void warnsOfWhatIsInTheClearOrDoesNothing() {
        assertTrue(
                config.loaded("auth.stores.redis.url = \"redis://redis.example.org\"")
                        .warnings()
                        .getFirst()
                        .contains("without TLS"));
        assertTrue(
                config.loaded("auth.stores.webhook.url = \"https://example.org\"")
                        .warnings()
                        .getFirst()
                        .contains("neither a token"));
        for (String url :
                List.of(
                        "jdbc:postgresql://db.example.org/turn",
                        "jdbc:mariadb:sequential://db1.example.org,db2.example.org/turn",
                        "jdbc:mariadb:replication://db1.example.org/turn")) {
            assertTrue(
                    config
                            .loaded("auth.stores.jdbc.url = \"%s\"".formatted(url))
                            .warnings()
                            .stream()
                            .anyMatch(warning -> warning.contains("without verified TLS")),
                    url);
        }
        assertTrue(
                config.loaded("auth.stores.redis.password = x")
                        .warnings()
                        .getFirst()
                        .contains("does nothing"));
    }
}

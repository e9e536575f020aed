package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.config.ConfigFixture.DUAL_STACK;
import static org.turnd.server.config.ConfigFixture.SECRET;
import static org.turnd.server.config.ConfigFixture.expectLoaded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.ConfigResult.Refused;
import org.turnd.server.config.ServerSettings.Secret;

/// What is printed and generated: effective values, the reference, the file to begin with.
class ConfigPagesTest {
    private static final Path REFERENCE = Path.of("../docs/reference/configuration.md");
    private static final Path SHIPPED = Path.of("../conf/turnd.conf");
    private static final String REGENERATE =
            "mvn -pl turn-server -am test -Dtest=ConfigPagesTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dturnd.regenerate=true";

    @TempDir Path directory;

    @Test
    void referenceIsUpToDate() throws IOException {
        String expected = ConfigReference.markdown();
        if (Boolean.getBoolean("turnd.regenerate")) {
            Files.createDirectories(REFERENCE.getParent());
            Files.writeString(REFERENCE, expected);
        }
        String actual = Files.exists(REFERENCE) ? Files.readString(REFERENCE) : "";
        assertTrue(
                expected.equals(actual),
                "docs/reference/configuration.md is stale; regenerate it with:\n" + REGENERATE);
    }

    @Test
    void referenceHasEveryKeyWithItsVariable() {
        String reference = ConfigReference.markdown();
        for (Setting<?> setting : Schema.ALL) {
            assertTrue(reference.contains("\n## " + setting.path() + "\n"), setting.path());
            assertTrue(reference.contains("`" + setting.variable() + "`"), setting.variable());
        }
    }

    @Test
    void printsEveryValueWithItsOriginAndNoSecret() {
        var config = new ConfigFixture(directory);
        Loaded loaded =
                expectLoaded(
                        config.load(
                                """
                                realm = example.org
                                auth {
                                  secret = [
                                    "another-s3cret-of-mine"
                                    "yet-an0ther-of-mine"
                                  ]
                                  users = [ { name = alice, password = "wonder-land-77" } ]
                                }
                                relay.min-port = 50000
                                """,
                                Map.of(
                                        "TURND_REALM", "example.com",
                                        "TURND_PEERS_ALLOW", "10.0.0.0/8"),
                                DUAL_STACK));
        String printed = ConfigPrinter.print(loaded.values()).replace(directory + "/", "");

        assertEquals(Schema.ALL.size(), printed.lines().count());
        assertFalse(printed.contains("mine") || printed.contains("wonder"), printed);
        assertPrinted(printed, "realm = \"example.com\"", "environment variable TURND_REALM");
        assertPrinted(printed, "auth.secret = [\"<redacted>\", \"<redacted>\"]", "turnd.conf:3");
        assertPrinted(printed, "auth.users = [\"<redacted>\"]", "turnd.conf:7");
        assertPrinted(printed, "relay.min-port = 50000", "turnd.conf:9");
        assertPrinted(printed, "relay.max-port = 65535", "default");
        assertPrinted(printed, "relay.ipv4 = \"198.51.100.7\"", "default");
        assertPrinted(
                printed,
                "peers.allow = [\"10.0.0.0/8\"]",
                "environment variable TURND_PEERS_ALLOW");
        assertPrinted(printed, "listeners.udp = [\"0.0.0.0:3478\", \"[::]:3478\"]", "default");
    }

    @Test
    void whatIsPrintedCanBeRead() {
        var config = new ConfigFixture(directory);
        Loaded first = config.loaded("relay.min-port = 50000");
        String printed =
                ConfigPrinter.print(first.values())
                        .lines()
                        .filter(line -> !line.contains("redacted"))
                        .reduce("", (text, line) -> text + line + "\n");
        assertEquals(first.settings(), config.loaded(printed).settings());
    }

    @Test
    void shippedFileAsksForASecretAndNothingElse() {
        var refused =
                assertInstanceOf(Refused.class, ConfigLoader.load(SHIPPED, Map.of(), DUAL_STACK));
        assertEquals(
                List.of("auth.secret"),
                refused.problems().stream().map(ConfigProblem::key).toList());
    }

    @Test
    void shippedFileIsSafeWithASecretFromTheEnvironment() {
        Loaded shipped =
                expectLoaded(
                        ConfigLoader.load(
                                SHIPPED, Map.of("TURND_AUTH_SECRET", SECRET), DUAL_STACK));
        Loaded defaults =
                ConfigFixture.environment(Map.of("TURND_AUTH_SECRET", SECRET), DUAL_STACK);
        assertEquals(defaults.settings(), shipped.settings());
        assertEquals(List.of(), shipped.warnings());
    }

    @Test
    void templateIsTheShippedFileWithAFreshSecret() throws IOException {
        assertEquals(Files.readString(SHIPPED), ConfigTemplate.text());
        var config = new ConfigFixture(directory);
        Loaded loaded =
                expectLoaded(config.load(ConfigTemplate.withSecret(SECRET), Map.of(), DUAL_STACK));
        assertEquals(List.of(new Secret(SECRET)), loaded.settings().auth().secrets());
    }

    /// A key that only a comment of the shipped file mentions would be found out by the first
    /// operator who removes the `#`.
    @Test
    void everyCommentedKeyOfTheShippedFileExists() throws IOException {
        String uncommented =
                Files.readString(SHIPPED)
                        .replaceAll("(?m)^( +)# ([a-z0-9-]+ = .*)$", "$1$2")
                        .replace("secret = \"\"", "secret = " + SECRET)
                        .replace("password = \"\"", "password = wonder-land-77")
                        .replace("/etc/turnd/", directory + "/");
        Files.writeString(directory.resolve("fullchain.pem"), "certificate");
        Files.writeString(directory.resolve("privkey.pem"), "key");
        var config = new ConfigFixture(directory);
        Loaded loaded = expectLoaded(config.load(uncommented, Map.of(), DUAL_STACK));
        long said = loaded.values().stream().filter(one -> one.origin().line() > 0).count();
        assertEquals(16, said);
    }

    private static void assertPrinted(String printed, String assignment, String origin) {
        assertTrue(
                printed.lines()
                        .anyMatch(line ->
                                line.startsWith(assignment + " ")
                                        && line.endsWith("  # " + origin)),
                () -> assignment + "  # " + origin + " in\n" + printed);
    }
}

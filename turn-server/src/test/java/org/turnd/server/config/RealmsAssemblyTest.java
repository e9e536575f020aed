package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.stun.TransportAddress;

/// Realms beside the default one, as an operator writes them.
class RealmsAssemblyTest {
    private static final String SECRET = "h8Q2mZ5tY1cX9vK4wR7e";

    @TempDir Path directory;
    private ConfigFixture config;

    @BeforeEach
    void inADirectory() {
        config = new ConfigFixture(directory);
    }

    @Test
    void readsARealm() throws IOException {
        Files.writeString(directory.resolve("secrets"), "\n" + ConfigFixture.SECRET + "x\n");
        Loaded loaded =
                config.loaded(
                        """
                        listeners.udp = ["0.0.0.0:3478", "[2001:db8::7]:3478"]
                        realms {
                          "b.example" {
                            listeners = ["198.51.100.7:3478"]
                            auth.secret = %s
                            auth.secret-file = secrets
                            limits { allocations = 5, bandwidth-per-user = 1MiB }
                          }
                          a {
                            listeners = ["[2001:db8::7]:3478"]
                            auth.users = [{ name = carol, password = "7Hq2-vX9p-Lm4t" }]
                          }
                        }
                        """
                                .formatted(SECRET));
        List<RealmSettings> realms = loaded.settings().realms();
        assertEquals(List.of("a", "b.example"), realms.stream().map(RealmSettings::name).toList());
        RealmSettings a = realms.getFirst();
        assertEquals(RealmSettings.Limits.NONE, a.limits());
        assertEquals(List.of(), a.secrets(), "none of the top level's");
        assertEquals(
                ServerSettings.User.of("carol", "a", "7Hq2-vX9p-Lm4t").md5Keys(),
                a.users().getFirst().md5Keys());
        RealmSettings b = realms.get(1);
        assertEquals(
                List.of(new Secret(SECRET), new Secret(ConfigFixture.SECRET + "x")), b.secrets());
        assertEquals(new RealmSettings.Limits(5, 0, 0, 1 << 20), b.limits());
        TransportAddress claimed = ConfigFixture.PUBLIC.withPort(3478);
        assertEquals(2, RealmSettings.indexOf(realms, claimed));
        assertEquals(0, RealmSettings.indexOf(realms, claimed.withPort(3479)));
    }

    @Test
    void printsThemWithoutSecrets() {
        Loaded loaded =
                config.loaded(
                        """
                        realms."b.example" {
                          listeners = ["0.0.0.0:3478"]
                          auth.secret = %s
                        }
                        """
                                .formatted(SECRET));
        String printed = ConfigPrinter.print(loaded.values());
        assertTrue(
                printed.contains("realms.\"b.example\".auth.secret = [\"<redacted>\"]"), printed);
        assertTrue(printed.contains("realms.\"b.example\".limits.allocations = none"), printed);
        assertFalse(printed.contains(SECRET));
    }

    @Test
    void reportsEverythingAtOnce() {
        assertEquals(
                """
                turnd.conf:3: realms."b.example".listeners: nothing listens at 198.51.100.7:9
                    expected: addresses of `listeners`
                    fix: add it to listeners.udp or another of `listeners`, or remove it here
                turnd.conf:4: realms."b.example".auth.secret: found a secret with only 8 characters
                    expected: a random text of at least 16 characters
                    fix: make one with `turnd init` or `openssl rand -hex 32`
                turnd.conf:5: realms."b.example".limits.alocations: there is no such key
                    expected: a key of the reference
                    fix: did you mean `realms."b.example".limits.allocations`? Otherwise remove it
                turnd.conf:7: realms.turnd: the name is that of the default realm
                    expected: a name of its own
                    fix: rename one of them; the default realm's name is `realm`
                turnd.conf:8: realms.turnd.listeners: 198.51.100.7:3478 is claimed by realms."b.example"
                    expected: a listener of one realm
                    fix: remove it from one of them
                turnd.conf:11: realms.example.org: there is no such key
                    expected: a key of the reference
                    fix: remove it, or write a name with dots in quotes: realms."example.org"
                turnd.conf: realms.example.listeners: no client would ever be in this realm
                    expected: addresses of `listeners`
                    fix: name the listeners whose clients are in it
                turnd.conf: realms.example.auth.secret: this realm has neither a secret nor a user
                    expected: a random text of at least 16 characters
                    fix: give it a secret of its own; it has none of the top level's
                """,
                config.refused(
                        """
                        realms {
                          "b.example" {
                            listeners = ["198.51.100.7:3478", "198.51.100.7:9"]
                            auth.secret = tooshort
                            limits.alocations = 5
                          }
                          turnd {
                            listeners = "198.51.100.7:3478"
                            auth.secret = %s
                          }
                          example.org {
                            listeners = "198.51.100.7:3478"
                          }
                        }
                        """
                                .formatted(SECRET)));
    }

    @Test
    void refusesSecretFilesThatHoldNone() throws IOException {
        Files.writeString(directory.resolve("weak"), "changeme\n");
        Files.writeString(directory.resolve("empty"), "\n");
        for (String file : List.of("weak", "empty", "missing")) {
            String problem =
                    config.refused(
                            """
                            realms.b {
                              listeners = "198.51.100.7:3478"
                              auth.secret-file = %s
                            }
                            """
                                    .formatted(file));
            assertTrue(problem.startsWith("turnd.conf:3: realms.b.auth.secret-file: "), problem);
            assertFalse(problem.contains("changeme"), problem);
            assertFalse(problem.contains("neither a secret"), problem);
        }
    }

    @Test
    void needsNoUsersInTheDefaultRealm() {
        ConfigFixture.expectLoaded(
                config.load(
                        """
                        realms.b {
                          listeners = "198.51.100.7:3478"
                          auth.secret = %s
                        }
                        """
                                .formatted(SECRET),
                        Map.of(),
                        ConfigFixture.DUAL_STACK));
    }

    @Test
    void takesUsersSecretsAndLimitsWhileItRuns() {
        ServerSettings before = withRealm("b", "\"198.51.100.7:3478\"", SECRET, 5);
        ServerSettings after =
                withRealm("b", "\"198.51.100.7:3478\", \"[2001:db8::7]:3478\"", SECRET + "x", 6);
        SettingsChange change = SettingsChange.of(before, after);
        assertEquals(
                List.of("realms.b.auth.secret", "realms.b.limits.allocations"), change.taken());
        assertEquals(List.of("realms.b.listeners"), change.needRestart());
        RealmSettings inForce = change.inForce().realms().getFirst();
        assertEquals(before.realms().getFirst().listeners(), inForce.listeners());
        assertEquals(6, inForce.limits().allocations());
        ServerSettings renamed = withRealm("c", "\"198.51.100.7:3478\"", SECRET, 5);
        SettingsChange other = SettingsChange.of(before, renamed);
        assertEquals(List.of(), other.taken());
        assertEquals(List.of("realms.b", "realms.c"), other.needRestart());
        assertEquals(before.realms(), other.inForce().realms());
    }

    private ServerSettings withRealm(String name, String listeners, String secret, int max) {
        return config.loaded(
                        """
                        realms.%s {
                          listeners = [%s]
                          auth.secret = %s
                          limits.allocations = %d
                        }
                        """
                                .formatted(name, listeners, secret, max))
                .settings();
    }
}

package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.config.ConfigFixture.DUAL_STACK;
import static org.turnd.server.config.ConfigFixture.IPV4_ONLY;
import static org.turnd.server.config.ConfigFixture.SECRET;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.config.ConfigResult.Refused;

/// What operators read when something is wrong, word by word.
class ConfigProblemsTest {
    private static final Map<String, String> WITH_SECRET = Map.of("TURND_AUTH_SECRET", SECRET);

    @TempDir Path directory;
    private ConfigFixture config;

    @BeforeEach
    void inADirectory() {
        config = new ConfigFixture(directory);
    }

    @Test
    void reportsEverythingAtOnceInTheOrderOfTheFile() {
        assertEquals(
                """
                turnd.conf:1: realm: found a list
                    expected: 1 to 127 characters without quotes and control characters
                    fix: write one value
                turnd.conf:3: relay.min-prot: there is no such key
                    expected: a key of the reference
                    fix: did you mean `relay.min-port`? Otherwise remove it
                turnd.conf:4: relay.max-port: found 80
                    expected: a whole number from 1024 to 65535
                    fix: use 1024 or more
                turnd.conf:6: log.level: found loud
                    expected: one of error, warn, info, debug
                    fix: choose one of error, warn, info, debug
                turnd.conf: auth.secret: nobody could allocate: there is neither a secret nor a user
                    expected: a random text of at least 16 characters
                    fix: run `turnd init` for a file with a fresh secret, or set TURND_AUTH_SECRET or TURND_AUTH_SECRET_FILE
                """,
                config.shown(
                        config.load(
                                """
                                realm = [a, b]
                                relay {
                                  min-prot = 50000
                                  max-port = 80
                                }
                                log.level = loud
                                """)));
    }

    @Test
    void problemHasItsParts() {
        var refused = assertInstanceOf(Refused.class, config.load("\nshards = many"));
        ConfigProblem problem = refused.problems().getFirst();
        assertEquals(2, problem.origin().line());
        assertEquals(config.file().toString(), problem.origin().file());
        assertEquals("shards", problem.key());
        assertEquals("found many", problem.found());
        assertEquals("auto, or a whole number from 1 to 256", problem.expected());
        assertEquals("write digits only", problem.fix());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "relay.quarantine = 30 | found 30 | add a unit, as in 0s",
                "relay.quarantine = 1 day | found 1 day | use 10m or less",
                "relay.quarantine = 3 moons | found 3 moons | there is no such unit",
                "auth.nonce-lifetime = 59s | found 59s | use 1m or more",
                "limits.stream-queue = 262144 | found 262144 | add a unit, as in 16KiB",
                "limits.stream-queue = 1KiB | found 1KiB | use 16KiB or more",
                "limits.stream-queue = 1GiB | found 1GiB | use 64MiB or less",
                "relay.min-port = 1.5 | found 1.5 | write digits only",
                "relay.min-port = 1023 | found 1023 | use 1024 or more",
                "relay.min-port = 65536 | found 65536 | use 65535 or less",
                "limits.max-lifetime = 2h | found 2h | use 1h or less",
                "limits.channels-per-allocation = 5000 | found 5000 | use 4096 or less",
                "relay.ipv4 = \"0.0.0.0\" | found 0.0.0.0 | "
                        + "peers must be told one address: name it instead of the wildcard",
                "relay.ipv4 = \"::1\" | found ::1 | " + "write an IPv4 address without a port",
                "relay.ipv6 = \"turn.example:1\" | found turn.example:1 | "
                        + "write an IPv6 address without a port",
                "relay.external-ipv6 = \"192.0.2.1\" | found 192.0.2.1 | "
                        + "write an IPv6 address without a port",
                "relay.external-ipv4 = \"stuns:a.example\" | found stuns:a.example | "
                        + "write stun: for a STUN server over UDP",
                "relay.external-ipv4 = \"stun:a.example:0\" | found stun:a.example:0 | "
                        + "mend the URI: ':0' is not a port from :1 to :65535",
                "relay.external-ipv4 = \"stun:\" | found stun: | mend the URI: has no host",
                "relay.external-refresh = 1s | found 1s | use 10s or more",
                "listeners.udp = [\"turn.example:65536\"] | found turn.example:65536 | write an"
                        + " address or a name, a colon and a port up to 65535; IPv6 in brackets",
                "listeners.tcp = turn.example | found turn.example | write an"
                        + " address or a name, a colon and a port up to 65535; IPv6 in brackets",
                "listeners.tcp = \"10.0.0.256:3478\" | found 10.0.0.256:3478 | write an"
                        + " address or a name, a colon and a port up to 65535; IPv6 in brackets",
                "listeners.tcp = \"2001:db8::1:3478\" | found 2001:db8::1:3478 | write an"
                        + " address or a name, a colon and a port up to 65535; IPv6 in brackets",
                "peers.deny = [\"10.0.0.1/8\"] | found 10.0.0.1/8 | "
                        + "the block of this size begins at 10.0.0.0/8",
                "realm = \"a\\\"b\" | found a\"b | a domain name of yours is a good realm",
                "software = \"\" | found  | shorten it, or remove the key",
                "auth.username-separator = \"7\" | found 7 | remove the key for the usual colon",
            })
    void refusesAValueWithItsFix(String line, String found, String fix) {
        var refused = assertInstanceOf(Refused.class, config.load(line, WITH_SECRET, DUAL_STACK));
        assertEquals(1, refused.problems().size(), refused::toString);
        ConfigProblem problem = refused.problems().getFirst();
        assertEquals(found.strip(), problem.found().strip());
        assertEquals(fix, problem.fix());
        assertEquals(1, problem.origin().line());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "relay.minport = 1 | relay.minport | "
                        + "did you mean `relay.min-port`? Otherwise remove it",
                "min-port = 1 | min-port | did you mean `relay.min-port`? Otherwise remove it",
                "listener.udp = [] | listener | did you mean `listeners`? Otherwise remove it",
                "http.port = 1 | http.port | remove it",
                "user-database = x | user-database | remove it",
            })
    void unknownKeyIsAnErrorWithASuggestion(String line, String key, String fix) {
        assertEquals(
                """
                turnd.conf:1: %s: there is no such key
                    expected: a key of the reference
                    fix: %s
                """
                        .formatted(key, fix),
                config.refused(line));
    }

    @Test
    void groupIsNoValueAndValueIsNoGroup() {
        assertEquals(
                """
                turnd.conf:1: relay: found a value
                    expected: a group of keys
                    fix: write `relay { ... }`, see the reference of keys
                turnd.conf:2: listeners.udp: found a group of keys
                    expected: an IP address, an interface, a host name or *, and a port, as in 192.0.2.1:3478, [2001:db8::1]:3478, eth0:3478, turn.example.org:3478 or *:3478
                    fix: write a list of values: [ ... ]
                """,
                config.refused("relay = yes\nlisteners.udp { address = a }"));
    }

    @Test
    void nestingWithoutEndIsAProblem() {
        assertEquals(
                """
                turnd.conf: is nested too deeply
                    expected: groups and lists a few levels deep
                    fix: close every bracket that is opened
                """,
                config.refused("realm = " + "[".repeat(200_000)));
    }

    @Test
    void everyPartOfAListHasItsOwnLine() {
        assertEquals(
                """
                turnd.conf:3: peers.deny: found 10.0.0.0/40
                    expected: an IP address or a block of them, as in 192.0.2.1 or 10.0.0.0/8
                    fix: the prefix length is not 0 to 32
                turnd.conf:4: peers.deny: found localhost
                    expected: an IP address or a block of them, as in 192.0.2.1 or 10.0.0.0/8
                    fix: not an IP address
                """,
                config.refused(
                        """
                        peers.deny = [
                          "8.8.8.8"
                          "10.0.0.0/40"
                          localhost
                        ]
                        """));
    }

    @Test
    void portsMayNotCollide() {
        assertEquals(
                """
                turnd.conf:1: listeners.udp: the port of 0.0.0.0:50000 is one of the relays'
                    expected: a port outside of 49152-65535
                    fix: change the port, or relay.min-port and relay.max-port
                turnd.conf:2: listeners.tcp: 198.51.100.7:443 is already taken by listeners.tcp
                    expected: each address and port once
                    fix: remove one, or give it another port
                turnd.conf:3: http.address: 127.0.0.1:443 is already taken by listeners.tcp
                    expected: an address and port of its own
                    fix: give it another port
                """,
                config.refused(
                        """
                        listeners.udp = ["0.0.0.0:50000", "[::]:3478", "0.0.0.0:3478"]
                        listeners.tcp = ["0.0.0.0:443", "[::]:443", "198.51.100.7:443"]
                        http.address = "127.0.0.1:443"
                        """));
    }

    @Test
    void freePortsNeverCollide() {
        config.loaded(
                "listeners { udp = [\"0.0.0.0:0\", \"127.0.0.1:0\"], tcp = [\"0.0.0.0:0\"] }");
    }

    @Test
    void certificateKeyAndListenerBelongTogether() throws IOException {
        Files.writeString(directory.resolve("pem"), "pem");
        assertEquals(
                """
                turnd.conf:1: listeners.tls: there is no certificate
                    expected: tls.certificate and tls.key
                    fix: set both, or remove listeners.tls
                """,
                config.refused("listeners.tls = \"0.0.0.0:443\""));
        assertEquals(
                """
                turnd.conf:1: tls.certificate: there is no tls.key for it
                    expected: tls.certificate and tls.key together
                    fix: set tls.key
                """,
                config.refused("tls.certificate = pem"));
        assertEquals(
                """
                turnd.conf:1: tls.key: there is no tls.certificate for it
                    expected: tls.certificate and tls.key together
                    fix: set tls.certificate
                """,
                config.refused("tls.key = pem"));
        assertEquals(
                """
                turnd.conf:2: tls.certificate: there is no file no.pem
                    expected: the path of a readable file
                    fix: check the path, and that the server's user may read it
                turnd.conf:3: tls.key: . can't be read
                    expected: the path of a readable file
                    fix: check the path, and that the server's user may read it
                """,
                config.refused("\ntls.certificate = no.pem\ntls.key = .").replace("/.", "."));
    }

    @Test
    void relayNeedsPortsAndAnAddress() {
        assertEquals(
                """
                turnd.conf:1: relay.ipv4: no address to relay from
                    expected: relay.ipv4 or relay.ipv6
                    fix: name an address of this machine
                turnd.conf:1: relay.external-ipv4: there are no relays of this family
                    expected: an external address for a relay address
                    fix: set relay.ipv4, or remove this key
                turnd.conf:2: relay.min-port: the first port, 60001, is above the last, 60000
                    expected: relay.min-port up to relay.max-port
                    fix: exchange them, or remove both
                """,
                config.refused(
                        """
                        relay { ipv4 = none, ipv6 = none, external-ipv4 = "192.0.2.1" }
                        relay { min-port = 60001, max-port = 60000 }
                        """));
        assertEquals(
                """
                turnd.conf: relay.ipv4: no address to relay from
                    expected: relay.ipv4 or relay.ipv6
                    fix: name an address of this machine
                """,
                config.shown(
                        config.load("", WITH_SECRET, new LocalMachine(List.of(), null, null))));
    }

    // F-18
    @Test
    void longestLifetimeIsNotBelowTheDefault() {
        assertEquals(
                """
                turnd.conf:1: limits.max-lifetime: the longest lifetime is below the default one
                    expected: limits.default-lifetime up to limits.max-lifetime
                    fix: raise limits.max-lifetime to 10m or more
                """,
                config.refused("limits.max-lifetime = 9m"));
    }

    @Test
    void needsAListener() {
        assertEquals(
                """
                turnd.conf:1: listeners.udp: there is no listener at all
                    expected: at least one listener
                    fix: remove the key, or name an address
                """,
                config.refused("listeners { udp = [], tcp = [] }"));
    }

    @Test
    void environmentIsNamedAsThePlace() {
        assertEquals(
                """
                environment variable TURND_RELAY_MIN_PORT: relay.min-port: found 80
                    expected: a whole number from 1024 to 65535
                    fix: use 1024 or more
                environment variable TURND_AUTH_SECRET_FILE: auth.secret: TURND_AUTH_SECRET is set, too
                    expected: one of the two
                    fix: unset one of them
                """
                        .lines()
                        .sorted()
                        .toList(),
                config.shown(
                                config.load(
                                        "auth.users = [{ name = bob, password = builder-builds }]",
                                        Map.of(
                                                "TURND_RELAY_MIN_PORT", "80",
                                                "TURND_AUTH_SECRET", SECRET,
                                                "TURND_AUTH_SECRET_FILE", "/none"),
                                        IPV4_ONLY))
                        .lines()
                        .sorted()
                        .toList());
    }

    @Test
    void unreadableSecretFileIsTheOnlyProblem() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        for (Map.Entry<Path, String> file :
                Map.of(
                                directory.resolve("missing"),
                                "the file can't be read",
                                empty,
                                "the file is empty")
                        .entrySet()) {
            assertEquals(
                    """
                    %s (TURND_AUTH_SECRET_FILE): auth.secret: %s
                        expected: a readable file with a random text of at least 16 characters
                        fix: check the path, and that the server's user may read it
                    """
                            .formatted(file.getKey().getFileName(), file.getValue()),
                    config.shown(
                            config.load(
                                    "",
                                    Map.of("TURND_AUTH_SECRET_FILE", file.getKey().toString()),
                                    DUAL_STACK)));
        }
    }

    @Test
    void missingFileIsNamed() {
        var result = ConfigLoader.load(directory.resolve("turnd.conf"), WITH_SECRET, DUAL_STACK);
        assertEquals(
                """
                turnd.conf: there is no such file
                    expected: a configuration file
                    fix: write one with `turnd init`, or name another with -c
                """,
                config.shown(result));
        assertTrue(
                config.shown(ConfigLoader.load(directory, WITH_SECRET, DUAL_STACK))
                        .contains("can't be read"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"realm = a\n}\n", "realm = a\nlisteners [", "realm = a\nlog.level = ${"})
    void brokenSyntaxIsFoundOnItsLine(String text) {
        var lines = config.refused(text).lines().toList();
        assertTrue(lines.getFirst().matches("turnd\\.conf:[23]: \\S.*"), lines::toString);
        assertEquals("    fix: mend this line, or the one before it", lines.getLast());
    }

    @Test
    void substitutionOfNothingIsFoundOnItsLine() {
        assertEquals(
                """
                turnd.conf:2: Could not resolve substitution to a value: ${no.such.thing}
                    expected: HOCON: `key = value` lines in groups { ... }
                    fix: mend this line, or the one before it
                """,
                config.refused("\nrealm = ${no.such.thing}"));
    }

    @Test
    void nullIsAsGoodAsNothing() {
        assertEquals("turnd", config.loaded("realm = null").settings().realm());
    }
}

package org.turnd.cli.coturn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.cli.coturn.Finding.Kind;
import org.turnd.server.config.CidrBlock;
import org.turnd.server.config.ConfigLoader;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.config.JdbcSettings;
import org.turnd.server.config.LocalMachine;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

class TranslationTest {
    private static final String SECRET = "b7Rk2mQ9xT4vW8zN1cY6pL3sD5gH0jFa";
    private static final String USER = "user=alice:kM4vT7xQ2nLp9sWd\n";

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "realm=example.org",
                "realm = example.org",
                "realm example.org",
                "realm\t=\texample.org  ",
                "  realm=example.org",
                "realm=\"example.org\"",
                "realm=\"example.org\"  \r",
                "realm=first.example.org\nrealm=example.org",
                "# realm=other.example.org\n\nrealm=example.org",
                "--realm=example.org",
                "--realm example.org",
                "-r example.org",
                "-rexample.org",
                "turnserver -n --realm='example.org' -v",
                "/usr/bin/turnserver -a -r \"example.org\" -p 3479",
            })
    void readsWhatCoturnReads(String lines) throws IOException {
        assertEquals("example.org", settings(lines + "\n" + USER).realm());
    }

    @ParameterizedTest
    @CsvSource({
        "no-udp, true",
        "no-udp=1, true",
        "no-udp=yes, true",
        "no-udp=on, true",
        "no-udp=t, true",
        "no-udp=0, false",
        "no-udp=no, false",
        "no-udp=off, false",
        "no-udp=False, false"
    })
    void readsFlagsAsCoturnDoes(String line, boolean isOn) throws IOException {
        ServerSettings settings = settings(USER + line);
        assertEquals(isOn, listeners(settings, Protocol.UDP).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0-10.255.255.255, 10.0.0.0/8",
        "8.8.8.8, 8.8.8.8/32",
        "8.8.8.8-8.8.8.8, 8.8.8.8/32",
        "8.8.8.7-8.8.8.9, 8.8.8.7/32 8.8.8.8/31",
        "0.0.0.0-255.255.255.255, 0.0.0.0/0",
        "1.0.0.1-1.0.0.6, 1.0.0.1/32 1.0.0.2/31 1.0.0.4/31 1.0.0.6/32",
        "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db8::/32",
        "64:ff9b::-64:ff9b::ffff:ffff, 64:ff9b::/96",
        "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ::/0",
        "fe80::1-fe80::2, fe80::1/128 fe80::2/128",
        "192.0.2.0/24, 192.0.2.0/24",
        "10.0.0.9-10.0.0.1, ",
        "10.0.0.1-fe80::1, ",
        "10.0.0.0/33, ",
        "peers.example.org, "
    })
    void makesBlocksOfRanges(String range, String blocks) {
        AddressSpan span = AddressSpan.parse(range);
        assertEquals(
                blocks,
                span == null
                        ? null
                        : span.blocks().stream()
                                .map(CidrBlock::toString)
                                .collect(Collectors.joining(" ")));
    }

    @Test
    void boundsBandwidthAsCoturnDoes() throws IOException {
        var bandwidth =
                settings(USER + "max-bps=1000000\nbps-capacity=90000000")
                        .limits()
                        .throttles()
                        .bandwidth();
        assertEquals(1_000_000, bandwidth.perAllocation());
        assertEquals(90_000_000, bandwidth.total());
        assertEquals(0, bandwidth.perUser());
        var unbounded = settings(USER + "max-bps=0\nbps-capacity=0").limits().throttles();
        assertEquals(0, unbounded.bandwidth().total());
    }

    @Test
    void everyOptionIsTranslatedOrSpokenOf() throws IOException {
        for (CoturnOption option : CoturnOptions.all()) {
            String value =
                    switch (option.name()) {
                        case "realm" -> "=example.org";
                        case "static-auth-secret" -> "=" + SECRET;
                        case "user" -> "=alice:kM4vT7xQ2nLp9sWd";
                        case "listening-ip", "relay-ip" -> "=127.0.0.1";
                        case "external-ip" -> "=192.0.2.1";
                        case "aux-server", "alternate-server", "tls-alternate-server" ->
                                "=192.0.2.7:3480";
                        case "denied-peer-ip", "allowed-peer-ip" -> "=198.18.0.1-198.18.0.9";
                        case "rest-api-separator" -> "=;";
                        default -> option.takes() == CoturnOption.Takes.FLAG ? "" : "=4000";
                    };
            Translation translation = Translation.of(option.name() + value, "t.conf", directory);
            boolean isSpokenOf =
                    translation.findings().stream().anyMatch(finding -> finding.line() == 1);
            assertTrue(translation.translated() == 1 || isSpokenOf, option.name());
            if (option.fate() == CoturnOption.Fate.KEY) {
                assertTrue(
                        translation.findings().stream()
                                .noneMatch(finding -> finding.text().startsWith("a later line")),
                        option.name());
            } else {
                assertEquals(0, translation.translated(), option.name());
            }
            load(translation.text());
        }
    }

    @Test
    void everythingAtOnceIsValidToo() throws IOException {
        String all =
                CoturnOptions.all().stream()
                        .map(option ->
                                option.name()
                                        + (option.takes() == CoturnOption.Takes.FLAG
                                                ? ""
                                                : "=127.0.0.1"))
                        .filter(line -> !line.matches("no-(udp|tcp)|.*alternate-server.*"))
                        .collect(Collectors.joining("\n"));
        load(Translation.of(all, "t.conf", directory).text());
    }

    @Test
    void whatIsUnsafeIsSaidAndNotCarriedOver() throws IOException {
        String file =
                """
                no-auth
                allow-loopback-peers
                server-relay
                static-auth-secret=north
                allowed-peer-ip=127.0.0.0-127.255.255.255
                user=bob:qwerty
                CA-file=/etc/ssl/clients.pem
                """;
        Translation translation = Translation.of(file, "t.conf", directory);
        assertEquals(
                List.of(1, 2, 3, 4, 5, 7),
                translation.findings().stream()
                        .filter(finding -> finding.kind() == Kind.UNSAFE)
                        .map(Finding::line)
                        .toList());
        ServerSettings settings = load(translation.text());
        assertEquals(List.of(), settings.peers().allow());
        assertEquals(List.of(), settings.auth().users());
        assertFalse(translation.text().contains("north"), "only a fresh secret");
        assertEquals(1, settings.auth().secrets().size());
        assertFalse(translation.isComplete());
    }

    @Test
    void whoCouldNotLogInStillCannot() throws IOException {
        ServerSettings settings = settings("static-auth-secret=" + SECRET + "\n" + USER);
        assertEquals(List.of(), settings.auth().users());
        assertEquals(1, settings.auth().secrets().size());
    }

    @Test
    void aFileThatNamesNobodyLetsNobodyIn() throws IOException {
        Translation translation = Translation.of("listening-port=3478\n", "t.conf", directory);
        assertEquals(Kind.UNSAFE, translation.findings().getFirst().kind());
        assertEquals(1, load(translation.text()).auth().secrets().size());
    }

    @Test
    void keepsUsersWithPasswordsAndKeys() throws IOException {
        ServerSettings settings =
                settings(
                        """
                        lt-cred-mech
                        realm=north.gov
                        user=alice:kM4vT7xQ2nLp9sWd
                        user=ninefingers:0xbc807ee29df3c9ffa736523fb2c4e8ee
                        """);
        assertEquals(
                List.of("alice", "ninefingers"),
                settings.auth().users().stream().map(ServerSettings.User::name).toList());
    }

    @Test
    void noTextOfTheFileBecomesMoreThanAText() throws IOException {
        ServerSettings settings =
                settings(
                        """
                        realm=${HOME} { a = b }
                        lt-cred-mech
                        user=al"ice${?HOME}:kM4vT7xQ2n\\Lp9sWd"]
                        """);
        assertEquals("${HOME} { a = b }", settings.realm());
        assertEquals("al\"ice${?HOME}", settings.auth().users().getFirst().name());
    }

    @Test
    void listensWhereCoturnDid() throws IOException {
        certificate();
        ServerSettings settings =
                settings(
                        USER
                                + """
                                listening-ip=127.0.0.1
                                listening-ip=127.0.0.2
                                listening-port=3500
                                tls-listening-port=3501
                                aux-server=127.0.0.3:3502
                                cert=cert.pem
                                pkey=key.pem
                                no-dtls
                                """);
        assertEquals(
                List.of("127.0.0.1:3500", "127.0.0.2:3500", "127.0.0.3:3502"),
                listeners(settings, Protocol.UDP));
        assertEquals(listeners(settings, Protocol.UDP), listeners(settings, Protocol.TCP));
        assertEquals(
                List.of("127.0.0.1:3501", "127.0.0.2:3501"), listeners(settings, Protocol.TLS));
        assertEquals(List.of(), listeners(settings, Protocol.DTLS));
        assertEquals("127.0.0.1", host(settings.relay().ipv4()));
        assertNull(settings.relay().ipv6());
    }

    @Test
    void oneTcpPortForPlainAndTls() throws IOException {
        certificate();
        ServerSettings settings =
                settings(
                        USER
                                + """
                                listening-ip=127.0.0.1
                                listening-port=4443
                                tls-listening-port=4443
                                cert=cert.pem
                                pkey=key.pem
                                """);
        assertEquals(List.of("127.0.0.1:4443"), listeners(settings, Protocol.TCP));
        assertEquals(List.of(), listeners(settings, Protocol.TLS));
        assertEquals(List.of("127.0.0.1:4443"), listeners(settings, Protocol.DTLS));
    }

    @ParameterizedTest
    @CsvSource({
        "external-ip=192.0.2.1, 192.0.2.1, ",
        "external-ip=192.0.2.1/127.0.0.1, 192.0.2.1, 127.0.0.1",
        "relay-ip=127.0.0.1;external-ip=192.0.2.9/127.0.0.2;external-ip=192.0.2.1/127.0.0.1,"
                + " 192.0.2.1, 127.0.0.1",
        "listening-ip=127.0.0.1;external-ip=192.0.2.1, 192.0.2.1, 127.0.0.1"
    })
    void findsTheAddressOutside(String lines, String external, String internal) throws IOException {
        ServerSettings settings = settings(USER + lines.replace(';', '\n'));
        assertEquals(external, host(settings.relay().external().known(AddressFamily.IPV4)));
        if (internal != null) {
            assertEquals(internal, host(settings.relay().ipv4()));
        }
    }

    @Test
    void relaysKeepOffTheListenersPorts() throws IOException {
        ServerSettings settings =
                settings(
                        USER
                                + "listening-ip=127.0.0.1\nmin-port=2000\nmax-port=9000\n"
                                + "listening-port=3478\n");
        assertEquals(3479, settings.relay().minPort());
        assertEquals(9000, settings.relay().maxPort());
    }

    @Test
    void numbersStayWithinWhatTurndTakes() throws IOException {
        ServerSettings settings =
                settings(
                        """
                        static-auth-secret=%s
                        stale-nonce=0
                        max-allocate-lifetime=300
                        user-quota=12
                        total-quota=99999999
                        relay-threads=0
                        min-port=100
                        max-port=70000
                        """
                                .formatted(SECRET));
        assertEquals(Duration.ofHours(1), settings.auth().nonceLifetime());
        assertEquals(Duration.ofMinutes(5), settings.limits().maxLifetime());
        assertEquals(Duration.ofMinutes(5), settings.limits().defaultLifetime());
        assertEquals(12, settings.limits().allocationsPerUser());
        assertEquals(1_000_000, settings.limits().allocations());
        assertEquals(1, settings.shards());
        // The larger part beside the listeners' port.
        assertEquals(3479, settings.relay().minPort());
    }

    @Test
    void sendsClientsWhereCoturnDid() throws IOException {
        ServerSettings settings =
                settings(
                        USER
                                + "alternate-server=192.0.2.7\n"
                                + "tls-alternate-server=[2001:db8::7]:443\n");
        assertEquals(
                List.of(
                        "UDP:192.0.2.7:3478",
                        "TCP:192.0.2.7:3478",
                        "TLS:[2001:db8::7]:443",
                        "DTLS:[2001:db8::7]:443"),
                settings.redirect().to().stream().map(Object::toString).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "psql-userdb=\"host=db.example.org dbname=turn user=u password=p4ss port=5433"
                        + " connect_timeout=30\" | jdbc:postgresql://db.example.org:5433/turn | u",
                "psql-userdb=postgresql://u:p4ss@db.example.org/turn"
                        + " | jdbc:postgresql://db.example.org/turn | u",
                "mysql-userdb=\"host=127.0.0.1 dbname=coturn user=turn password='p4ss'\""
                        + " | jdbc:mariadb://127.0.0.1/coturn | turn",
                "userdb=/var/db/turndb | jdbc:sqlite:/var/db/turndb | ",
                "verbose | jdbc:sqlite:/var/lib/turn/turndb | ",
                "mysql-userdb=\"dbname=a\"~userdb=/b | jdbc:sqlite:/b | "
            })
    void readsTheDatabaseOfCoturn(String line, String url, String username) throws IOException {
        JdbcSettings jdbc =
                settings("lt-cred-mech\nrealm=north.gov\n" + line.replace('~', '\n'))
                        .auth()
                        .stores()
                        .jdbc();
        assertEquals(url, Objects.requireNonNull(jdbc).url());
        assertEquals(username, jdbc.username());
        assertEquals(username == null ? null : "p4ss", secret(jdbc.password()));
        assertNull(jdbc.secretsQuery(), "users alone, as coturn does without use-auth-secret");
    }

    @Test
    void readsTheRedisOfCoturn() throws IOException {
        var stores =
                settings(
                                "use-auth-secret\nrealm=north.gov\nredis-userdb=\"ip=127.0.0.1"
                                        + " dbname=2 password=p4ss port=6380 connect_timeout=30\"\n")
                        .auth()
                        .stores();
        var redis = Objects.requireNonNull(stores.redis());
        assertEquals("redis://127.0.0.1:6380/2", redis.url().toString());
        assertEquals("p4ss", secret(redis.password()));
    }

    @Test
    void whatOfAConnectionHasNoCounterpartIsSaid() {
        Translation translation =
                Translation.of(
                        """
                        use-auth-secret
                        secret-key-file=/k
                        mysql-userdb="host=db ca=/ca.pem password=encrypted"
                        """,
                        "t.conf",
                        directory);
        assertEquals(
                List.of(2, 3, 3),
                translation.findings().stream()
                        .filter(finding -> finding.kind() == Kind.LEFT_OUT)
                        .map(Finding::line)
                        .toList());
        assertFalse(translation.text().contains("encrypted\""), translation::text);
    }

    private static @Nullable String secret(ServerSettings.@Nullable Secret secret) {
        return secret == null ? null : secret.value();
    }

    private void certificate() throws IOException {
        Files.writeString(directory.resolve("cert.pem"), "");
        Files.writeString(directory.resolve("key.pem"), "");
    }

    private ServerSettings settings(String file) throws IOException {
        return load(Translation.of(file, "t.conf", directory).text());
    }

    private ServerSettings load(String text) throws IOException {
        Path file = directory.resolve("turnd.conf");
        Files.writeString(file, text);
        ConfigResult result = ConfigLoader.load(file, Map.of(), LocalMachine.look());
        return assertInstanceOf(ConfigResult.Loaded.class, result, () -> result + "\nof\n" + text)
                .settings();
    }

    private static List<String> listeners(ServerSettings settings, Protocol protocol) {
        return settings.listeners().stream()
                .filter(listener -> listener.protocol() == protocol)
                .map(listener -> listener.address().toString())
                .toList();
    }

    private static String host(@Nullable TransportAddress address) {
        return Objects.requireNonNull(address).host();
    }
}

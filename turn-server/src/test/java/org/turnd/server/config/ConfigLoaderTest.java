package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.config.ConfigFixture.DUAL_STACK;
import static org.turnd.server.config.ConfigFixture.IPV4_ONLY;
import static org.turnd.server.config.ConfigFixture.IPV6;
import static org.turnd.server.config.ConfigFixture.PRIVATE;
import static org.turnd.server.config.ConfigFixture.PUBLIC;
import static org.turnd.server.config.ConfigFixture.SECRET;
import static org.turnd.server.config.ConfigFixture.effective;
import static org.turnd.server.config.ConfigFixture.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Http;
import org.turnd.server.config.ServerSettings.Limits;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.LogFormat;
import org.turnd.server.config.ServerSettings.LogLevel;
import org.turnd.server.config.ServerSettings.Peers;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Relay;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.stun.TransportAddress;

class ConfigLoaderTest {
    private static final Map<String, String> WITH_SECRET = Map.of("TURND_AUTH_SECRET", SECRET);

    private static final String EVERYTHING =
            """
            realm = example.org
            software = "turnd test"
            shards = 3
            data-plane = portable
            drain-timeout = 90s
            listeners {
              udp = ["198.51.100.7:3478", "[2001:db8::7]:3478"]
              tcp = []
              tls = "198.51.100.7:443"
              dtls = "198.51.100.7:3478"
            }
            relay {
              ipv4 = "198.51.100.7"
              ipv6 = none
              external-ipv4 = "203.0.113.9"
              min-port = 50000
              max-port = 50999
              quarantine = 5 seconds
            }
            auth {
              users = [
                { name = alice, password = "wonder-land-77" }
                { name = bob, key = "8493fbc53ba582fb4c044c456bdc40eb" }
              ]
              username-separator = "."
              nonce-lifetime = 20m
            }
            peers { allow = ["10.1.0.0/16", "fd00::/8"], deny = ["8.8.8.8"] }
            limits {
              allocations = 10
              allocations-per-user = 2
              allocations-per-address = 8
              bandwidth-per-user = 1MiB
              stranger-answers-per-second = 9
              failed-logins-per-minute = 10
              connections-per-address = 11
              tls-handshakes = 12
              reflection-factor = 13
              bandwidth-per-allocation = 2MiB
              bandwidth = 3MiB
              permissions-per-allocation = 3
              channels-per-allocation = 4
              default-lifetime = 11m
              max-lifetime = 12m
              connections = 5
              dtls-handshakes = 6
              handshake-timeout = 6s
              idle-stream-timeout = 7s
              stream-queue = 64KiB
              listener-buffer = 2MiB
              relay-buffer = 32KiB
              channel-numbers = rfc5766
            }
            tls { certificate = cert.pem, key = key.pem, provider = jdk }
            http.address = none
            log { format = json, level = debug }
            """;

    private static final String WEBHOOK_SECRET =
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
    private static final String OAUTH_KEY = "kid:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static final String OTHER_SERVER = "192.0.2.9:3478";

    @TempDir Path directory;
    private ConfigFixture config;

    @BeforeEach
    void inADirectory() {
        config = new ConfigFixture(directory);
    }

    @Test
    void defaultsAreSafeAndNeedOnlyASecret() {
        ServerSettings settings = environment(WITH_SECRET, DUAL_STACK).settings();

        assertEquals("turnd", settings.realm());
        assertNull(settings.software());
        assertEquals(
                List.of(
                        listener(Protocol.UDP, "0.0.0.0:3478"),
                        listener(Protocol.UDP, "[::]:3478"),
                        listener(Protocol.TCP, "0.0.0.0:3478"),
                        listener(Protocol.TCP, "[::]:3478")),
                settings.listeners());
        assertEquals(
                new Relay(
                        PUBLIC,
                        IPV6,
                        new ExternalAddresses(null, null, Duration.ofMinutes(1)),
                        49152,
                        65535,
                        Duration.ofSeconds(30),
                        ServerSettings.RelayTransports.UDP,
                        Relay.TCP_CONNECTIONS_DEFAULT),
                settings.relay());
        assertEquals(List.of(new Secret(SECRET)), settings.auth().secrets());
        assertEquals(Duration.ofMinutes(10), settings.auth().nonceLifetime());
        assertEquals(':', settings.auth().separator());
        assertEquals(new Peers(List.of(), List.of()), settings.peers());
        assertEquals(
                new Limits(
                        20000,
                        1000,
                        256,
                        256,
                        Duration.ofMinutes(10),
                        Duration.ofHours(1),
                        20000,
                        500,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        256 * 1024,
                        4 << 20,
                        256 << 10,
                        ServerSettings.ChannelNumbers.RFC8656,
                        new Throttles(
                                0,
                                2000,
                                2000,
                                new Throttles.Bandwidth(64 << 20, 0, 0),
                                3,
                                1000,
                                30)),
                settings.limits());
        assertNull(settings.tls());
        assertEquals(new Http(address("127.0.0.1:9641")), settings.http());
        assertEquals(LogFormat.AUTO, settings.log().format());
        assertEquals(LogLevel.INFO, settings.log().level());
        assertEquals(0, settings.shards());
        assertEquals(DataPlane.AUTO, settings.dataPlane());
        assertEquals(
                new ServerSettings.Mobility(ServerSettings.Switch.OFF, Duration.ofSeconds(30)),
                settings.mobility());
        assertEquals(Duration.ofMinutes(1), settings.drainTimeout());
    }

    @Test
    void machineWithoutIpv6GetsNoIpv6() {
        ServerSettings settings = environment(WITH_SECRET, IPV4_ONLY).settings();
        assertEquals(
                List.of(
                        listener(Protocol.UDP, "0.0.0.0:3478"),
                        listener(Protocol.TCP, "0.0.0.0:3478")),
                settings.listeners());
        assertEquals(PRIVATE, settings.relay().ipv4());
        assertNull(settings.relay().ipv6());
    }

    @Test
    void fileSaysWhoConnectsAndWhere() throws IOException {
        ServerSettings settings = everything();

        assertEquals("example.org", settings.realm());
        assertEquals("turnd test", settings.software());
        assertEquals(
                List.of(
                        listener(Protocol.UDP, "198.51.100.7:3478"),
                        listener(Protocol.UDP, "[2001:db8::7]:3478"),
                        listener(Protocol.TLS, "198.51.100.7:443"),
                        listener(Protocol.DTLS, "198.51.100.7:3478")),
                settings.listeners());
        assertEquals(
                new Relay(
                        PUBLIC,
                        null,
                        new ExternalAddresses(
                                new ExternalAddress.Fixed(TransportAddress.ipv4(0xCB007109, 0)),
                                null,
                                Duration.ofMinutes(1)),
                        50000,
                        50999,
                        Duration.ofSeconds(5),
                        ServerSettings.RelayTransports.UDP,
                        Relay.TCP_CONNECTIONS_DEFAULT),
                settings.relay());
    }

    @Test
    void fileSaysWhoMayDoWhat() throws IOException {
        ServerSettings settings = everything();

        assertEquals(
                User.of("alice", "example.org", "wonder-land-77"),
                settings.auth().users().getFirst());
        assertEquals(
                User.of("user", "realm", "pass").md5Keys(),
                settings.auth().users().get(1).md5Keys());
        assertEquals('.', settings.auth().separator());
        assertEquals(Duration.ofMinutes(20), settings.auth().nonceLifetime());
        assertEquals(
                new Peers(List.of("10.1.0.0/16", "fd00::/8"), List.of("8.8.8.8/32")),
                settings.peers());
        assertEquals(
                new Limits(
                        10,
                        2,
                        3,
                        4,
                        Duration.ofMinutes(11),
                        Duration.ofMinutes(12),
                        5,
                        6,
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(7),
                        65536,
                        2 << 20,
                        32 << 10,
                        ServerSettings.ChannelNumbers.RFC5766,
                        new Throttles(
                                8,
                                11,
                                12,
                                new Throttles.Bandwidth(2 << 20, 1 << 20, 3 << 20),
                                13,
                                9,
                                10)),
                settings.limits());
        assertEquals(
                new ServerSettings.Tls(
                        directory.resolve("cert.pem"),
                        directory.resolve("key.pem"),
                        null,
                        ServerSettings.TlsProvider.JDK),
                settings.tls());
        assertNull(settings.http());
        assertEquals(LogFormat.JSON, settings.log().format());
        assertEquals(LogLevel.DEBUG, settings.log().level());
        assertEquals(3, settings.shards());
        assertEquals(DataPlane.PORTABLE, settings.dataPlane());
        assertEquals(Duration.ofSeconds(90), settings.drainTimeout());
    }

    private ServerSettings everything() throws IOException {
        Files.writeString(directory.resolve("cert.pem"), "certificate");
        Files.writeString(directory.resolve("key.pem"), "key");
        return config.loaded(EVERYTHING).settings();
    }

    @Test
    void certificateOpensTheTlsPort() throws IOException {
        Files.writeString(directory.resolve("both.pem"), "certificate and key");
        Loaded loaded = config.loaded("tls { certificate = both.pem, key = both.pem }");
        assertTrue(loaded.settings().listeners().contains(listener(Protocol.TLS, "[::]:5349")));
        assertEquals(
                "[\"0.0.0.0:5349\", \"[::]:5349\"]", effective(loaded, "listeners.tls").text());
        assertTrue(loaded.settings().listeners().contains(listener(Protocol.DTLS, "[::]:5349")));
    }

    @Test
    void environmentWinsOverTheFile() {
        Loaded loaded =
                ConfigFixture.expectLoaded(
                        config.load(
                                """
                                realm = from-file
                                relay.min-port = 50000
                                peers.allow = ["10.0.0.0/8"]
                                log.level = debug
                                """,
                                Map.of(
                                        "TURND_AUTH_SECRET", SECRET + "," + SECRET + "2",
                                        "TURND_REALM", "from-environment",
                                        "TURND_PEERS_ALLOW", "172.16.0.0/12, 192.168.0.0/16",
                                        "TURND_LISTENERS_TCP", "",
                                        "TURND_LOG_LEVEL", "",
                                        "TURND_AUTH_USERS", "alice:wonder:land-77"),
                                DUAL_STACK));
        ServerSettings settings = loaded.settings();

        assertEquals("from-environment", settings.realm());
        assertEquals(List.of("172.16.0.0/12", "192.168.0.0/16"), settings.peers().allow());
        assertEquals(50000, settings.relay().minPort());
        assertEquals(LogLevel.DEBUG, settings.log().level());
        assertEquals(
                List.of(new Secret(SECRET), new Secret(SECRET + "2")), settings.auth().secrets());
        assertEquals(
                List.of(User.of("alice", "from-environment", "wonder:land-77")),
                settings.auth().users());
        assertTrue(settings.listeners().stream().noneMatch(one -> one.protocol() == Protocol.TCP));
    }

    @Test
    void secretsComeFromFiles() throws IOException {
        Path secrets = directory.resolve("secrets");
        Files.writeString(secrets, "  " + SECRET + "\n\n" + SECRET + "-new  \n");
        Path users = directory.resolve("users");
        Files.writeString(users, "alice:one,two,three\nbob:builder-builds\n");
        Loaded loaded =
                environment(
                        Map.of(
                                "TURND_AUTH_SECRET_FILE", secrets.toString(),
                                "TURND_AUTH_USERS_FILE", users.toString()),
                        DUAL_STACK);

        assertEquals(
                List.of(new Secret(SECRET), new Secret(SECRET + "-new")),
                loaded.settings().auth().secrets());
        assertEquals(
                List.of(
                        User.of("alice", "turnd", "one,two,three"),
                        User.of("bob", "turnd", "builder-builds")),
                loaded.settings().auth().users());
        assertEquals(
                secrets + " (TURND_AUTH_SECRET_FILE)",
                effective(loaded, "auth.secret").origin().toString());
    }

    @Test
    void everyKeyHasItsOwnVariable() {
        var names = Schema.ALL.stream().map(Setting::variable).toList();
        assertEquals(names.size(), names.stream().distinct().count());
        for (String name : names) {
            assertTrue(name.matches("TURND_[A-Z0-9_]+"), name);
            assertFalse(name.endsWith("_FILE"), name);
        }
    }

    @Test
    void everyKeyCanBeSetByItsVariable() throws IOException {
        Path pem = Files.writeString(directory.resolve("x.pem"), "pem");
        for (Setting<?> setting : Schema.ALL) {
            var environment = new HashMap<>(WITH_SECRET);
            if (setting.path().startsWith("tls.")
                    || setting.path().equals("proxy-protocol.tls")
                    || setting.equals(Schema.TLS)
                    || setting.equals(Schema.DTLS)) {
                environment.put("TURND_TLS_CERTIFICATE", pem.toString());
                environment.put("TURND_TLS_KEY", pem.toString());
            }
            if (setting.path().startsWith("behavior-discovery.")) {
                environment.put("TURND_BEHAVIOR_DISCOVERY_ADDRESSES", "192.0.2.1,192.0.2.2");
            }
            if (setting.path().startsWith("proxy-protocol.")) {
                environment.put("TURND_PROXY_PROTOCOL_TRUSTED", "10.0.0.0/8");
            }
            if (setting.path().startsWith("auth.stores.jwt.")) {
                environment.put("TURND_AUTH_STORES_JWT_ISSUER", "https://login.example.org");
                environment.put("TURND_AUTH_STORES_JWT_AUDIENCE", "turn.example.org");
                environment.put("TURND_AUTH_STORES_JWT_SECRET", SECRET);
            }
            if (setting.path().startsWith("oauth.")) {
                environment.put("TURND_OAUTH_SERVER_NAME", "turn.example.org");
                environment.put("TURND_OAUTH_KEYS", OAUTH_KEY);
            }
            if (setting.path().startsWith("redirect.")) {
                environment.put("TURND_REDIRECT_TO", OTHER_SERVER);
            }
            if (setting.path().startsWith("admin.")) {
                environment.put("TURND_ADMIN_LISTEN", "127.0.0.1:9700");
                environment.put("TURND_ADMIN_TOKEN", SECRET);
            }
            if (setting.path().startsWith("webhook.")) {
                environment.put("TURND_WEBHOOK_URL", "https://example.org/");
                environment.put("TURND_WEBHOOK_SECRET", WEBHOOK_SECRET);
            }
            String byDefault = setting.defaultText();
            String text =
                    switch (setting.path()) {
                        case "auth.secret" -> SECRET;
                        case "admin.listen" -> "127.0.0.1:9701";
                        case "admin.token" -> SECRET + "2";
                        case "admin.application-tokens" -> SECRET + "3";
                        case "admin.cors-origins" -> "https://app.example.org";
                        case "admin.hosts" -> "turn.example.org";
                        case "admin.ice-urls" -> "turn:turn.example.org";
                        case "auth.users" -> "alice:wonder-land";
                        case "auth.stores.redis.url" -> "redis://127.0.0.1";
                        case "auth.stores.jdbc.url" -> "jdbc:postgresql://127.0.0.1/turn";
                        case "auth.stores.webhook.url", "auth.stores.jwt.keys" ->
                                "https://127.0.0.1/";
                        case "auth.stores.webhook.token",
                                "auth.stores.webhook.signing-secret",
                                "auth.stores.jwt.secret" ->
                                SECRET;
                        case "oauth.server-name" -> "turn.example.org";
                        case "oauth.keys" -> OAUTH_KEY;
                        case "redirect.to", "redirect.anycast-to" -> OTHER_SERVER;
                        case "behavior-discovery.addresses",
                                "behavior-discovery.external-addresses" ->
                                "192.0.2.1,192.0.2.2";
                        case "listeners.tls", "listeners.dtls" -> "0.0.0.0:443";
                        case "proxy-protocol.udp", "proxy-protocol.tcp", "proxy-protocol.tls" ->
                                "0.0.0.0:3480";
                        case "peers.allow", "peers.deny", "proxy-protocol.trusted" -> "10.0.0.0/8";
                        case "tls.certificate", "tls.key" -> pem.toString();
                        case "tls.key-password" -> "words";
                        case "audit.path" -> directory.resolve("audit.json").toString();
                        case "webhook.url", "tracing.endpoint" -> "https://example.org/";
                        case "tracing.header" -> "Authorization: Bearer token";
                        case "webhook.secret" -> WEBHOOK_SECRET;
                        default -> String.valueOf(byDefault);
                    };
            environment.put(setting.variable(), text);
            Loaded loaded = environment(environment, DUAL_STACK);
            assertEquals(
                    "environment variable " + setting.variable(),
                    effective(loaded, setting.path()).origin().toString());
        }
    }

    @Test
    void warnsOfWhatIsProbablyNotMeant() {
        Loaded loaded =
                environment(
                        Map.of(
                                "TURND_AUTH_SECRET", SECRET,
                                "TURND_RELAY_MINPORT", "50000",
                                "TURND_PORT_3478_UDP_ADDR", "10.0.0.9",
                                "TURND_HTTP_ADDRESS", "0.0.0.0:9641",
                                "TURND_RELAY_IPV4", "10.9.9.9"),
                        IPV4_ONLY);
        assertEquals(
                List.of(
                        "environment variable TURND_RELAY_MINPORT means nothing; did you mean"
                                + " TURND_RELAY_MIN_PORT?",
                        "relay.ipv4 = 10.9.9.9: this machine has no such address now; allocations"
                                + " fail until it has",
                        "relays are at 10.9.9.9, a private address: peers elsewhere reach them"
                                + " only if relay.external-ipv4 names the public address",
                        "http.address = 0.0.0.0:9641: metrics have no password; make sure that"
                                + " only you reach it"),
                loaded.warnings());
        assertEquals(List.of(), config.loaded("").warnings());
    }

    @Test
    void substitutionsAreResolved() {
        ServerSettings settings =
                config.loaded("relay { min-port = 50000, max-port = ${relay.min-port} }")
                        .settings();
        assertEquals(50000, settings.relay().maxPort());
    }

    private static Listener listener(Protocol protocol, String address) {
        return new Listener(protocol, address(address));
    }

    private static TransportAddress address(String text) {
        TransportAddress address = IpLiteral.parseWithPort(text);
        if (address == null) {
            throw new IllegalArgumentException(text);
        }
        return address;
    }
}

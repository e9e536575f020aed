package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.turnd.server.config.Setting.Reload;

/// What a running server takes of other settings: each key of the schema, changed by itself.
class SettingsChangeTest {
    private static final String BASE =
            """
            auth.secret = "%s"
            peers.allow = "10.1.0.0/16"
            """
                    .formatted(ConfigFixture.SECRET);
    private static final String TLS = "tls { certificate = a.pem, key = a.key }";
    private static final String KEY = "SEdrajMyS0pHaXV5MDk4c2RmYXFiTmpPaWF6NzE5MjM=";
    private static final String OTHER_KEY = "VEdrajMyS0pHaXV5MDk4c2RmYXFiTmpPaWF6NzE5MjM=";
    private static final String OAUTH = oauth("a.example", KEY);
    private static final String DISCOVERY = "behavior-discovery.addresses = [192.0.2.1, 192.0.2.2]";
    private static final String REDIRECT = "redirect.to = \"192.0.2.9:3478\"";
    private static final String ADMIN =
            "admin { listen = \"127.0.0.1:9699\", token = \"%s\" }"
                    .formatted("7okenOfTheOperators1");
    private static final String AUDIT = "audit.path = a.json";
    private static final String WEBHOOK =
            "webhook { url = \"https://a.example/\", secret = \"whsec_%s\" }"
                    .formatted("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    private static final String TRACING = "tracing.endpoint = \"https://a.example/v1/traces\"";
    private static final String REDIS =
            "auth.stores.redis { url = \"redis://127.0.0.1\", username = alice, password = sesame }";
    private static final String JDBC =
            "auth.stores.jdbc { url = \"jdbc:postgresql://127.0.0.1/turn\", username = alice }";
    private static final String USERS_BY_WEB =
            "auth.stores.webhook { url = \"https://a.example/\", token = \"7okenOfTheServersOwn1\" }";
    private static final String JWT =
            """
            auth.stores.jwt {
              keys = "https://a.example/", issuer = "https://a.example", audience = a.example
              secret = "5ecretOfTheTokens123"
            }
            """;
    private static final String PROXIES = "proxy-protocol { trusted = \"10.0.0.1\", tcp = \"%s\" }";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    /// @param key the key that changes
    /// @param before, after what is said beside the base
    record Change(String key, String before, String after) {
        @Override
        public String toString() {
            return key;
        }
    }

    private static String oauth(String name, String key) {
        return "oauth { server-name = %s, keys = [{ kid = k, key = \"%s\" }] }"
                .formatted(name, key);
    }

    private static List<Change> changes() {
        var all = new ArrayList<Change>();
        List.of(
                        "realm = other.example",
                        "software = turnd",
                        "listeners.udp = \"0.0.0.0:3480\"",
                        "listeners.tcp = \"0.0.0.0:3480\"",
                        "relay.ipv4 = \"198.51.100.8\"",
                        "relay.ipv6 = none",
                        "relay.external-ipv4 = \"198.51.100.9\"",
                        "relay.external-ipv6 = \"stun:stun.example.org\"",
                        "relay.external-refresh = none",
                        "relay.min-port = 50000",
                        "relay.max-port = 60000",
                        "relay.quarantine = 5s",
                        "relay.transports = both",
                        "auth.secret = \"another5ecretOfTheServer\"",
                        "auth.users = [{ name = alice, password = \"correct horse battery\" }]",
                        "auth.username-separator = \".\"",
                        "auth.nonce-lifetime = 5m",
                        "auth.password-algorithms = [md5]",
                        "auth.user-anonymity = on",
                        "auth.feature-bits = both",
                        "auth.expired-credentials = cut",
                        "auth.quota-by = id",
                        "redirect.to = \"192.0.2.9:3478\"",
                        "redirect.when = full",
                        "redirect.anycast-addresses = \"192.0.0.11\"",
                        "redirect.anycast-to = \"192.0.2.9:3478\"",
                        "peers.allow = \"10.0.0.0/8\"",
                        "peers.deny = \"203.0.113.0/24\"",
                        "limits.allocations = 19",
                        "limits.allocations-per-user = 19",
                        "limits.allocations-per-address = 19",
                        "limits.bandwidth = 1MiB",
                        "limits.bandwidth-per-user = 1MiB",
                        "limits.bandwidth-per-allocation = 1MiB",
                        "limits.reflection-factor = 19",
                        "limits.connections-per-address = 19",
                        "limits.tls-handshakes = 19",
                        "limits.stranger-answers-per-second = 19",
                        "limits.failed-logins-per-minute = 19",
                        "limits.permissions-per-allocation = 19",
                        "limits.channels-per-allocation = 19",
                        "limits.tcp-connections-per-allocation = 19",
                        "limits.default-lifetime = 5m",
                        "limits.max-lifetime = 50m",
                        "limits.connections = 19",
                        "limits.dtls-handshakes = 19",
                        "limits.handshake-timeout = 9s",
                        "limits.idle-stream-timeout = 9s",
                        "limits.stream-queue = 128KiB",
                        "limits.listener-buffer = 1MiB",
                        "limits.relay-buffer = 128KiB",
                        "limits.channel-numbers = rfc5766",
                        "http.address = none",
                        "log.format = text",
                        "log.level = debug",
                        "log.audit = on",
                        "shards = 3",
                        "data-plane = portable",
                        "coalescing = 0s",
                        "mobility = on",
                        "mobility-window = 9s",
                        "drain-timeout = 9s",
                        "classic-stun = on")
                .forEach(after -> all.add(new Change(keyOf(after), "", after)));
        all.addAll(changesOfParts());
        all.addAll(changesOfStores());
        all.add(new Change("listeners.tls", TLS, TLS + "\nlisteners.tls = \"0.0.0.0:443\""));
        all.add(new Change("listeners.dtls", TLS, TLS + "\nlisteners.dtls = \"0.0.0.0:443\""));
        all.add(new Change("tls.certificate", TLS, TLS + "\ntls.certificate = b.pem"));
        all.add(new Change("tls.key", TLS, TLS + "\ntls.key = b.key"));
        all.add(new Change("tls.key-password", TLS, TLS + "\ntls.key-password = opensesame"));
        all.add(new Change("tls.provider", TLS, TLS + "\ntls.provider = jdk"));
        all.add(new Change("oauth.server-name", OAUTH, oauth("b.example", KEY)));
        all.add(new Change("oauth.keys", OAUTH, oauth("a.example", OTHER_KEY)));
        all.add(
                new Change(
                        "oauth.truncated-mac-keys",
                        OAUTH,
                        OAUTH + "\noauth.truncated-mac-keys = on"));
        for (String protocol : List.of("udp", "tcp", "tls")) {
            String key = "proxy-protocol." + protocol;
            String before = TLS + "\n" + PROXIES.formatted("0.0.0.0:3501");
            all.add(new Change(key, before, before + "\n" + key + " = \"0.0.0.0:3502\""));
        }
        String proxies = PROXIES.formatted("0.0.0.0:3501");
        all.add(
                new Change(
                        "proxy-protocol.trusted",
                        proxies,
                        proxies + "\nproxy-protocol.trusted = \"10.0.0.2\""));
        Stream.of(
                        "behavior-discovery.addresses = [192.0.2.1, 192.0.2.3]",
                        "behavior-discovery.ports = [3478, 3500]",
                        "behavior-discovery.external-addresses = [192.0.2.3, 192.0.2.4]",
                        "behavior-discovery.requests-per-second = 9")
                .forEach(line ->
                        all.add(new Change(keyOf(line), DISCOVERY, DISCOVERY + "\n" + line)));
        return all;
    }

    private static List<Change> changesOfParts() {
        var all = new ArrayList<Change>();
        add(
                all,
                ADMIN,
                "admin.listen = \"127.0.0.1:9700\"",
                "admin.token = \"0ther7okenOfTheOperators\"",
                "admin.application-tokens = \"7okenOfAnApplication1\"",
                "admin.cors-origins = \"https://app.example\"",
                "admin.hosts = \"admin.example\"",
                "admin.ice-urls = \"turn:turn.example\"",
                "admin.credentials-ttl = 2h",
                "admin.credentials-ttl-max = 20h",
                "admin.credentials-per-minute = 19");
        add(all, AUDIT, "audit.path = b.json", "audit.file-size = 1MiB", "audit.days = 9");
        add(
                all,
                TRACING,
                "tracing.endpoint = \"https://b.example/\"",
                "tracing.header = \"Authorization: Bearer other\"",
                "tracing.sample-ratio = 0.25",
                "tracing.service-name = other",
                "tracing.client-address = on",
                "tracing.queue = 19");
        add(
                all,
                WEBHOOK,
                "webhook.url = \"https://b.example/\"",
                "webhook.secret = \"whsec_dGhlIG9sZCBzZWNyZXQgb2YgdGhpcyB0ZXN0IQ==\"",
                "webhook.events = allocation_ended",
                "webhook.queue = 19",
                "webhook.timeout = 9s",
                "webhook.give-up-after = 9m",
                "webhook.plain-http = on");
        add(
                all,
                REDIRECT,
                "redirect.domain = other.example",
                "redirect.before-authentication = on");
        return all;
    }

    private static List<Change> changesOfStores() {
        var all = new ArrayList<Change>();
        add(
                all,
                REDIS,
                "auth.stores.timeout = 3s",
                "auth.stores.remember-known = 9s",
                "auth.stores.remember-unknown = 9s",
                "auth.stores.cache-size = 1900",
                "auth.stores.concurrency = 19",
                "auth.stores.waiting = 190",
                "auth.stores.waiting-per-address = 19",
                "auth.stores.lookups-per-address = 19",
                "auth.stores.secrets-interval = 9s",
                "auth.stores.not-ready-when-dead = on",
                "auth.stores.ca = a.pem",
                "auth.stores.redis.url = \"redis://127.0.0.2\"",
                "auth.stores.redis.username = bob",
                "auth.stores.redis.password = opensesame",
                "auth.stores.redis.user-key = \"u/{realm}/{user}\"",
                "auth.stores.redis.secrets-key = none");
        add(
                all,
                JDBC,
                "auth.stores.jdbc.url = \"jdbc:postgresql://127.0.0.2/turn\"",
                "auth.stores.jdbc.username = bob",
                "auth.stores.jdbc.password = opensesame",
                "auth.stores.jdbc.user-query = \"SELECT md5_key FROM users WHERE name = {user}"
                        + " AND realm = {realm}\"",
                "auth.stores.jdbc.secrets-query = none");
        add(
                all,
                USERS_BY_WEB,
                "auth.stores.webhook.url = \"https://b.example/\"",
                "auth.stores.webhook.token = \"0ther7okenOfTheServersOwn\"",
                "auth.stores.webhook.signing-secret = \"0ther5ecretToSignWith\"");
        add(
                all,
                JWT,
                "auth.stores.jwt.keys = \"https://b.example/\"",
                "auth.stores.jwt.issuer = \"https://b.example\"",
                "auth.stores.jwt.audience = b.example",
                "auth.stores.jwt.secret = \"0ther5ecretOfTheTokens1\"");
        return all;
    }

    private static void add(List<Change> all, String before, String... lines) {
        for (String line : lines) {
            all.add(new Change(keyOf(line), before, before + "\n" + line));
        }
    }

    private static String keyOf(String line) {
        return line.substring(0, line.indexOf(" = "));
    }

    @Test
    void everyKeyOfTheSchemaIsHere() {
        assertEquals(
                Schema.ALL.stream()
                        // The daemon's own, and none of the server's settings.
                        .filter(setting -> !setting.equals(ReloadSchema.WATCH))
                        .map(Setting::path)
                        .sorted()
                        .toList(),
                changes().stream().map(Change::key).sorted(Comparator.naturalOrder()).toList());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void oneKeyIsTakenOrNamed(Change change) {
        SettingsChange result = SettingsChange.of(load(change.before()), load(change.after()));
        boolean live = reloadOf(change.key()) == Reload.LIVE;
        assertEquals(live ? List.of(change.key()) : List.of(), result.taken());
        assertEquals(live ? List.of() : List.of(change.key()), result.needRestart());
    }

    private static Reload reloadOf(String key) {
        return Schema.ALL.stream()
                .filter(setting -> setting.path().equals(key))
                .findFirst()
                .orElseThrow()
                .reload();
    }

    @Test
    void theSameSettingsChangeNothing() {
        for (Change change : changes()) {
            ServerSettings now = load(change.after());
            assertEquals(
                    new SettingsChange(now, List.of(), List.of()),
                    SettingsChange.of(now, load(change.after())),
                    change::key);
        }
    }

    @Test
    void usersOfAnotherRealmWaitForItToo() {
        String user = "\nauth.users = [{ name = alice, password = \"correct horse battery\" }]";
        SettingsChange change = SettingsChange.of(load(user), load("realm = other" + user));
        assertEquals(List.of(), change.taken());
        assertEquals(List.of("realm", "auth.users"), change.needRestart());
        assertEquals(load(user), change.inForce());
    }

    @Test
    void theFirstCertificateAndTheLastWaitForTheirListeners() {
        for (boolean first : new boolean[] {true, false}) {
            ServerSettings without = load("");
            ServerSettings with = load(TLS);
            SettingsChange change =
                    first ? SettingsChange.of(without, with) : SettingsChange.of(with, without);
            assertEquals(List.of(), change.taken());
            assertEquals(
                    List.of(
                            "listeners.tls",
                            "listeners.dtls",
                            "tls.certificate",
                            "tls.key",
                            "tls.provider"),
                    change.needRestart());
        }
    }

    @BeforeEach
    void writeFiles() throws IOException {
        for (String name : List.of("a.pem", "b.pem", "a.key", "b.key")) {
            Files.writeString(directory.resolve(name), "never read here");
        }
    }

    private ServerSettings load(String text) {
        var fixture = new ConfigFixture(directory);
        ConfigResult result = fixture.load(BASE + text, Map.of(), ConfigFixture.DUAL_STACK);
        return ConfigFixture.expectLoaded(result).settings();
    }
}

package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.RedisSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.stun.IntegrityKey;

/// Users in a real Redis.
@Timeout(60)
class RedisStoreTest {
    private static final String REALM = "example.org";
    private static final IntegrityKey ALICE = IntegrityKey.md5("alice", REALM, "wonderland");
    private static final String HEX = HexFormat.of().formatHex(ALICE.toByteArray());
    private static final String COTURN_ALICE = "turn/realm/example.org/user/alice/key";

    @TempDir Path directory;

    private static RedisSettings coturns(String url) {
        return as(url, null, null);
    }

    private static RedisSettings as(String url, @Nullable String user, @Nullable String password) {
        return new RedisSettings(
                URI.create(url),
                user,
                password == null ? null : new Secret(password),
                RedisSettings.COTURN_USER_KEY,
                RedisSettings.COTURN_SECRETS_KEY);
    }

    private static RedisStore store(RedisSettings settings, @Nullable Path ca) throws StoreFailure {
        return new RedisStore(settings, Bounds.USUAL, StoreTls.context(ca));
    }

    @Test
    void readsWhatCoturnHasWritten() throws Exception {
        try (var redis = RedisServer.start(directory);
                var client = redis.client();
                var store = store(coturns(redis.url()), null)) {
            client.set(COTURN_ALICE, HEX);
            client.sadd("turn/realm/example.org/secret", "one", "two");
            StoredUser alice = store.find("alice", REALM);
            assertNotNull(alice);
            assertEquals(List.of(ALICE), alice.md5Keys());
            assertNull(store.find("bob", REALM));
            assertNull(store.find("alice", "example.com"));
            assertEquals(
                    Set.of(new Secret("one"), new Secret("two")),
                    new HashSet<>(store.secrets(REALM)));
            assertEquals(List.of(), store.secrets("example.com"));
        }
    }

    @Test
    void readsHashesInADatabaseOfItsOwn() throws Exception {
        try (var redis = RedisServer.start(directory);
                var client = redis.client()) {
            var settings =
                    new RedisSettings(URI.create(redis.url() + "/0"), null, null, "u:{user}", null);
            client.hset("u:alice", Map.of("password", "wonderland", "valid-until", "1900000000"));
            client.hset("u:bob", Map.of("key", HEX, "sha-256-key", HEX + HEX));
            client.hset("u:nothing", Map.of("name", "nothing"));
            client.set("u:{user}", HEX);
            client.set("u:broken", "no key");
            client.set("u:short", "00");
            client.hset("u:never", Map.of("key", HEX, "valid-until", "never"));
            try (var store = store(settings, null)) {
                StoredUser alice = store.find("alice", REALM);
                assertNotNull(alice);
                assertEquals(List.of(ALICE), alice.md5Keys());
                assertEquals(Instant.ofEpochSecond(1_900_000_000), alice.validUntil());
                StoredUser bob = store.find("bob", REALM);
                assertNotNull(bob);
                assertEquals(1, bob.sha256Keys().size());
                StoredUser nothing = store.find("nothing", REALM);
                assertNotNull(nothing);
                assertEquals(List.of(), nothing.md5Keys(), "known, and with no key to get in by");
                assertNotNull(store.find("{user}", REALM), "a name is a name");
                for (String bad : List.of("broken", "short", "never")) {
                    StoreFailure failure =
                            assertThrows(StoreFailure.class, () -> store.find(bad, REALM));
                    assertTrue(failure.isOfOneUser(), bad);
                }
            }
        }
    }

    @Test
    void logsInOverTls() throws Exception {
        TestCertificate certificate = TestCertificate.in(directory);
        try (var redis =
                        RedisServer.start(
                                directory,
                                "--tls-port-here",
                                "--port",
                                "0",
                                "--tls-cert-file",
                                certificate.certificate().toString(),
                                "--tls-key-file",
                                certificate.key().toString(),
                                "--tls-auth-clients",
                                "no",
                                "--user",
                                "turnd",
                                "on",
                                ">a-password-for-redis",
                                "~turn/*",
                                "+get",
                                "+hgetall",
                                "+smembers",
                                "--user",
                                "default",
                                "off");
                var store =
                        store(
                                as(redis.url(), "turnd", "a-password-for-redis"),
                                certificate.certificate());
                var guesser = store(as(redis.url(), "turnd", "guess"), certificate.certificate());
                var careful = store(as(redis.url(), "turnd", "a-password-for-redis"), null)) {
            assertNull(store.find("alice", REALM));
            StoreFailure refused =
                    assertThrows(StoreFailure.class, () -> guesser.find("alice", REALM));
            assertTrue(String.valueOf(refused.getMessage()).contains("WRONGPASS"));
            assertThrows(StoreFailure.class, () -> careful.find("alice", REALM));
        }
    }

    @Test
    void findsRedisBackAfterARestart() throws Exception {
        try (var redis = RedisServer.start(directory);
                var store = store(coturns(redis.url()), null)) {
            assertNull(store.find("alice", REALM));
            redis.kill();
            assertThrows(StoreFailure.class, () -> store.find("alice", REALM));
            redis.restart();
            try (var client = redis.client()) {
                client.set(COTURN_ALICE, HEX);
            }
            assertNotNull(
                    store.find("alice", REALM), "at once, although its connections were dead");
        }
    }

    @Test
    void doesNotWaitForAFrozenRedis() throws Exception {
        Bounds bounds =
                new Bounds(
                        Duration.ofMillis(200),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(10),
                        100,
                        2,
                        16,
                        16,
                        20,
                        Duration.ofMinutes(1));
        try (var redis = RedisServer.start(directory);
                var store = new RedisStore(coturns(redis.url()), bounds, StoreTls.context(null))) {
            assertNull(store.find("alice", REALM));
            redis.freeze();
            for (int i = 0; i < 3; i++) {
                assertThrows(StoreFailure.class, () -> store.find("alice", REALM));
            }
            redis.thaw();
            assertNull(store.find("alice", REALM));
        }
    }
}

package org.turnd.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;

/// The keys of users that are kept outside of the server, `auth.stores.*`. [Schema] lists them
/// among all others.
final class StoresSchema {
    static final Setting<Duration> TIMEOUT =
            Setting.of(
                    "auth.stores.timeout",
                    ValueTypes.duration(Duration.ofMillis(100), Duration.ofSeconds(10)),
                    "2s",
                    "How long a request waits until a store has told of its user. Then it is refused"
                            + " over TCP and TLS, and dropped over UDP, where the client sends it"
                            + " again by itself. Several stores share this time.");
    static final Setting<Duration> REMEMBER_KNOWN =
            Setting.of(
                    "auth.stores.remember-known",
                    ValueTypes.duration(Duration.ofSeconds(1), Duration.ofHours(24)),
                    "1m",
                    "How long a user that a store knows is not asked for again. Who is removed from"
                            + " the store, or gets another password there, can allocate with the old"
                            + " one for that long.");
    static final Setting<Duration> REMEMBER_UNKNOWN =
            Setting.of(
                    "auth.stores.remember-unknown",
                    ValueTypes.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                    "10s",
                    "How long a user that no store knows is not asked for again.");
    static final Setting<Integer> CACHE_SIZE =
            Setting.of(
                    "auth.stores.cache-size",
                    ValueTypes.integer(100, 10_000_000),
                    "10000",
                    "How many users are remembered, and how many names that nobody has.");
    static final Setting<Integer> CONCURRENCY =
            Setting.of(
                    "auth.stores.concurrency",
                    ValueTypes.integer(1, 256),
                    "16",
                    "How many questions each store is asked at once, which is how many connections"
                            + " to it there are.");
    static final Setting<Integer> WAITING =
            Setting.of(
                    "auth.stores.waiting",
                    ValueTypes.integer(16, 65_536),
                    "1024",
                    "How many requests wait for stores on one shard; each costs up to 2 KiB. More are"
                            + " refused as if the store didn't answer.");
    static final Setting<Integer> WAITING_PER_ADDRESS =
            Setting.of(
                    "auth.stores.waiting-per-address",
                    ValueTypes.integer(1, 65_536),
                    "64",
                    "How many of those may be of one client's IPv4 address or IPv6 /64.");
    static final Setting<Integer> LOOKUPS_PER_ADDRESS =
            Setting.of(
                    "auth.stores.lookups-per-address",
                    ValueTypes.integer(1, 100_000),
                    "20",
                    "How many users one client's IPv4 address or IPv6 /64 may have looked up in"
                            + " stores each second, on one shard. Users that are remembered don't"
                            + " count.");
    static final Setting<Duration> SECRETS_INTERVAL =
            Setting.of(
                    "auth.stores.secrets-interval",
                    ValueTypes.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                    "30s",
                    "How often the shared secrets in stores are read. When that fails, the last ones"
                            + " are good for ten times as long.");
    static final Setting<Switch> NOT_READY_WHEN_DEAD =
            Setting.of(
                    "auth.stores.not-ready-when-dead",
                    ValueTypes.choice(Switch.class),
                    "off",
                    "Whether `/readyz` says 503 while no store answers and there are no other users,"
                            + " secrets or keys. A load balancer then sends new clients elsewhere. Leave"
                            + " it off when all servers share their stores: they would be unready"
                            + " together, and calls that go on might be cut.");
    static final Setting<Path> CA =
            Setting.unset(
                    "auth.stores.ca",
                    ValueTypes.path(),
                    "A file with CA certificates in PEM. The certificates of stores must be signed by"
                            + " one of these, instead of those that Java trusts.");
    static final Setting<String> REDIS_URL =
            Setting.unset(
                    "auth.stores.redis.url",
                    StoreValueTypes.redisUrl(),
                    "A Redis or Valkey server with users, as `redis://redis.example.org:6379/0`, or"
                            + " `rediss://` for TLS. The 0 is the number of the database.");
    static final Setting<String> REDIS_USERNAME =
            Setting.unset(
                    "auth.stores.redis.username",
                    ValueTypes.described("the name of an ACL user"),
                    "The ACL user that turnd is to Redis. It needs GET, HGETALL and SMEMBERS.");
    static final Setting<Secret> REDIS_PASSWORD =
            Setting.<Secret>unset(
                            "auth.stores.redis.password",
                            ValueTypes.anySecret(),
                            "The password for Redis.")
                    .secret();
    static final Setting<String> REDIS_USER_KEY =
            Setting.of(
                    "auth.stores.redis.user-key",
                    StoreValueTypes.redisKey(RedisSettings.REALM, RedisSettings.USER),
                    RedisSettings.COTURN_USER_KEY,
                    "The key of one user, coturn's by default. Its value is the MD5 of"
                            + " `name:realm:password` in hexadecimal; or a hash with `password`, or"
                            + " with `key` and `sha-256-key`, and perhaps with `valid-until` in"
                            + " seconds since 1970. Use a prefix that nothing else uses: clients"
                            + " choose the name.");
    static final Setting<Optional<String>> REDIS_SECRETS_KEY =
            Setting.of(
                    "auth.stores.redis.secrets-key",
                    ValueTypes.orWord(
                            ValueTypes.NONE, StoreValueTypes.redisKey(RedisSettings.REALM)),
                    RedisSettings.COTURN_SECRETS_KEY,
                    "The key of a set of shared secrets of time-limited credentials, coturn's by"
                            + " default; `none` for none.");

    static final Setting<String> WEBHOOK_URL =
            Setting.unset(
                    "auth.stores.webhook.url",
                    StoreValueTypes.webUrl(),
                    "A service of yours that is asked for each user with a POST of `{ \"username\":"
                            + " ..., \"realm\": ... }`. It answers 200 with `password`, or with `key`"
                            + " and `sha-256-key`, and perhaps `valid-until` in seconds since 1970; or"
                            + " 404 when there is no such user.");
    static final Setting<Secret> WEBHOOK_TOKEN =
            Setting.<Secret>unset(
                            "auth.stores.webhook.token",
                            ValueTypes.sharedSecret(),
                            "Sent to the service as `Authorization: Bearer`.")
                    .secret();
    static final Setting<Secret> WEBHOOK_SIGNING_SECRET =
            Setting.<Secret>unset(
                            "auth.stores.webhook.signing-secret",
                            ValueTypes.sharedSecret(),
                            "Each question is signed with it: `Turnd-Signature` is `sha256=` and the"
                                    + " HMAC-SHA256, in hexadecimal, of `Turnd-Timestamp`, a point"
                                    + " and the body.")
                    .secret();
    static final Setting<String> JWT_KEYS =
            Setting.unset(
                    "auth.stores.jwt.keys",
                    StoreValueTypes.webUrlOrPath(),
                    "The public keys (JWK Set) of who issues JSON Web Tokens, a URL or a file. With"
                            + " it, clients may show a token as their user name; it must be signed"
                            + " with ES256, ES384, RS256, RS384 or PS256 and have `iss`, `aud` and"
                            + " `exp`. A user name has at most 508 bytes, which ES256 leaves room in.");
    static final Setting<String> JWT_ISSUER =
            Setting.unset(
                    "auth.stores.jwt.issuer",
                    ValueTypes.described("the issuer, as in https://login.example.org"),
                    "What tokens have in `iss`.");
    static final Setting<String> JWT_AUDIENCE =
            Setting.unset(
                    "auth.stores.jwt.audience",
                    ValueTypes.described("a name of this service, as in turn.example.org"),
                    "What tokens have in `aud`, so that tokens for other services are none for this"
                            + " one.");
    static final Setting<Secret> JWT_SECRET =
            Setting.<Secret>unset(
                            "auth.stores.jwt.secret",
                            ValueTypes.sharedSecret(),
                            "What your application makes the password of a token with: the base64url,"
                                    + " without padding, of the token's HMAC-SHA256. The token alone"
                                    + " is no credential, because it is sent in the clear.")
                    .secret();

    static final List<Setting<?>> ALL =
            List.of(
                    TIMEOUT,
                    REMEMBER_KNOWN,
                    REMEMBER_UNKNOWN,
                    CACHE_SIZE,
                    CONCURRENCY,
                    WAITING,
                    WAITING_PER_ADDRESS,
                    LOOKUPS_PER_ADDRESS,
                    SECRETS_INTERVAL,
                    NOT_READY_WHEN_DEAD,
                    CA,
                    REDIS_URL,
                    REDIS_USERNAME,
                    REDIS_PASSWORD,
                    REDIS_USER_KEY,
                    REDIS_SECRETS_KEY,
                    WEBHOOK_URL,
                    WEBHOOK_TOKEN,
                    WEBHOOK_SIGNING_SECRET,
                    JWT_KEYS,
                    JWT_ISSUER,
                    JWT_AUDIENCE,
                    JWT_SECRET);

    private StoresSchema() {}
}

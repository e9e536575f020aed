package org.turnd.server.auth;

import java.net.SocketTimeoutException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.RedisSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// Users in Redis, Valkey or what else speaks their protocol. Reads coturn's keys as they are: the
/// value of a user is an MD5 key in hexadecimal, the shared secrets are a set. A user may also be a
/// hash with `password`, or `key` and `sha-256-key`, and `valid-until`.
final class RedisStore implements UserStore {
    private static final String WRONG_TYPE = "WRONGTYPE";

    private final RedisSettings settings;
    private final JedisPooled redis;

    /// Connects when it is asked something.
    ///
    /// @param tls whom the server's certificate must be from
    RedisStore(RedisSettings settings, Bounds bounds, SSLContext tls) {
        this.settings = settings;
        var pool = new ConnectionPoolConfig();
        pool.setMaxTotal(bounds.concurrency());
        pool.setMaxIdle(bounds.concurrency());
        pool.setMaxWait(bounds.timeout());
        pool.setJmxEnabled(false);
        int port = settings.url().getPort();
        redis =
                new JedisPooled(
                        new HostAndPort(
                                settings.url().getHost(), port < 0 ? Protocol.DEFAULT_PORT : port),
                        client(settings, bounds, tls),
                        pool);
    }

    private static DefaultJedisClientConfig client(
            RedisSettings settings, Bounds bounds, SSLContext tls) {
        int millis = Math.toIntExact(bounds.timeout().toMillis());
        Secret password = settings.password();
        var client =
                DefaultJedisClientConfig.builder()
                        .connectionTimeoutMillis(millis)
                        .socketTimeoutMillis(millis)
                        .user(settings.username())
                        .password(password == null ? null : password.value())
                        .database(settings.database())
                        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                        .ssl(settings.isTls());
        if (settings.isTls()) {
            var parameters = new SSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            client.sslSocketFactory(tls.getSocketFactory()).sslParameters(parameters);
        }
        return client.build();
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public @Nullable StoredUser find(String username, String realm) throws StoreFailure {
        // The name goes in last: what looks like a place for something in it stays as it is.
        String key =
                settings.userKey()
                        .replace(RedisSettings.REALM, realm)
                        .replace(RedisSettings.USER, username);
        String value;
        try {
            value = ask(one -> one.get(key));
        } catch (JedisDataException e) {
            if (String.valueOf(e.getMessage()).startsWith(WRONG_TYPE)) {
                return ofHash(username, realm, key);
            }
            throw failure(e);
        }
        return value == null ? null : StoredUser.ofMd5Key(hex(value));
    }

    private @Nullable StoredUser ofHash(String username, String realm, String key)
            throws StoreFailure {
        Map<String, String> fields;
        try {
            fields = ask(one -> one.hgetAll(key));
        } catch (JedisDataException e) {
            throw failure(e);
        }
        return fields == null || fields.isEmpty() ? null : ofFields(username, realm, fields);
    }

    /// Reads the fields of a user's hash.
    static StoredUser ofFields(String username, String realm, Map<String, String> fields)
            throws StoreFailure {
        String password = fields.get("password");
        StoredUser user =
                password == null
                        ? new StoredUser(
                                keys(fields.get("key"), KeyAlgorithm.MD5),
                                keys(fields.get("sha-256-key"), KeyAlgorithm.SHA_256),
                                null)
                        : StoredUser.ofPassword(username, realm, password);
        String end = fields.get("valid-until");
        return end == null ? user : user.until(instant(end));
    }

    private static List<IntegrityKey> keys(@Nullable String text, KeyAlgorithm algorithm)
            throws StoreFailure {
        return text == null ? List.of() : List.of(StoredUser.key(algorithm, hex(text)));
    }

    /// Reads a key as coturn writes it.
    static byte[] hex(String text) throws StoreFailure {
        try {
            return HexFormat.of().parseHex(text.strip());
        } catch (IllegalArgumentException e) {
            throw StoreFailure.ofOneUser("redis: the key of a user is not hexadecimal");
        }
    }

    private static Instant instant(String text) throws StoreFailure {
        try {
            return Instant.ofEpochSecond(Long.parseLong(text.strip()));
        } catch (NumberFormatException | DateTimeException e) {
            throw StoreFailure.ofOneUser("redis: valid-until of a user is no number of seconds");
        }
    }

    @Override
    public boolean hasSecrets() {
        return settings.secretsKey() != null;
    }

    @Override
    public List<Secret> secrets(String realm) throws StoreFailure {
        String pattern = settings.secretsKey();
        if (pattern == null) {
            return List.of();
        }
        String key = pattern.replace(RedisSettings.REALM, realm);
        try {
            Set<String> members = ask(one -> one.smembers(key));
            return members == null ? List.of() : members.stream().map(Secret::new).toList();
        } catch (JedisDataException e) {
            throw failure(e);
        }
    }

    /// Asks once more over a new connection where an old one turns out to be dead: Redis has been
    /// restarted. What was too slow isn't asked again.
    private <T> @Nullable T ask(Function<UnifiedJedis, @Nullable T> question) throws StoreFailure {
        try {
            try {
                return question.apply(redis);
            } catch (JedisConnectionException e) {
                if (e.getCause() instanceof SocketTimeoutException) {
                    throw e;
                }
                redis.getPool().clear();
                return question.apply(redis);
            }
        } catch (JedisDataException e) {
            throw e;
        } catch (JedisException e) {
            throw failure(e);
        }
    }

    private static StoreFailure failure(JedisException e) {
        return new StoreFailure("redis: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        redis.close();
    }
}

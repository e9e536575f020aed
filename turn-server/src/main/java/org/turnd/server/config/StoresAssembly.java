package org.turnd.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;

/// Puts together where users are kept outside of the server.
final class StoresAssembly {
    private final SettingsReader reader;
    private final List<String> warnings;

    StoresAssembly(SettingsReader reader, List<String> warnings) {
        this.reader = reader;
        this.warnings = warnings;
    }

    /// @param configuration the file that relative paths begin at
    StoresSettings assemble(@Nullable Path configuration) {
        return new StoresSettings(
                bounds(),
                reader.value(StoresSchema.NOT_READY_WHEN_DEAD),
                reader.path(StoresSchema.CA, configuration),
                jwt(configuration),
                redis(),
                jdbc(),
                webhook());
    }

    private Bounds bounds() {
        return new Bounds(
                reader.value(StoresSchema.TIMEOUT),
                reader.value(StoresSchema.REMEMBER_KNOWN),
                reader.value(StoresSchema.REMEMBER_UNKNOWN),
                reader.value(StoresSchema.CACHE_SIZE),
                reader.value(StoresSchema.CONCURRENCY),
                reader.value(StoresSchema.WAITING),
                reader.value(StoresSchema.WAITING_PER_ADDRESS),
                reader.value(StoresSchema.LOOKUPS_PER_ADDRESS),
                reader.value(StoresSchema.SECRETS_INTERVAL));
    }

    private @Nullable RedisSettings redis() {
        String url = reader.given(StoresSchema.REDIS_URL);
        URI uri = url == null ? null : StoreValueTypes.uri(url);
        if (uri == null) {
            warnOfNothing(StoresSchema.REDIS_URL, StoresSchema.REDIS_PASSWORD);
            return null;
        }
        var redis =
                new RedisSettings(
                        uri,
                        reader.given(StoresSchema.REDIS_USERNAME),
                        reader.given(StoresSchema.REDIS_PASSWORD),
                        reader.value(StoresSchema.REDIS_USER_KEY),
                        reader.value(StoresSchema.REDIS_SECRETS_KEY).orElse(null));
        if (!redis.isTls() && !IpLiteral.isLoopback(uri)) {
            warnings.add(
                    "auth.stores.redis.url is without TLS: who reads the network there reads keys"
                            + " and secrets; use rediss://");
        }
        return redis;
    }

    private @Nullable WebhookSettings webhook() {
        String url = reader.given(StoresSchema.WEBHOOK_URL);
        URI uri = url == null ? null : StoreValueTypes.uri(url);
        if (uri == null) {
            warnOfNothing(StoresSchema.WEBHOOK_URL, StoresSchema.WEBHOOK_TOKEN);
            return null;
        }
        var webhook =
                new WebhookSettings(
                        uri,
                        reader.given(StoresSchema.WEBHOOK_TOKEN),
                        reader.given(StoresSchema.WEBHOOK_SIGNING_SECRET));
        if (webhook.token() == null
                && webhook.signingSecret() == null
                && reader.isGood(StoresSchema.WEBHOOK_TOKEN)) {
            warnings.add(
                    "auth.stores.webhook has neither a token nor a signing-secret: the service can't"
                            + " tell who asks it for passwords");
        }
        return webhook;
    }

    private @Nullable JwtSettings jwt(@Nullable Path configuration) {
        String keys = reader.given(StoresSchema.JWT_KEYS);
        if (keys == null) {
            warnOfNothing(StoresSchema.JWT_KEYS, StoresSchema.JWT_SECRET);
            return null;
        }
        String issuer = needed(StoresSchema.JWT_ISSUER);
        String audience = needed(StoresSchema.JWT_AUDIENCE);
        Secret secret = needed(StoresSchema.JWT_SECRET);
        URI uri =
                keys.contains("://")
                        ? StoreValueTypes.uri(keys)
                        : reader.resolved(StoresSchema.JWT_KEYS, Path.of(keys), configuration)
                                .toAbsolutePath()
                                .toUri();
        return uri == null || issuer == null || audience == null || secret == null
                ? null
                : new JwtSettings(uri, issuer, audience, secret);
    }

    private <T> @Nullable T needed(Setting<T> setting) {
        T value = reader.given(setting);
        if (value == null && reader.isGood(setting)) {
            reader.addProblem(
                    setting,
                    "is missing",
                    setting.type().expected(),
                    "set it, or remove " + StoresSchema.JWT_KEYS.path());
        }
        return value;
    }

    private @Nullable JdbcSettings jdbc() {
        String url = reader.given(JdbcSchema.URL);
        if (url == null) {
            warnOfNothing(JdbcSchema.URL, JdbcSchema.PASSWORD);
            return null;
        }
        var jdbc =
                new JdbcSettings(
                        url,
                        reader.given(JdbcSchema.USERNAME),
                        reader.given(JdbcSchema.PASSWORD),
                        reader.value(JdbcSchema.USER_QUERY).orElse(null),
                        reader.value(JdbcSchema.SECRETS_QUERY).orElse(null));
        if (!jdbc.isPrivate()) {
            warnings.add(
                    "auth.stores.jdbc.url is without verified TLS: who is on the way there reads keys"
                            + " and secrets; add ?sslmode=verify-full");
        }
        return jdbc;
    }

    private void warnOfNothing(Setting<?> url, Setting<?> rest) {
        if (reader.isGiven(rest) && !reader.isGiven(url)) {
            warnings.add(rest.path() + " does nothing without " + url.path());
        }
    }
}

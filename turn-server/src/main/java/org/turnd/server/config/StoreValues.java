package org.turnd.server.config;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.SettingValues.Place;
import org.turnd.server.config.StoresSettings.Bounds;

/// Where the values of `auth.stores.*` stand, for [SettingValues].
final class StoreValues {
    static final List<Place> PLACES =
            List.of(
                    bound(StoresSchema.TIMEOUT, Bounds::timeout),
                    bound(StoresSchema.REMEMBER_KNOWN, Bounds::rememberKnown),
                    bound(StoresSchema.REMEMBER_UNKNOWN, Bounds::rememberUnknown),
                    bound(StoresSchema.CACHE_SIZE, Bounds::cacheSize),
                    bound(StoresSchema.CONCURRENCY, Bounds::concurrency),
                    bound(StoresSchema.WAITING, Bounds::waiting),
                    bound(StoresSchema.WAITING_PER_ADDRESS, Bounds::waitingPerAddress),
                    bound(StoresSchema.LOOKUPS_PER_ADDRESS, Bounds::lookupsPerAddress),
                    bound(StoresSchema.SECRETS_INTERVAL, Bounds::secretsInterval),
                    at(StoresSchema.NOT_READY_WHEN_DEAD, StoresSettings::notReadyWhenDead),
                    at(StoresSchema.CA, StoresSettings::ca),
                    redis(StoresSchema.REDIS_URL, RedisSettings::url),
                    redis(StoresSchema.REDIS_USERNAME, RedisSettings::username),
                    redis(StoresSchema.REDIS_PASSWORD, RedisSettings::password),
                    redis(StoresSchema.REDIS_USER_KEY, RedisSettings::userKey),
                    redis(StoresSchema.REDIS_SECRETS_KEY, RedisSettings::secretsKey),
                    jdbc(JdbcSchema.URL, JdbcSettings::url),
                    jdbc(JdbcSchema.USERNAME, JdbcSettings::username),
                    jdbc(JdbcSchema.PASSWORD, JdbcSettings::password),
                    jdbc(JdbcSchema.USER_QUERY, JdbcSettings::userQuery),
                    jdbc(JdbcSchema.SECRETS_QUERY, JdbcSettings::secretsQuery),
                    webhook(StoresSchema.WEBHOOK_URL, WebhookSettings::url),
                    webhook(StoresSchema.WEBHOOK_TOKEN, WebhookSettings::token),
                    webhook(StoresSchema.WEBHOOK_SIGNING_SECRET, WebhookSettings::signingSecret),
                    jwt(StoresSchema.JWT_KEYS, JwtSettings::keys),
                    jwt(StoresSchema.JWT_ISSUER, JwtSettings::issuer),
                    jwt(StoresSchema.JWT_AUDIENCE, JwtSettings::audience),
                    jwt(StoresSchema.JWT_SECRET, JwtSettings::secret));

    private StoreValues() {}

    private static Place at(Setting<?> setting, Function<StoresSettings, @Nullable Object> value) {
        return new Place(setting, settings -> value.apply(settings.auth().stores()));
    }

    private static Place bound(Setting<?> setting, Function<Bounds, @Nullable Object> value) {
        return at(setting, stores -> value.apply(stores.bounds()));
    }

    private static Place redis(
            Setting<?> setting, Function<RedisSettings, @Nullable Object> value) {
        return at(setting, stores -> orNull(stores.redis(), value));
    }

    private static Place jdbc(Setting<?> setting, Function<JdbcSettings, @Nullable Object> value) {
        return at(setting, stores -> orNull(stores.jdbc(), value));
    }

    private static Place webhook(
            Setting<?> setting, Function<WebhookSettings, @Nullable Object> value) {
        return at(setting, stores -> orNull(stores.webhook(), value));
    }

    private static Place jwt(Setting<?> setting, Function<JwtSettings, @Nullable Object> value) {
        return at(setting, stores -> orNull(stores.jwt(), value));
    }

    private static <S> @Nullable Object orNull(
            @Nullable S store, Function<S, @Nullable Object> value) {
        return store == null ? null : value.apply(store);
    }
}

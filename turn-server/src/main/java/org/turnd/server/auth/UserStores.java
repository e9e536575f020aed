package org.turnd.server.auth;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.turnd.server.config.JdbcSettings;
import org.turnd.server.config.JwtSettings;
import org.turnd.server.config.RedisSettings;
import org.turnd.server.config.StoresSettings;
import org.turnd.server.config.WebhookSettings;

/// Makes the stores that the settings name. None of them connects before it is asked something, so
/// a server starts also while its stores are down.
final class UserStores {
    private UserStores() {}

    /// Returns the stores in the order in which they are asked: what needs no network first.
    ///
    /// @param clock the time that signatures carry
    /// @throws StoreFailure when a file can't be used
    static List<UserStore> open(StoresSettings settings, InstantSource clock) throws StoreFailure {
        List<UserStore> stores = new ArrayList<>();
        if (settings.names().isEmpty()) {
            return stores;
        }
        SSLContext tls = StoreTls.context(settings.ca());
        StoresSettings.Bounds bounds = settings.bounds();
        JwtSettings jwt = settings.jwt();
        if (jwt != null) {
            stores.add(new JwtStore(jwt, bounds, tls));
        }
        RedisSettings redis = settings.redis();
        if (redis != null) {
            stores.add(new RedisStore(redis, bounds, tls));
        }
        WebhookSettings webhook = settings.webhook();
        if (webhook != null) {
            stores.add(new WebhookStore(webhook, bounds, clock, tls));
        }
        JdbcSettings jdbc = settings.jdbc();
        if (jdbc != null) {
            stores.add(new JdbcStore(jdbc, settings.bounds()));
        }
        return stores;
    }
}

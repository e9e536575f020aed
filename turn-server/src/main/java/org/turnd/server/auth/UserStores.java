package org.turnd.server.auth;

import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.turnd.server.config.RedisSettings;
import org.turnd.server.config.StoresSettings;

/// Makes the stores that the settings name. None of them connects before it is asked something, so
/// a server starts also while its stores are down.
final class UserStores {
    private UserStores() {}

    /// Returns the stores in the order in which they are asked: what needs no network first.
    ///
    /// @throws StoreFailure when a file can't be used
    static List<UserStore> open(StoresSettings settings) throws StoreFailure {
        List<UserStore> stores = new ArrayList<>();
        RedisSettings redis = settings.redis();
        if (redis != null) {
            SSLContext tls = StoreTls.context(settings.ca());
            stores.add(new RedisStore(redis, settings.bounds(), tls));
        }
        return stores;
    }
}

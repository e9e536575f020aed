package org.turnd.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Switch;

/// Users that are kept outside of the server.
///
/// @param notReadyWhenDead whether a server that could tell nobody from anybody counts as not ready
/// @param ca certificates, in PEM, that those of stores are checked against; null for the ones that
///   Java trusts
/// @param jwt null when there is none, as with the others
public record StoresSettings(
        Bounds bounds,
        Switch notReadyWhenDead,
        @Nullable Path ca,
        @Nullable JwtSettings jwt,
        @Nullable RedisSettings redis,
        @Nullable JdbcSettings jdbc,
        @Nullable WebhookSettings webhook) {
    /// No stores.
    public static final StoresSettings NONE =
            new StoresSettings(Bounds.USUAL, Switch.OFF, null, null, null, null, null);

    /// What stores are called that are there, in the order in which they are asked.
    public List<String> names() {
        List<String> names = new ArrayList<>();
        if (jwt != null) {
            names.add("jwt");
        }
        if (redis != null) {
            names.add("redis");
        }
        if (jdbc != null) {
            names.add("jdbc");
        }
        if (webhook != null) {
            names.add("webhook");
        }
        return names;
    }

    /// Says whether users may be known by MD5 keys alone. Then SHA-256 isn't offered unless the
    /// operator says so: a client that takes it up couldn't log in.
    public boolean mayLackSha256Keys() {
        return redis != null || webhook != null || (jdbc != null && jdbc.userQuery() != null);
    }

    /// How long and how many.
    ///
    /// @param timeout how long a request waits for its user at most
    /// @param rememberKnown how long a user that was found is not asked for again
    /// @param rememberUnknown how long a user that nobody knew is not asked for again
    /// @param cacheSize users that are remembered at most, of either kind
    /// @param concurrency questions to one store at once at most
    /// @param waiting requests that wait at most on one shard
    /// @param waitingPerAddress of those, requests of one IPv4 address or IPv6 /64 at most
    /// @param lookupsPerAddress users that one such source may have asked for each second
    /// @param secretsInterval how often the stores' shared secrets are fetched
    public record Bounds(
            Duration timeout,
            Duration rememberKnown,
            Duration rememberUnknown,
            int cacheSize,
            int concurrency,
            int waiting,
            int waitingPerAddress,
            int lookupsPerAddress,
            Duration secretsInterval) {
        /// The defaults.
        public static final Bounds USUAL =
                new Bounds(
                        Duration.ofSeconds(2),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(10),
                        10_000,
                        16,
                        1024,
                        64,
                        20,
                        Duration.ofSeconds(30));
    }
}

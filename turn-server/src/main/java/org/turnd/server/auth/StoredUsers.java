package org.turnd.server.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.ExpiredCredentials;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.Credentials;
import org.turnd.server.engine.RemoteUsers;
import org.turnd.server.engine.UserAnswer;
import org.turnd.server.engine.UserQuery;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;

/// The users of all [UserStore]s, asked in their order on virtual threads: the first that knows a
/// user decides. Answers are remembered for a while, in bounded memory, and one user is asked for
/// once at a time, however many wait for it. Where a store fails and no other knows the user, the
/// answer is that nobody can tell, which lets nobody in and isn't remembered. Safe on every thread.
public final class StoredUsers implements AutoCloseable {
    /// Users that are asked for at once at most, whether the stores have begun with them or not.
    static final int LOOKUPS_MAX = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(StoredUsers.class);
    private static final UserAnswer UNKNOWN = new UserAnswer.Unknown();
    private static final UserAnswer UNAVAILABLE = new UserAnswer.Unavailable();

    /// What is remembered of a user.
    ///
    /// @param source the store that knows it
    private record Found(String username, StoredUser user, String source) {}

    private final List<GuardedStore> stores;
    private final Bounds bounds;
    private final InstantSource clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConcurrentHashMap<UserQuery, CompletableFuture<UserAnswer>> lookups =
            new ConcurrentHashMap<>();
    private final StoreCounts counts = new StoreCounts();

    /// Apart, so that a flood of names that nobody knows washes nobody out who is known.
    private final Cache<UserQuery, Found> known;

    private final Cache<UserQuery, Boolean> unknown;

    private volatile ExpiredCredentials expired;
    private volatile StoredSecrets secrets = StoredSecrets.NONE;

    /// @param stores asked in this order
    /// @param expired what becomes of allocations whose user has expired
    /// @param clock the time that users expire by
    /// @param ticker the time that answers are forgotten by
    StoredUsers(
            List<? extends UserStore> stores,
            Bounds bounds,
            ExpiredCredentials expired,
            InstantSource clock,
            Ticker ticker) {
        this.stores =
                stores.stream()
                        .map(store -> new GuardedStore(store, bounds.concurrency(), threads))
                        .toList();
        this.bounds = bounds;
        this.expired = expired;
        this.clock = clock;
        known = cache(bounds.rememberKnown(), bounds.cacheSize(), ticker);
        unknown = cache(bounds.rememberUnknown(), bounds.cacheSize(), ticker);
    }

    /// Opens the stores of the settings, and waits for their shared secrets, but no longer than for
    /// a user: a server starts also while its stores are down.
    ///
    /// @param clock the time that users expire by
    /// @return null when the settings name no store
    /// @throws StoreFailure when a file that a store needs can't be used
    public static @Nullable StoredUsers open(ServerSettings settings, InstantSource clock)
            throws StoreFailure {
        ServerSettings.Auth auth = settings.auth();
        List<UserStore> stores = UserStores.open(auth.stores(), clock);
        if (stores.isEmpty()) {
            return null;
        }
        var users =
                new StoredUsers(
                        stores,
                        auth.stores().bounds(),
                        auth.expiredCredentials(),
                        clock,
                        System::nanoTime);
        users.fetchSecrets(settings.realm(), auth.separator());
        return users;
    }

    /// Begins to keep the shared secrets up to date.
    StoredSecrets fetchSecrets(String realm, char separator) {
        List<GuardedStore> having =
                stores.stream().filter(store -> store.store().hasSecrets()).toList();
        secrets =
                StoredSecrets.polling(
                        having, realm, separator, bounds, () -> expired, clock, threads);
        return secrets;
    }

    private static <V> Cache<UserQuery, V> cache(Duration time, int size, Ticker ticker) {
        return Caffeine.newBuilder()
                .expireAfterWrite(time)
                .maximumSize(size)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /// Returns what is remembered of a user, or null. Doesn't block.
    public @Nullable UserAnswer recall(UserQuery query) {
        Found found = known.getIfPresent(query);
        if (found != null) {
            counts.recalled();
            return answer(found);
        }
        if (unknown.getIfPresent(query) != null) {
            counts.recalled();
            return UNKNOWN;
        }
        return null;
    }

    /// Asks for a user. Doesn't block.
    ///
    /// @param reply called exactly once, on any thread
    public void ask(UserQuery query, Consumer<? super UserAnswer> reply) {
        // Bounded also when the stores are dead: who comes on top is told so.
        if (lookups.size() >= LOOKUPS_MAX && !lookups.containsKey(query)) {
            reply.accept(UNAVAILABLE);
            return;
        }
        var mine = new CompletableFuture<UserAnswer>();
        CompletableFuture<UserAnswer> begun = lookups.putIfAbsent(query, mine);
        if (begun == null) {
            begin(query, mine);
        }
        CompletableFuture<?> told = (begun == null ? mine : begun).thenAccept(reply);
        assert told != null : "who asks is told by the reply";
    }

    private void begin(UserQuery query, CompletableFuture<UserAnswer> lookup) {
        try {
            threads.execute(() -> finish(query, lookup, lookUp(query)));
        } catch (RejectedExecutionException e) {
            // Closed.
            finish(query, lookup, UNAVAILABLE);
        }
    }

    private void finish(UserQuery query, CompletableFuture<UserAnswer> lookup, UserAnswer answer) {
        counts.add(answer);
        lookups.remove(query, lookup);
        lookup.complete(answer);
    }

    private UserAnswer lookUp(UserQuery query) {
        try {
            return askAll(query);
        } catch (RuntimeException e) {
            // A bug of ours or of a store: somebody waits all the same.
            LOG.error("A user could not be looked up", e);
            return UNAVAILABLE;
        }
    }

    /// Each store has an equal part of the time that is left, so that one that is slow doesn't take
    /// what the others need.
    private UserAnswer askAll(UserQuery query) {
        long untilNanos = System.nanoTime() + bounds.timeout().toNanos();
        boolean isSure = true;
        for (int i = 0; i < stores.size(); i++) {
            long leftNanos = untilNanos - System.nanoTime();
            Duration limit = Duration.ofNanos(Math.max(0, leftNanos) / (stores.size() - i));
            try {
                Found found = stores.get(i).ask(store -> find(store, query), limit);
                if (found != null) {
                    known.put(query, found);
                    return answer(found);
                }
            } catch (StoreFailure e) {
                isSure = false;
            }
        }
        if (!isSure) {
            return UNAVAILABLE;
        }
        unknown.put(query, true);
        return UNKNOWN;
    }

    private static @Nullable Found find(UserStore store, UserQuery query) throws StoreFailure {
        Octets hash = query.userHash();
        String username = query.username();
        if (username == null) {
            username = hash == null ? null : store.usernameOf(hash, query.realm());
        }
        StoredUser user = username == null ? null : store.find(username, query.realm());
        return username == null || user == null ? null : new Found(username, user, store.name());
    }

    private UserAnswer answer(Found found) {
        Instant end = found.user().validUntil();
        if (end == null) {
            return answer(found, Credential.FOREVER);
        }
        long secondsLeft = Duration.between(clock.instant(), end).toSeconds();
        if (secondsLeft <= 0) {
            return UNKNOWN;
        }
        // E-04.
        return answer(found, expired == ExpiredCredentials.CUT ? secondsLeft : Credential.FOREVER);
    }

    private static UserAnswer answer(Found found, long secondsLeft) {
        return new UserAnswer.Known(
                found.username(),
                credentials(found.user().md5Keys(), secondsLeft, found.source()),
                credentials(found.user().sha256Keys(), secondsLeft, found.source()));
    }

    private static List<Credential> credentials(
            List<IntegrityKey> keys, long secondsLeft, String source) {
        return keys.stream().map(key -> new Credential(key, secondsLeft, source)).toList();
    }

    /// Says what becomes from now on of allocations whose user has expired.
    public void use(ExpiredCredentials next) {
        expired = next;
    }

    /// Forgets what is remembered of a user: the next request asks for it.
    public void forget(String username, String realm) {
        UserQuery query = UserQuery.byName(username, realm);
        known.invalidate(query);
        unknown.invalidate(query);
    }

    /// Forgets all that is remembered.
    public void forgetAll() {
        known.invalidateAll();
        unknown.invalidateAll();
    }

    /// How the stores do.
    public List<StoreStatus> stores() {
        return List.copyOf(stores);
    }

    /// Whether nobody can be told from anybody now: every store is dead, and no shared secret of
    /// one is remembered.
    public boolean knowNobody() {
        return stores.stream().allMatch(GuardedStore::isDead) && secrets.count() == 0;
    }

    /// How often users were asked for, and what came of it.
    public StoreCounts counts() {
        return counts;
    }

    /// Users that are remembered, without those whose time is over.
    public long remembered() {
        known.cleanUp();
        unknown.cleanUp();
        return known.estimatedSize() + unknown.estimatedSize();
    }

    /// These users as one engine sees them.
    RemoteUsers answering(RemoteUsers.Replies replies) {
        return new RemoteUsers() {
            @Override
            public @Nullable UserAnswer recall(UserQuery query) {
                return StoredUsers.this.recall(query);
            }

            @Override
            public void ask(int ticket, UserQuery query) {
                StoredUsers.this.ask(query, answer -> replies.reply(ticket, answer));
            }

            @Override
            public boolean isSource(@Nullable String source) {
                return stores.stream().anyMatch(store -> store.name().equals(source));
            }

            @Override
            public Patience patience() {
                return new Patience(
                        bounds.timeout().toNanos(),
                        bounds.waiting(),
                        bounds.waitingPerAddress(),
                        bounds.lookupsPerAddress());
            }
        };
    }

    /// The shared secrets of all stores that have any, kept up to date until this is closed.
    Credentials secrets() {
        return secrets;
    }

    /// Ends the connections of the stores. Who still waits is told that nobody can tell.
    @Override
    public void close() {
        List<CompletableFuture<UserAnswer>> open = new ArrayList<>(lookups.values());
        threads.shutdownNow();
        stores.forEach(GuardedStore::close);
        open.forEach(lookup -> lookup.complete(UNAVAILABLE));
    }
}

package org.turnd.server.auth;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.ExpiredCredentials;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.Credentials;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;

/// Users of the shared secrets that lie in stores. The secrets are fetched again and again in the
/// background, so nobody waits for them. Those of a store that fails stay good for a while, then
/// nobody is let in with them. Safe on every thread.
final class StoredSecrets implements Credentials {
    /// Secrets at most, those of all stores together; more are not looked at.
    static final int SECRETS_MAX = 16;

    /// How many times the fetching interval secrets are good without being fetched again.
    static final int INTERVALS_KEPT = 10;

    /// Those of no store.
    static final StoredSecrets NONE =
            new StoredSecrets(
                    List.of(),
                    "",
                    ':',
                    Bounds.USUAL,
                    () -> ExpiredCredentials.KEEP,
                    InstantSource.system());

    private record Fetched(List<Secret> secrets, long atNanos) {}

    private final List<GuardedStore> stores;
    private final String realm;
    private final char separator;
    private final Bounds bounds;
    private final Supplier<ExpiredCredentials> expired;
    private final InstantSource clock;

    /// By store. Of the fetching thread.
    private final Map<GuardedStore, Fetched> fetched = new HashMap<>();

    private volatile List<TimeLimitedCredentials> sources = List.of();

    private StoredSecrets(
            List<GuardedStore> stores,
            String realm,
            char separator,
            Bounds bounds,
            Supplier<ExpiredCredentials> expired,
            InstantSource clock) {
        this.stores = stores;
        this.realm = realm;
        this.separator = separator;
        this.bounds = bounds;
        this.expired = expired;
        this.clock = clock;
    }

    /// Fetches once, waiting for it, and then from time to time until `threads` are shut down.
    static StoredSecrets polling(
            List<GuardedStore> stores,
            String realm,
            char separator,
            Bounds bounds,
            Supplier<ExpiredCredentials> expired,
            InstantSource clock,
            ExecutorService threads) {
        var secrets = new StoredSecrets(stores, realm, separator, bounds, expired, clock);
        if (!stores.isEmpty()) {
            Future<?> first = threads.submit(secrets::fetch);
            try {
                first.get(bounds.timeout().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // The server starts without them, and logs why; they are fetched again.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Future<?> again = threads.submit(secrets::fetchAgainAndAgain);
            assert !again.isCancelled() : "it has just begun";
        }
        return secrets;
    }

    private void fetchAgainAndAgain() {
        try {
            while (true) {
                Thread.sleep(bounds.secretsInterval());
                fetch();
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    synchronized void fetch() {
        for (GuardedStore store : stores) {
            try {
                List<Secret> secrets = store.ask(one -> one.secrets(realm), bounds.timeout());
                fetched.put(store, new Fetched(List.copyOf(secrets), System.nanoTime()));
            } catch (StoreFailure e) {
                // The store has logged and counted it.
                forgetIfOld(store);
            }
        }
        var all = new ArrayList<TimeLimitedCredentials>();
        for (GuardedStore store : stores) {
            Fetched ofStore = fetched.get(store);
            List<Secret> secrets = ofStore == null ? List.of() : ofStore.secrets();
            for (Secret secret : secrets) {
                // An empty secret is what everybody knows.
                if (all.size() < SECRETS_MAX && !secret.value().isEmpty()) {
                    all.add(new TimeLimitedCredentials(secret, separator, expired, clock));
                }
            }
        }
        sources = List.copyOf(all);
    }

    private void forgetIfOld(GuardedStore store) {
        Fetched last = fetched.get(store);
        Duration kept = bounds.secretsInterval().multipliedBy(INTERVALS_KEPT);
        if (last != null && System.nanoTime() - last.atNanos() > kept.toNanos()) {
            fetched.remove(store);
        }
    }

    /// Secrets that are good now.
    int count() {
        return sources.size();
    }

    @Override
    public int candidates() {
        return SECRETS_MAX;
    }

    @Override
    public @Nullable Credential find(
            String username, String realm, KeyAlgorithm algorithm, int candidate) {
        List<TimeLimitedCredentials> now = sources;
        return candidate < now.size()
                ? now.get(candidate).find(username, realm, algorithm, 0)
                : null;
    }

    @Override
    public boolean vouchesFor(
            String username, String realm, KeyAlgorithm algorithm, IntegrityKey key) {
        return sources.stream()
                .anyMatch(source -> source.vouchesFor(username, realm, algorithm, key));
    }
}

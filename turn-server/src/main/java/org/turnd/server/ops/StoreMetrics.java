package org.turnd.server.ops;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.turnd.server.auth.StoreCounts;
import org.turnd.server.auth.StoreStatus;
import org.turnd.server.auth.StoredUsers;

/// Makes visible how the stores do that users are kept in.
public final class StoreMetrics {
    private StoreMetrics() {}

    /// Registers the counts of a server's stores.
    public static void register(Metrics metrics, StoredUsers users) {
        StoreCounts counts = users.counts();
        Map<String, LongSupplier> results = new LinkedHashMap<>();
        results.put("remembered", counts::recalledCount);
        results.put("known", counts::knownCount);
        results.put("unknown", counts::unknownCount);
        results.put("unavailable", counts::unavailableCount);
        metrics.counter(
                "turnd_user_lookups",
                "Users of stores that were looked up, by result: remembered without asking a store,"
                        + " known or unknown to the stores, unavailable when nobody could tell.",
                "result",
                results);
        metrics.gauge(
                "turnd_users_remembered",
                "Users and unknown names that are remembered, so that no store is asked.",
                users::remembered);
        metrics.gauge(
                "turnd_store_up",
                "1 while a store answers; 0 when it has failed so often in a row that it is asked only"
                        + " now and then. Users that are remembered get in all the same.",
                "store",
                byStore(users, store -> store.isDead() ? 0 : 1));
        metrics.counter(
                "turnd_store_questions",
                "Questions to a store, those among them that failed included.",
                "store",
                byStore(users, StoreStatus::asked));
        metrics.counter(
                "turnd_store_failures",
                "Questions that a store did not answer, or not in time.",
                "store",
                byStore(users, StoreStatus::failed));
        metrics.secondsCounter(
                "turnd_store_seconds",
                "How long all questions to a store took together.",
                "store",
                byStore(users, StoreStatus::nanos));
    }

    private static Map<String, LongSupplier> byStore(
            StoredUsers users, ToLongFunction<StoreStatus> value) {
        Map<String, LongSupplier> values = new LinkedHashMap<>();
        for (StoreStatus store : users.stores()) {
            values.put(store.name(), () -> value.applyAsLong(store));
        }
        return values;
    }
}

package org.turnd.server.policy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// How many allocations a realm and each of its users have, and what they may relay. Users of the
/// same name in two realms are two. Safe on every thread. Keeps only users that have an allocation.
final class RealmQuotas {
    private record User(int allocations, @Nullable TokenBuckets bandwidth) {
        boolean isAtRate(int bytesPerSecond) {
            return bandwidth != null && bandwidth.bytesPerSecond() == bytesPerSecond;
        }
    }

    private volatile Quotas.OfRealm bounds;
    private final AtomicInteger allocations = new AtomicInteger();
    private final ConcurrentHashMap<String, User> users = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable TotalBandwidth> total = new AtomicReference<>();

    RealmQuotas(Quotas.OfRealm bounds) {
        this.bounds = bounds;
    }

    /// Judges by other bounds from now on; what users have they keep.
    void use(Quotas.OfRealm next) {
        bounds = next;
    }

    /// Counts one more, if the realm may have it.
    boolean acquire() {
        int max = bounds.allocations();
        int now = allocations.incrementAndGet();
        if (max > 0 && now > max) {
            allocations.decrementAndGet();
            return false;
        }
        return true;
    }

    void release() {
        allocations.decrementAndGet();
    }

    /// Counts one more, if the user may have it.
    boolean acquire(String username) {
        while (true) {
            User user = users.putIfAbsent(username, new User(1, null));
            if (user == null) {
                return true;
            }
            if (user.allocations >= bounds.allocationsPerUser()) {
                return false;
            }
            if (users.replace(username, user, new User(user.allocations + 1, user.bandwidth))) {
                return true;
            }
        }
    }

    void release(String username) {
        users.computeIfPresent(
                username,
                (name, user) ->
                        user.allocations == 1
                                ? null
                                : new User(user.allocations - 1, user.bandwidth));
    }

    /// What the allocations of a user, who has one, share; null for no bound.
    @Nullable TokenBuckets ofUser(String username, long nowNanos) {
        int bytesPerSecond = bounds.bandwidthPerUser();
        if (bytesPerSecond == 0) {
            return null;
        }
        User user =
                users.computeIfPresent(
                        username,
                        (name, known) ->
                                known.isAtRate(bytesPerSecond)
                                        ? known
                                        : new User(
                                                known.allocations,
                                                new TokenBuckets(bytesPerSecond, nowNanos)));
        return user == null ? null : user.bandwidth;
    }

    /// What all allocations of the realm share; null for no bound.
    @Nullable TotalBandwidth total(long nowNanos) {
        return TotalBandwidth.in(total, bounds.bandwidth(), nowNanos);
    }

    /// Users that have an allocation.
    int size() {
        return users.size();
    }
}

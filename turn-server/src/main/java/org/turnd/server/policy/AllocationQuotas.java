package org.turnd.server.policy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.Throttles;
import org.turnd.server.engine.Bandwidth;
import org.turnd.stun.TransportAddress;

/// How many allocations each user and each client address has (F-25, S-09), and what allocations
/// may relay. Safe on every thread. Keeps only those that have an allocation, so it never holds
/// more entries than there are allocations.
final class AllocationQuotas {
    private record User(int allocations, @Nullable TokenBuckets bandwidth) {
        boolean isAtRate(int bytesPerSecond) {
            return bandwidth != null && bandwidth.bytesPerSecond() == bytesPerSecond;
        }
    }

    private volatile Quotas quotas;
    private final ConcurrentHashMap<String, User> users = new ConcurrentHashMap<>();
    private final AddressCounts addresses = new AddressCounts();
    private final AtomicReference<@Nullable TotalBandwidth> total = new AtomicReference<>();

    AllocationQuotas(Quotas quotas) {
        this.quotas = quotas;
    }

    /// Judges by other quotas from now on; what users have they keep. Who asks for its [#bandwidth]
    /// again gets it at the new rate.
    void use(Quotas next) {
        quotas = next;
    }

    boolean acquire(String username) {
        while (true) {
            User user = users.putIfAbsent(username, new User(1, null));
            if (user == null) {
                return true;
            }
            if (user.allocations >= quotas.allocationsPerUser()) {
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

    /// What a new allocation of a user, which counts already, may relay; null for everything.
    @Nullable Bandwidth bandwidth(String username, int shard, long nowNanos) {
        Throttles.Bandwidth bounds = quotas.bandwidth();
        if (bounds.equals(Throttles.Bandwidth.UNBOUNDED)) {
            return null;
        }
        int own = bounds.perAllocation();
        int perUser = bounds.perUser();
        return new AllocationBandwidth(
                own == 0 ? null : new TokenBuckets(own, nowNanos),
                perUser == 0 ? null : ofUser(username, perUser, nowNanos),
                bounds.total() == 0 ? null : total(bounds.total(), nowNanos),
                shard);
    }

    private @Nullable TokenBuckets ofUser(String username, int bytesPerSecond, long nowNanos) {
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

    private TotalBandwidth total(int bytesPerSecond, long nowNanos) {
        while (true) {
            TotalBandwidth known = total.get();
            if (known != null && known.buckets().bytesPerSecond() == bytesPerSecond) {
                return known;
            }
            var fresh = new TotalBandwidth(bytesPerSecond, nowNanos);
            if (total.compareAndSet(known, fresh)) {
                return fresh;
            }
        }
    }

    boolean acquire(TransportAddress client) {
        return addresses.acquire(client, quotas.allocationsPerAddress());
    }

    void release(TransportAddress client) {
        addresses.release(client);
    }

    /// Users and addresses that have an allocation.
    int size() {
        return users.size() + addresses.size();
    }
}

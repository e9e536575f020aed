package org.turnd.server.policy;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.Bandwidth;
import org.turnd.stun.TransportAddress;

/// How many allocations each user and each client address has (F-25, S-09), and what users may
/// relay. Safe on every thread. Keeps only those that have an allocation, so it never holds more
/// entries than there are allocations.
final class AllocationQuotas {
    private record User(int allocations, @Nullable Bandwidth bandwidth) {}

    private volatile Quotas quotas;
    private final ConcurrentHashMap<String, User> users = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<TransportAddress, Integer> addresses =
            new ConcurrentHashMap<>();

    AllocationQuotas(Quotas quotas) {
        this.quotas = quotas;
    }

    /// Judges by other quotas from now on; what users have they keep. Who asks for its [#bandwidth]
    /// again gets it at the new rate.
    void use(Quotas next) {
        boolean isSameRate = next.bandwidthPerUser() == quotas.bandwidthPerUser();
        quotas = next;
        if (!isSameRate) {
            users.replaceAll((name, user) -> new User(user.allocations, null));
        }
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

    /// What a user with an allocation may relay, or null for everything.
    @Nullable Bandwidth bandwidth(String username, long nowNanos) {
        long bytesPerSecond = quotas.bandwidthPerUser();
        if (bytesPerSecond == 0) {
            return null;
        }
        User user =
                users.computeIfPresent(
                        username,
                        (name, known) ->
                                known.bandwidth != null
                                        ? known
                                        : new User(
                                                known.allocations,
                                                new UserBandwidth(bytesPerSecond, nowNanos)));
        return user == null ? null : user.bandwidth;
    }

    boolean acquire(TransportAddress client) {
        // Counted without a bound, too: a later one finds those that are there.
        int allowed = quotas.allocationsPerAddress();
        int max = allowed == 0 ? Integer.MAX_VALUE : allowed;
        TransportAddress address = sourceOf(client);
        while (true) {
            Integer count = addresses.putIfAbsent(address, 1);
            if (count == null) {
                return true;
            }
            if (count >= max) {
                return false;
            }
            if (addresses.replace(address, count, count + 1)) {
                return true;
            }
        }
    }

    void release(TransportAddress client) {
        addresses.computeIfPresent(
                sourceOf(client), (address, count) -> count == 1 ? null : count - 1);
    }

    /// Users and addresses that have an allocation.
    int size() {
        return users.size() + addresses.size();
    }

    /// A host has all of its IPv6 /64.
    private static TransportAddress sourceOf(TransportAddress client) {
        long low = client.isIpv4() ? client.low() : 0;
        return new TransportAddress(client.high(), low, 0);
    }
}

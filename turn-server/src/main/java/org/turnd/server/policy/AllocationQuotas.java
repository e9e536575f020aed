package org.turnd.server.policy;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How many allocations each user has (F-25). Safe on every thread. Keeps only users that have one,
/// so it never holds more entries than there are allocations.
final class AllocationQuotas {
    private final int allocationsPerUser;
    private final ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();

    AllocationQuotas(int allocationsPerUser) {
        this.allocationsPerUser = allocationsPerUser;
    }

    boolean acquire(String username) {
        while (true) {
            Integer count = counts.putIfAbsent(username, 1);
            if (count == null) {
                return true;
            }
            if (count >= allocationsPerUser) {
                return false;
            }
            if (counts.replace(username, count, count + 1)) {
                return true;
            }
        }
    }

    void release(String username) {
        counts.computeIfPresent(username, AllocationQuotas::oneLess);
    }

    int userCount() {
        return counts.size();
    }

    private static @Nullable Integer oneLess(String username, Integer count) {
        return count == 1 ? null : count - 1;
    }
}

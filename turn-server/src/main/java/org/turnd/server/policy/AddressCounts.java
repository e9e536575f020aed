package org.turnd.server.policy;

import java.util.concurrent.ConcurrentHashMap;
import org.turnd.stun.TransportAddress;

/// How many of a thing each client address has (S-09): an IPv4 address or an IPv6 /64, which is one
/// host's. Safe on every thread. Keeps only addresses that have one.
public final class AddressCounts {
    private final ConcurrentHashMap<TransportAddress, Integer> counts = new ConcurrentHashMap<>();

    /// Counts one more of this client's address, or returns false when it has as many as it may.
    ///
    /// @param allowed at most of one address; 0 for no bound, and then they are counted as well: a
    ///   later bound finds those that are there
    public boolean acquire(TransportAddress client, int allowed) {
        int max = allowed == 0 ? Integer.MAX_VALUE : allowed;
        TransportAddress address = sourceOf(client);
        while (true) {
            Integer count = counts.putIfAbsent(address, 1);
            if (count == null) {
                return true;
            }
            if (count >= max) {
                return false;
            }
            if (counts.replace(address, count, count + 1)) {
                return true;
            }
        }
    }

    /// Counts one less of this client's address.
    public void release(TransportAddress client) {
        counts.computeIfPresent(
                sourceOf(client), (address, count) -> count == 1 ? null : count - 1);
    }

    /// Addresses that have one.
    public int size() {
        return counts.size();
    }

    private static TransportAddress sourceOf(TransportAddress client) {
        long low = client.isIpv4() ? client.low() : 0;
        return new TransportAddress(client.high(), low, 0);
    }
}

package org.turnd.server.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.Throttles;
import org.turnd.server.engine.Bandwidth;
import org.turnd.stun.TransportAddress;

/// How many allocations each realm, user and client address has (F-25, S-09), and what allocations
/// may relay. Safe on every thread. Keeps only those that have an allocation, so it never holds
/// more entries than there are allocations.
final class AllocationQuotas {
    private volatile Quotas quotas;
    private final List<RealmQuotas> realms = new ArrayList<>();
    private final AddressCounts addresses = new AddressCounts();
    private final AtomicReference<@Nullable TotalBandwidth> total = new AtomicReference<>();

    AllocationQuotas(Quotas quotas) {
        this.quotas = quotas;
        realms.add(new RealmQuotas(quotas.ofDefault()));
        quotas.realms().forEach(bounds -> realms.add(new RealmQuotas(bounds)));
    }

    /// Judges by other quotas from now on, of the same realms; what users have they keep. Who asks
    /// for its [#bandwidth] again gets it at the new rate.
    void use(Quotas next) {
        quotas = next;
        realms.getFirst().use(next.ofDefault());
        for (int i = 0; i < next.realms().size(); i++) {
            realms.get(i + 1).use(next.realms().get(i));
        }
    }

    /// The quotas of a realm and its users.
    RealmQuotas of(int realm) {
        return realms.get(realm);
    }

    /// What a new allocation of a user, which counts already, may relay; null for everything.
    @Nullable Bandwidth bandwidth(int realm, String username, int shard, long nowNanos) {
        Throttles.Bandwidth bounds = quotas.bandwidth();
        int own = bounds.perAllocation();
        TokenBuckets ofUser = of(realm).ofUser(username, nowNanos);
        TotalBandwidth ofRealm = of(realm).total(nowNanos);
        TotalBandwidth ofServer = TotalBandwidth.in(total, bounds.total(), nowNanos);
        return own == 0 && ofUser == null && ofRealm == null && ofServer == null
                ? null
                : new AllocationBandwidth(
                        own == 0 ? null : new TokenBuckets(own, nowNanos),
                        ofUser,
                        ofRealm,
                        ofServer,
                        shard);
    }

    boolean acquire(TransportAddress client) {
        return addresses.acquire(client, quotas.allocationsPerAddress());
    }

    void release(TransportAddress client) {
        addresses.release(client);
    }

    /// Users and addresses that have an allocation.
    int size() {
        return realms.stream().mapToInt(RealmQuotas::size).sum() + addresses.size();
    }
}

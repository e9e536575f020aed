package org.turnd.server.policy;

import java.util.List;
import org.turnd.server.config.Throttles;

/// What one user, one client address or one allocation may have of a server (S-09).
///
/// @param allocationsPerUser allocations at most of one user name, at least 1
/// @param allocationsPerAddress allocations at most of one client's IPv4 address or IPv6 /64; 0 for
///   as many as users may have
/// @param bandwidth what may be relayed
/// @param realms what realms beside the default one may have, in the order of their indexes
public record Quotas(
        int allocationsPerUser,
        int allocationsPerAddress,
        Throttles.Bandwidth bandwidth,
        List<OfRealm> realms) {
    public Quotas {
        realms = List.copyOf(realms);
    }

    /// Bounds what is in the default realm.
    public Quotas(
            int allocationsPerUser, int allocationsPerAddress, Throttles.Bandwidth bandwidth) {
        this(allocationsPerUser, allocationsPerAddress, bandwidth, List.of());
    }

    /// Bounds allocations by user names alone.
    public static Quotas perUser(int allocations) {
        return new Quotas(allocations, 0, Throttles.Bandwidth.UNBOUNDED);
    }

    /// What the default realm may have: its users have their bounds, the whole is the server's.
    OfRealm ofDefault() {
        return new OfRealm(0, allocationsPerUser, 0, bandwidth.perUser());
    }

    /// What a realm and its users may have.
    ///
    /// @param allocations allocations at most of all its users; 0 for no bound
    /// @param allocationsPerUser allocations at most of one user name, at least 1
    /// @param bandwidth bytes a second at most, each way, of all its users; 0 for no bound
    /// @param bandwidthPerUser the same of one user name
    public record OfRealm(
            int allocations, int allocationsPerUser, int bandwidth, int bandwidthPerUser) {}
}

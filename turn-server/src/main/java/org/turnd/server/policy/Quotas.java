package org.turnd.server.policy;

import org.turnd.server.config.Throttles;

/// What one user, one client address or one allocation may have of a server (S-09).
///
/// @param allocationsPerUser allocations at most of one user name, at least 1
/// @param allocationsPerAddress allocations at most of one client's IPv4 address or IPv6 /64; 0 for
///   as many as users may have
/// @param bandwidth what may be relayed
public record Quotas(
        int allocationsPerUser, int allocationsPerAddress, Throttles.Bandwidth bandwidth) {
    /// Bounds allocations by user names alone.
    public static Quotas perUser(int allocations) {
        return new Quotas(allocations, 0, Throttles.Bandwidth.UNBOUNDED);
    }
}

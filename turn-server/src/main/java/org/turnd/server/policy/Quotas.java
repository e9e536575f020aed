package org.turnd.server.policy;

/// What one user, or one client address, may have of a server (S-09).
///
/// @param allocationsPerUser allocations at most of one user name, at least 1
/// @param allocationsPerAddress allocations at most of one client's IPv4 address or IPv6 /64; 0 for
///   as many as users may have
/// @param bandwidthPerUser bytes a second at most, each way, of one user name; 0 for as many as the
///   network carries
public record Quotas(int allocationsPerUser, int allocationsPerAddress, long bandwidthPerUser) {
    /// Bounds allocations by user names alone.
    public static Quotas perUser(int allocations) {
        return new Quotas(allocations, 0, 0);
    }
}

package org.turnd.server.engine;

/// How often one shard lets a source try before it falls silent. A source is an IPv4 address or an
/// IPv6 /64.
///
/// @param strangerAnswersPerSecond error answers over UDP to requests that nobody has signed for,
///   so that forged requests get nobody flooded (S-07)
/// @param failedLoginsPerMinute wrong passwords for one user name from one source, after which
///   nothing more is asked of it until the minute is over (S-14); from elsewhere the user gets in
/// @param reflectionFactor how many times what strangers sent over UDP they are sent at most, see
///   [ReflectionBudget]; 0 for no bound
public record AbuseLimits(
        int strangerAnswersPerSecond, int failedLoginsPerMinute, int reflectionFactor) {
    /// For tests and simulations that are about something else.
    public static final AbuseLimits NONE = new AbuseLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, 0);
}

package org.turnd.server.engine;

/// How often one shard lets a source try before it falls silent. A source is an IPv4 address or an
/// IPv6 /64.
///
/// @param strangerAnswersPerSecond error answers over UDP to requests that nobody has signed for,
///   so that forged requests get nobody flooded (S-07)
/// @param failedLoginsPerMinute wrong passwords for one user name from one source, after which
///   nothing more is asked of it until the minute is over (S-14); from elsewhere the user gets in
public record AbuseLimits(int strangerAnswersPerSecond, int failedLoginsPerMinute) {
    /// For tests and simulations that are about something else.
    public static final AbuseLimits NONE = new AbuseLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);
}

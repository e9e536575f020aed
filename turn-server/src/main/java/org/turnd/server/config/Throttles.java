package org.turnd.server.config;

/// What one user, one client address or one allocation may have of the server.
///
/// @param allocationsPerAddress allocations at most of one client's IPv4 address or IPv6 /64; 0 for
///   no bound
/// @param connectionsPerAddress TCP and TLS connections at most of one client's address, and as
///   many DTLS sessions; 0 for no bound
/// @param tlsHandshakes unfinished TLS handshakes at most
/// @param bandwidth what may be relayed
/// @param reflectionFactor how many times what strangers sent over UDP is sent back at most; 0 for
///   no bound
/// @param strangerAnswersPerSecond error answers at most over UDP, by one shard, to unsigned
///   requests of one source
/// @param failedLoginsPerMinute wrong passwords at most for one user name from one source
public record Throttles(
        int allocationsPerAddress,
        int connectionsPerAddress,
        int tlsHandshakes,
        Bandwidth bandwidth,
        int reflectionFactor,
        int strangerAnswersPerSecond,
        int failedLoginsPerMinute) {
    /// Bounds nothing.
    public static final Throttles NONE =
            new Throttles(
                    0,
                    0,
                    Integer.MAX_VALUE,
                    Bandwidth.UNBOUNDED,
                    0,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE);

    /// Bytes a second at most, each way; 0 for no bound.
    ///
    /// @param perAllocation of one allocation
    /// @param perUser of one user name
    /// @param total of the server
    public record Bandwidth(int perAllocation, int perUser, int total) {
        /// As much as the network carries.
        public static final Bandwidth UNBOUNDED = new Bandwidth(0, 0, 0);
    }
}

package org.turnd.server.policy;

/// A bucket for each way.
record TokenBuckets(TokenBucket toPeers, TokenBucket toClients) {
    /// @param bytesPerSecond each way, at least 1
    TokenBuckets(long bytesPerSecond, long nowNanos) {
        this(new TokenBucket(bytesPerSecond, nowNanos), new TokenBucket(bytesPerSecond, nowNanos));
    }
}

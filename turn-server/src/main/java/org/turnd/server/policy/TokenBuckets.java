package org.turnd.server.policy;

/// A bucket for each way.
///
/// @param bytesPerSecond each way, at least 1
record TokenBuckets(int bytesPerSecond, TokenBucket toPeers, TokenBucket toClients) {
    TokenBuckets(int bytesPerSecond, long nowNanos) {
        this(
                bytesPerSecond,
                new TokenBucket(bytesPerSecond, nowNanos),
                new TokenBucket(bytesPerSecond, nowNanos));
    }
}

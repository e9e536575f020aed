package org.turnd.server.net;

/// Bounds of one stream connection.
///
/// @param handshakeNanos how long a TLS handshake, and after it the first whole message, may take
/// @param idleNanos how long a connection without allocation may say nothing
/// @param channelNumberMax frames with a higher channel number are skipped
/// @param queueBytes relayed data that waits at most for a client that doesn't read
record StreamLimits(long handshakeNanos, long idleNanos, int queueBytes, int channelNumberMax) {}

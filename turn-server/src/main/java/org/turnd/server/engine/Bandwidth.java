package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;

/// What one allocation may relay in a second, each way, by its own bound, its user's and the
/// server's (I-17, S-09). On the data path: neither locks nor allocates. Packets are the shard's
/// thread's, streams any thread's; an allocation relays one or the other.
public interface Bandwidth {
    /// IP and UDP headers of a packet: many small ones are no cheaper than their bytes on the wire.
    int HEADER_BYTES = 28;

    /// Counts a packet with so much data that goes to a peer now. Where it may not go, returns what
    /// to count instead.
    @Nullable Counter takeToPeers(int length, long nowNanos);

    /// The same for a packet to a client.
    @Nullable Counter takeToClients(int length, long nowNanos);

    /// Counts bytes that a stream to a peer has got already, and says how long to wait before
    /// reading more of them. With none it only says that.
    ///
    /// @return nanoseconds, 0 to go on
    long spendToPeers(int length, long nowNanos);

    /// The same for a stream to a client.
    long spendToClients(int length, long nowNanos);
}

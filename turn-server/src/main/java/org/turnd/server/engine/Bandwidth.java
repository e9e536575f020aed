package org.turnd.server.engine;

/// What one user may relay in a second, each way, through all its allocations on all shards (I-17,
/// S-09). On the data path: safe on every thread, neither locks nor allocates.
public interface Bandwidth {
    /// IP and UDP headers of a packet: many small ones are no cheaper than their bytes on the wire.
    int HEADER_BYTES = 28;

    /// Says whether a packet with so much data may go to a peer now, and counts it.
    boolean takeToPeers(int length, long nowNanos);

    /// Says whether a packet with so much data may go to a client now, and counts it.
    boolean takeToClients(int length, long nowNanos);

    /// Counts bytes that a stream to a peer has got already, and says how long to wait before
    /// reading more of them. With none it only says that.
    ///
    /// @return nanoseconds, 0 to go on
    long spendToPeers(int length, long nowNanos);

    /// The same for a stream to a client.
    long spendToClients(int length, long nowNanos);
}

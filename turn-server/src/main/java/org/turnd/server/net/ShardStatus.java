package org.turnd.server.net;

import org.turnd.server.engine.EngineCounters;

/// What can be seen of a shard from outside. Every method is safe on every thread and never waits;
/// values are those of the end of the shard's last wake-up.
public interface ShardStatus {
    /// The shard's number, from 0.
    int index();

    /// What its engine counts.
    EngineCounters engineCounters();

    /// What its UDP sockets count.
    UdpCounters udpCounters();

    /// What else it counts.
    ShardCounters counters();

    /// Allocations that live now.
    int allocations();

    /// Stream connections that are open now.
    int streamConnections();
}

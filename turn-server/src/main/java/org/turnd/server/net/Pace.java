package org.turnd.server.net;

/// How fast the data of a relayed TCP connection may flow in one direction. Safe on every thread.
@FunctionalInterface
interface Pace {
    /// As fast as both ends can.
    Pace UNBOUNDED = (_, _) -> 0;

    /// Counts bytes that were read, and says how long to wait before more are. With none it only
    /// says that.
    ///
    /// @return nanoseconds, 0 to go on
    long spend(int length, long nowNanos);
}

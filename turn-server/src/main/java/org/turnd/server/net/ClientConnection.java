package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import org.turnd.server.engine.ClientPath;

/// A client's stream connection or DTLS session. Belongs to its shard's thread.
interface ClientConnection {
    /// Unique among the shard's open connections.
    int id();

    /// Where the engine knows the client.
    ClientPath path();

    /// Told whether the client's five-tuple has an allocation.
    void allocated(boolean hasAllocation);

    /// Sends one message, or drops it. Borrows the buffer.
    ///
    /// @param isRelayed it came from a peer as a datagram, of whose IP header something may be kept
    void send(ByteBuf buffer, int offset, int length, boolean isRelayed);

    /// Sends what is staged, says goodbye and closes.
    void finish();
}

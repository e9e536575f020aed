package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/// One end of a relayed TCP connection (RFC 6062): a client's stream, or a connection to a peer.
/// The two may live on different loops, so every method is safe on every thread.
interface DataEnd {
    /// The loop of this end.
    EventExecutor loop();

    /// Begins to pass on what comes, a read at a time and each when it was asked for. To be called
    /// once; what came before goes first.
    ///
    /// @param from this end's data go there
    /// @param to this end gets the data of that one
    void begin(DataFlow from, DataFlow to);

    /// Asks for one more read.
    void read();

    /// Sends bytes, and tells the flow when the system has taken them or never will. Consumes the
    /// buffer.
    void write(ByteBuf data, DataFlow flow);

    /// Says to the other side that no more will come, after everything written before.
    void endOutput();

    /// Closes at once.
    void close();
}

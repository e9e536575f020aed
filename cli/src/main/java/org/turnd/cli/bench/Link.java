package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import org.turnd.cli.check.Carrier;

/// Where packets leave this process and come in again: a client's connection, or what a peer is to
/// one client. Used on the loop's thread.
interface Link {
    /// Sends a frame, the buffer's first `length` bytes. Borrows the buffer.
    ///
    /// @return false if there is no room for it now
    boolean send(ByteBuf frame, int length);

    /// Returns what carries the frames.
    Carrier carrier();
}

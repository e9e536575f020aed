package org.turnd.cli.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.turnd.cli.check.Carrier;

/// Where packets leave this process and come in again: a client's connection, or a peer's socket.
sealed interface Link extends AutoCloseable permits DatagramLink, StreamLink {
    /// Sends a frame, from the buffer's position to its limit. Borrows the buffer. One thread at a
    /// time.
    ///
    /// @return false if the operating system has no room for it
    boolean send(ByteBuffer frame) throws IOException;

    /// Returns what carries the frames.
    Carrier carrier();

    @Override
    void close();
}

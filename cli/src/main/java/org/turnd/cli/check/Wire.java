package org.turnd.cli.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Frames, that is STUN messages and ChannelData, to one server and from it. One thread may send
/// while another receives; closing ends both.
public interface Wire extends AutoCloseable {
    /// Opens a wire to a server, with the TLS handshake done where it is one of TLS.
    static Wire open(Endpoint endpoint, ClientOptions options) throws TurnFailure {
        return ServerConnection.open(endpoint, options);
    }

    /// Returns what an exception of a socket means.
    ///
    /// @param awaited what was asked for when it came
    static TurnFailure failed(IOException e, String awaited, Duration patience) {
        return ServerConnection.failed(e, awaited, patience);
    }

    /// Sends one frame. Borrows the array.
    void send(byte[] frame) throws IOException;

    /// Waits for the next frame.
    ///
    /// @throws IOException if none can come any more, also because the wire was closed
    byte[] receive() throws IOException;

    /// Returns the client's own address.
    InetSocketAddress localAddress();

    /// Returns what is known of the TLS session, null without TLS.
    @Nullable TlsFacts tls();

    @Override
    void close();
}

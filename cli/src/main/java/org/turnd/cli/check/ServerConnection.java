package org.turnd.cli.check;

import java.io.IOException;
import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/// Opens wires, and says in the terms of [Failure] what became of them.
final class ServerConnection {
    private ServerConnection() {}

    /// Opens a wire to a server.
    static Wire open(Endpoint endpoint, ClientOptions options) throws TurnFailure {
        var patience = options.retransmission().longest();
        try {
            return switch (endpoint.carrier()) {
                case UDP -> new UdpWire(endpoint.socketAddress());
                case TCP -> new StreamWire(connect(endpoint, patience), null);
                case TLS ->
                        TlsHandshake.perform(
                                connect(endpoint, patience), endpoint, options.trust(), patience);
                case DTLS -> DtlsWire.open(endpoint, options.trust(), patience);
            };
        } catch (IOException e) {
            throw failed(e, "a TCP connection", patience);
        }
    }

    private static Socket connect(Endpoint endpoint, Duration patience) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(endpoint.socketAddress(), Math.toIntExact(patience.toMillis()));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// Returns what an exception of a socket means.
    ///
    /// @param awaited what was asked for when it came
    static TurnFailure failed(IOException e, String awaited, Duration patience) {
        var message = String.valueOf(e.getMessage());
        Failure failure =
                switch (e) {
                    case SocketTimeoutException timeout -> new Failure.Silence(awaited, patience);
                    case PortUnreachableException unreachable -> new Failure.ConnectionRefused();
                    case ConnectException refused when message.contains("refused") ->
                            new Failure.ConnectionRefused();
                    case ConnectException late when message.contains("timed out") ->
                            new Failure.Silence(awaited, patience);
                    case StreamWire.NotStun other -> new Failure.BadAnswer(message);
                    default ->
                            isMissingWay(message)
                                    ? new Failure.Unreachable(message)
                                    : new Failure.Closed(message);
                };
        return new TurnFailure(failure, e);
    }

    private static boolean isMissingWay(String message) {
        return message.contains("unreachable")
                || message.contains("No route")
                || message.contains("not permitted")
                || message.contains("assign requested address");
    }
}

package org.turnd.cli.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsTimeoutException;
import org.bouncycastle.tls.UDPTransport;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Failure.TlsProblem;
import org.turnd.cli.check.Failure.TlsRefused;

/// A frame a DTLS record (RFC 7350).
final class DtlsWire implements Wire {
    private static final int PATH_MTU = 1500;
    private static final int DATAGRAM_BYTES_MAX = 65_535;
    private static final int WAIT_MILLIS = 1000;

    private final DatagramSocket socket;
    private final DTLSTransport transport;
    private final TlsFacts tls;
    private final byte[] received = new byte[DATAGRAM_BYTES_MAX];

    private DtlsWire(DatagramSocket socket, DTLSTransport transport, TlsFacts tls) {
        this.socket = socket;
        this.transport = transport;
        this.tls = tls;
    }

    /// Sets up a session, or says why there is none.
    static DtlsWire open(Endpoint endpoint, TlsTrust trust, Duration patience)
            throws IOException, TurnFailure {
        var socket = new DatagramSocket(null);
        var client = new DtlsClient(endpoint, trust, patience);
        try {
            socket.connect(endpoint.socketAddress());
            var transport =
                    new DTLSClientProtocol().connect(client, new UDPTransport(socket, PATH_MTU));
            return new DtlsWire(socket, transport, client.facts());
        } catch (TlsTimeoutException e) {
            socket.close();
            throw new TurnFailure(new Failure.Silence("a DTLS handshake", patience), e);
        } catch (TlsFatalAlert e) {
            socket.close();
            var problem = client.problem();
            throw new TurnFailure(
                    problem != null
                            ? problem
                            : new TlsRefused(
                                    TlsProblem.HANDSHAKE,
                                    String.valueOf(e.getMessage()),
                                    client.chain()),
                    e);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] frame) throws IOException {
        transport.send(frame, 0, frame.length);
    }

    @Override
    public byte[] receive() throws IOException {
        while (true) {
            int length = transport.receive(received, 0, received.length, WAIT_MILLIS);
            if (length > 0) {
                return Arrays.copyOf(received, length);
            }
            if (socket.isClosed()) {
                throw new IOException("the wire is closed");
            }
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public @Nullable TlsFacts tls() {
        return tls;
    }

    @Override
    public void close() {
        try {
            transport.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing only says goodbye", e);
        } finally {
            socket.close();
        }
    }
}

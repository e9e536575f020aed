package org.turnd.cli.check;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A frame a datagram. The socket is connected, so that ICMP errors are seen.
final class UdpWire implements Wire {
    private static final int DATAGRAM_BYTES_MAX = 65_535;

    private final DatagramSocket socket;
    private final byte[] received = new byte[DATAGRAM_BYTES_MAX];

    UdpWire(InetSocketAddress server) throws IOException {
        this(new DatagramSocket(null), server);
    }

    /// Takes over a socket that may be bound already.
    UdpWire(DatagramSocket own, InetSocketAddress server) throws IOException {
        socket = own;
        try {
            socket.connect(server);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] frame) throws IOException {
        socket.send(new DatagramPacket(frame, frame.length));
    }

    @Override
    public byte[] receive() throws IOException {
        var packet = new DatagramPacket(received, received.length);
        socket.receive(packet);
        return Arrays.copyOf(received, packet.getLength());
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public @Nullable TlsFacts tls() {
        return null;
    }

    @Override
    public void close() {
        socket.close();
    }
}

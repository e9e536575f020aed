package org.turnd.server.net;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import org.turnd.stun.TransportAddress;

/// A path of UDP between one client and a server that loses, repeats and delays datagrams.
final class LossyRelay implements AutoCloseable {
    private final DatagramSocket clientSide;
    private final DatagramSocket serverSide;
    private final Fate fate;
    private int passed;
    private volatile boolean good;

    @SuppressWarnings("NullAway.Init") // set before anything goes back
    private volatile SocketAddress client;

    LossyRelay(TransportAddress server, Fate fate) throws IOException {
        this.fate = fate;
        clientSide = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        serverSide = DtlsWire.socket(server);
        Thread.ofVirtual().start(() -> pass(clientSide, false));
        Thread.ofVirtual().start(() -> pass(serverSide, true));
    }

    TransportAddress address() {
        return TransportAddress.of(clientSide.getLocalAddress(), clientSide.getLocalPort());
    }

    /// From now on every datagram passes once.
    void beGood() {
        good = true;
    }

    private void pass(DatagramSocket from, boolean fromServer) {
        byte[] buffer = new byte[65535];
        try {
            while (true) {
                var packet = new DatagramPacket(buffer, buffer.length);
                from.receive(packet);
                if (!fromServer) {
                    client = packet.getSocketAddress();
                }
                byte[] bytes = Arrays.copyOf(buffer, packet.getLength());
                for (int copies = copies(bytes, fromServer); copies > 0; copies--) {
                    forward(bytes, fromServer);
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private synchronized int copies(byte[] bytes, boolean fromServer) {
        return good ? 1 : fate.copies(new Datagram(bytes[3] << 8 | bytes[4], fromServer), passed++);
    }

    private void forward(byte[] bytes, boolean fromServer) throws IOException {
        if (fromServer) {
            clientSide.send(new DatagramPacket(bytes, bytes.length, client));
        } else {
            serverSide.send(new DatagramPacket(bytes, bytes.length));
        }
    }

    @Override
    public void close() {
        clientSide.close();
        serverSide.close();
    }

    /// A datagram on its way.
    ///
    /// @param epoch of its first DTLS record
    record Datagram(int epoch, boolean fromServer) {}

    /// Decides what becomes of a datagram.
    interface Fate {
        /// Returns how often it arrives; 0 is loss.
        ///
        /// @param number datagrams that have come before, both ways
        int copies(Datagram datagram, int number);
    }
}

package org.turnd.server.net;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import org.turnd.stun.TransportAddress;

/// What a test client speaks through. Reading waits a bounded time.
public interface Wire extends AutoCloseable {
    int TIMEOUT_MILLIS = 10_000;

    void send(byte[] message) throws IOException;

    /// Returns one STUN message, or one ChannelData message without padding.
    byte[] receive() throws IOException;

    TransportAddress local();

    @Override
    void close() throws IOException;

    static Wire udp(InetAddress local, TransportAddress server) throws IOException {
        var socket = new DatagramSocket(new InetSocketAddress(local, 0));
        // Connected, so that nothing gets through but what comes from the address that was asked.
        socket.connect(server.toInetSocketAddress());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return new UdpWire(socket);
    }

    static Wire tcp(TransportAddress server) throws IOException {
        var socket = new Socket(server.toInetAddress(), server.port());
        return over(socket);
    }

    static Wire over(Socket socket) throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return new StreamWire(socket, new DataInputStream(socket.getInputStream()));
    }

    record UdpWire(DatagramSocket socket) implements Wire {
        @Override
        public void send(byte[] message) throws IOException {
            socket.send(new DatagramPacket(message, message.length));
        }

        @Override
        public byte[] receive() throws IOException {
            var packet = new DatagramPacket(new byte[65535], 65535);
            socket.receive(packet);
            return Arrays.copyOf(packet.getData(), packet.getLength());
        }

        @Override
        public TransportAddress local() {
            return TransportAddress.of(socket.getLocalAddress(), socket.getLocalPort());
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    record StreamWire(Socket socket, DataInputStream in) implements Wire {
        private static final int STUN_HEADER = 20;

        @Override
        public void send(byte[] message) throws IOException {
            boolean channelData = (message[0] & 0xC0) == 0x40;
            int padded = channelData ? (message.length + 3) & ~3 : message.length;
            socket.getOutputStream().write(Arrays.copyOf(message, padded));
        }

        @Override
        public byte[] receive() throws IOException {
            int type = in.readUnsignedShort();
            int length = in.readUnsignedShort();
            int whole = type >= 0x4000 ? 4 + length : STUN_HEADER + length;
            byte[] message = new byte[(whole + 3) & ~3];
            message[0] = (byte) (type >>> 8);
            message[1] = (byte) type;
            message[2] = (byte) (length >>> 8);
            message[3] = (byte) length;
            in.readFully(message, 4, message.length - 4);
            return Arrays.copyOf(message, whole);
        }

        @Override
        public TransportAddress local() {
            return TransportAddress.of(socket.getLocalAddress(), socket.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}

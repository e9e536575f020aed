package org.turnd.peers.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// Runs inside a laboratory: a mirror that tells askers their address, and an asker.
final class UdpProbe {
    static final int PORT = 4000;
    static final int OTHER_PORT = 4001;
    private static final int WAIT_MILLIS = 1000;

    private UdpProbe() {}

    /// Arguments: `mirror`, or `ask HOST QUESTION...` with the questions `one`, `two` (another port
    /// of the same host) and `stranger` (asked of `one`, answered from an address that has not been
    /// sent to).
    public static void main(String[] args) throws IOException {
        if (args[0].equals("mirror")) {
            mirror();
        } else {
            ask(args);
        }
    }

    private static void mirror() throws IOException {
        try (var one = new DatagramSocket(PORT);
                var two = new DatagramSocket(OTHER_PORT);
                var stranger = new DatagramSocket()) {
            Thread.ofPlatform().daemon().start(() -> answer(two, two));
            System.out.println("ready");
            answer(one, stranger);
        }
    }

    private static void answer(DatagramSocket socket, DatagramSocket stranger) {
        try {
            while (true) {
                var packet = new DatagramPacket(new byte[64], 64);
                socket.receive(packet);
                var question =
                        new String(
                                packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
                var seen = packet.getAddress().getHostAddress() + " " + packet.getPort();
                var bytes = seen.getBytes(StandardCharsets.US_ASCII);
                var sender = question.equals("stranger") ? stranger : socket;
                sender.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void ask(String[] args) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.setSoTimeout(WAIT_MILLIS);
            for (var index = 2; index < args.length; index++) {
                var question = args[index].getBytes(StandardCharsets.US_ASCII);
                var port = args[index].equals("two") ? OTHER_PORT : PORT;
                var mirror = new InetSocketAddress(InetAddress.getByName(args[1]), port);
                socket.send(new DatagramPacket(question, question.length, mirror));
                System.out.println(answer(socket));
            }
        }
    }

    private static String answer(DatagramSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[64], 64);
        try {
            socket.receive(packet);
            return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
        } catch (SocketTimeoutException e) {
            return "nothing";
        }
    }
}

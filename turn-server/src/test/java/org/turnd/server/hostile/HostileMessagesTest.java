package org.turnd.server.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.net.TestSettings;
import org.turnd.server.net.Wire;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Octets that broke parsers, and octets that a server should have kept to itself.
@Timeout(60)
class HostileMessagesTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int HEADER_BYTES = RawMessage.HEADER_BYTES;
    private static final int CHANNEL = 0x4000;

    @SuppressWarnings("NullAway.Init") // see start
    private static TurnServer server;

    @BeforeAll
    static void start() throws Exception {
        server =
                new TestSettings()
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .listen(Protocol.TCP, "127.0.0.1", 0)
                        .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Socket connect() throws Exception {
        TransportAddress to = Attacker.address(server, Protocol.TCP);
        var socket = new Socket(to.toInetAddress(), to.port());
        socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
        return socket;
    }

    /// Answers of a connection, by transaction id, until it has no more to say.
    private static List<byte[]> transactions(Socket socket) throws Exception {
        socket.shutdownOutput();
        byte[] all = socket.getInputStream().readAllBytes();
        var ids = new ArrayList<byte[]>();
        for (int at = 0; at < all.length; ) {
            ids.add(Arrays.copyOfRange(all, at + 8, at + HEADER_BYTES));
            at += HEADER_BYTES + Short.toUnsignedInt(ByteBuffer.wrap(all).getShort(at + 2));
        }
        return ids;
    }

    // CVE-2026-68552: header and length together don't fit into 16 bits; who adds them up in 16
    // takes what is inside of the message for messages.
    @ParameterizedTest
    @ValueSource(ints = {0xFFEC, 0xFFF0, 0xFFF8, 0xFFFC})
    void lengthTruncationInTcpFraming(int length) throws Exception {
        byte[] smuggled = new RawMessage(StunMethod.BINDING).bytes();
        byte[] message = new byte[HEADER_BYTES + length];
        ByteBuffer writer = ByteBuffer.wrap(message);
        writer.put(new RawMessage(StunMethod.BINDING).bytes(length));
        // One attribute that nobody has to understand.
        writer.putShort((short) 0xC001).putShort((short) (length - 4));
        while (writer.remaining() >= smuggled.length) {
            writer.put(smuggled);
        }
        byte[] outer = Arrays.copyOfRange(message, 8, HEADER_BYTES);
        var last = new RawMessage(StunMethod.BINDING);
        try (var socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(message);
            out.write(last.bytes());
            List<byte[]> answered = transactions(socket);
            assertEquals(2, answered.size());
            assertArrayEquals(outer, answered.getFirst());
            assertArrayEquals(last.transaction(), answered.getLast());
        }
    }

    // The same for ChannelData, whose padding may also be what overflows.
    @ParameterizedTest
    @ValueSource(ints = {0xFFFC, 0xFFFD, 0xFFFF})
    void lengthTruncationInChannelData(int length) throws Exception {
        byte[] smuggled = new RawMessage(StunMethod.BINDING).bytes();
        ByteBuffer frame = ByteBuffer.allocate(4 + (length + 3 & ~3));
        frame.putShort((short) CHANNEL).putShort((short) length);
        while (frame.remaining() >= smuggled.length) {
            frame.put(smuggled);
        }
        var last = new RawMessage(StunMethod.BINDING);
        try (var socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(frame.array());
            out.write(last.bytes());
            List<byte[]> answered = transactions(socket);
            assertEquals(1, answered.size());
            assertArrayEquals(last.transaction(), answered.getFirst());
        }
    }

    // CVE-2026-40613: attributes that end anywhere, and numbers at any offset.
    @Test
    void misalignedMessages() throws Exception {
        try (var client = Attacker.udp(server)) {
            byte[] request = new RawMessage(StunMethod.ALLOCATE).udp().bytes();
            for (int cut = 1; cut < request.length; cut++) {
                client.wire().send(Arrays.copyOf(request, cut));
            }
            for (int length = 0; length < 16; length++) {
                for (int value = 0; value < 16; value++) {
                    byte[] body = new byte[length];
                    if (length >= 4) {
                        ByteBuffer.wrap(body)
                                .putShort((short) AttributeType.XOR_PEER_ADDRESS)
                                .putShort((short) value);
                    }
                    ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + length);
                    message.put(new RawMessage(StunMethod.CREATE_PERMISSION).bytes(length))
                            .put(body);
                    client.wire().send(message.array());
                }
            }
            // Whatever of this was answered comes first; the server is still there.
            var last = new RawMessage(StunMethod.BINDING);
            client.wire().send(last.bytes());
            byte[] answer = client.wire().receive();
            while (!Arrays.equals(
                    last.transaction(), Arrays.copyOfRange(answer, 8, HEADER_BYTES))) {
                answer = client.wire().receive();
            }
            assertEquals(0x0101, ByteBuffer.wrap(answer).getShort());
        }
    }

    // CVE-2020-4067: what is behind an attribute's value was whatever the buffer held before. Here
    // the buffers were full of 0xAA.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memoryDisclosureInPadding(boolean tcp) throws Exception {
        try (var client = tcp ? Attacker.tcp(server) : Attacker.udp(server);
                var peer = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            fillBuffers(client);
            int padded = assertZeroPadding(client.challenge().bytes());
            fillBuffers(client);
            var allocate =
                    client.askSigned(
                            new RawMessage(StunMethod.ALLOCATE)
                                    .udp()
                                    .attribute(AttributeType.DONT_FRAGMENT));
            padded += assertZeroPadding(allocate.bytes());
            padded +=
                    assertZeroPadding(
                            client.askSigned(
                                            new RawMessage(StunMethod.ALLOCATE)
                                                    .udp()
                                                    .attribute(0x7001)
                                                    .attribute(0x7002)
                                                    .attribute(0x7003))
                                    .bytes());
            var relayed = allocate.message().first(XorRelayedAddress.class);
            assertNotNull(relayed);
            var source = TransportAddress.of(LOOPBACK, peer.getLocalPort());
            client.askSigned(new RawMessage(StunMethod.CREATE_PERMISSION).peer(source));
            InetSocketAddress to = relayed.address().toInetSocketAddress();
            for (int length = 1; length < 8; length++) {
                fillBuffers(client);
                byte[] noise = new byte[1000];
                Arrays.fill(noise, (byte) 0xAA);
                peer.send(new DatagramPacket(noise, noise.length, to));
                client.wire().receive();
                peer.send(new DatagramPacket(noise, length, to));
                padded += assertZeroPadding(client.wire().receive());
            }
            assertTrue(padded > 12, "this test wants padding to look at");
        }
    }

    private static void fillBuffers(Attacker client) throws Exception {
        byte[] noise = new byte[1200];
        Arrays.fill(noise, (byte) 0xAA);
        ByteBuffer.wrap(noise).putShort((short) CHANNEL).putShort((short) (noise.length - 4));
        client.wire().send(noise);
    }

    private static int assertZeroPadding(byte[] message) {
        byte[] padding = RawMessage.paddingOf(message);
        assertArrayEquals(new byte[padding.length], padding);
        return padding.length;
    }

    // CVE-2026-62959: an HTTP request at the TURN port was redirected, with memory in the answer.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /.well-known/acme-challenge/AAAAAAAAAAAAAAAA HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST / HTTP/1.0\r\n\r\n",
                "CONNECT 10.0.0.1:80 HTTP/1.1\r\n\r\n"
            })
    void httpAtTheTurnPort(String request) throws Exception {
        try (var socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertEquals(0, socket.getInputStream().readAllBytes().length);
        }
    }

    // What a stranger is told says neither program nor version where it isn't configured to.
    @Test
    void softwareToStrangers() throws Exception {
        try (var client = Attacker.udp(server)) {
            var binding = client.ask(new RawMessage(StunMethod.BINDING));
            assertFalse(binding.message().has(AttributeType.SOFTWARE));
        }
    }
}

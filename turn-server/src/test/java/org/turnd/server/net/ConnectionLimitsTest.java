package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.TransportAddress;

/// How many connections one address gets, and how many TLS handshakes go on at a time.
@Timeout(60)
class ConnectionLimitsTest {
    /// The first byte of a TLS record with a handshake message (RFC 8446 §5.1).
    private static final int HANDSHAKE_RECORD = 0x16;

    private static Socket connect(TurnServer server, int listener, String from) throws IOException {
        TransportAddress to = server.listeners().get(listener).address();
        var socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(to.toInetSocketAddress(), Wire.TIMEOUT_MILLIS);
        socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
        return socket;
    }

    private static void assertServed(Socket socket) throws IOException {
        try {
            new TestClient(Wire.over(socket)).binding();
        } catch (IOException e) {
            throw new AssertionError("not served", e);
        }
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    @Tag("S-09")
    void oneAddressGetsSoManyConnectionsAndAnotherItsOwn() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (var server =
                new TestSettings()
                        .connectionsPerAddress(3)
                        .listen(Protocol.TCP, "127.0.0.1", 0)
                        .start()) {
            for (int i = 0; i < 3; i++) {
                var socket = connect(server, 0, "127.0.0.2");
                sockets.add(socket);
                assertServed(socket);
            }
            for (int i = 0; i < 5; i++) {
                try (var beyond = connect(server, 0, "127.0.0.2")) {
                    assertEquals(-1, StreamTest.readToEnd(beyond));
                }
            }
            for (int i = 0; i < 3; i++) {
                var other = connect(server, 0, "127.0.0.3");
                sockets.add(other);
                assertServed(other);
            }
            assertEquals(5, StreamTest.sum(server, Counter.STREAMS_REFUSED_BY_ADDRESS));
            assertEquals(0, StreamTest.sum(server, Counter.STREAMS_REFUSED));
            assertServed(sockets.getFirst());
            sockets.getFirst().close();
            Eventually.equal(1, () -> (int) StreamTest.sum(server, Counter.STREAMS_CLOSED));
            var again = connect(server, 0, "127.0.0.2");
            sockets.add(again);
            assertServed(again);
        } finally {
            closeAll(sockets);
        }
    }

    @Test
    @Tag("S-09")
    void behindAProxyTheClientsAddressCounts() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (var server =
                new TestSettings()
                        .connectionsPerAddress(1)
                        .listenForProxies(Protocol.TCP, "127.0.0.1", 0)
                        .start()) {
            for (int i = 0; i < 4; i++) {
                var socket = connect(server, 0, "127.0.0.1");
                sockets.add(socket);
                String line = "PROXY TCP4 198.51.100.%d 192.0.2.1 4711 3478\r\n".formatted(i / 2);
                socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
                if (i % 2 == 0) {
                    assertServed(socket);
                } else {
                    assertEquals(-1, StreamTest.readToEnd(socket));
                }
            }
        } finally {
            closeAll(sockets);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BORINGSSL", "JDK"})
    @Tag("P-11")
    void soManyHandshakesGoOnAtATime(TlsProvider provider, @TempDir Path directory)
            throws Exception {
        var tls = new TestTls(directory, provider);
        List<Socket> sockets = new ArrayList<>();
        try (var server =
                new TestSettings()
                        .tls(tls.material())
                        .tlsHandshakes(2)
                        .listen(Protocol.TLS, "127.0.0.1", 0)
                        .listen(Protocol.TCP, "127.0.0.1", 0)
                        .start()) {
            // Those that are done don't count.
            for (int i = 0; i < 6; i++) {
                Socket done = tls.connect(server.listeners().get(i % 2).address(), "TLSv1.3");
                sockets.add(done);
                assertServed(done);
            }
            // One that says nothing, and one that has begun on a port for both: it is answered,
            // which
            // says that it has its place.
            var silent = connect(server, 0, "127.0.0.1");
            sockets.add(silent);
            var begun = connect(server, 1, "127.0.0.1");
            sockets.add(begun);
            begun.getOutputStream().write(tls.clientHello());
            assertEquals(HANDSHAKE_RECORD, begun.getInputStream().read());
            Eventually.equal(8, () -> (int) StreamTest.sum(server, Counter.STREAMS_OPENED));
            assertRefusedAtBoth(server);
            // Nobody else minds.
            var plain = connect(server, 1, "127.0.0.1");
            sockets.add(plain);
            assertServed(plain);
            assertServed(sockets.getFirst());
            int closed = (int) StreamTest.sum(server, Counter.STREAMS_CLOSED);
            silent.close();
            begun.close();
            Eventually.equal(
                    closed + 2, () -> (int) StreamTest.sum(server, Counter.STREAMS_CLOSED));
            Socket next = tls.connect(server.listeners().getFirst().address(), "TLSv1.2");
            sockets.add(next);
            assertServed(next);
        } finally {
            closeAll(sockets);
        }
    }

    /// The port for both refuses when it sees that this is TLS.
    private static void assertRefusedAtBoth(TurnServer server) throws Exception {
        for (int listener = 0; listener < 2; listener++) {
            long before = StreamTest.sum(server, Counter.TLS_HANDSHAKES_REFUSED);
            try (var beyond = connect(server, listener, "127.0.0.1")) {
                beyond.getOutputStream().write(HANDSHAKE_RECORD);
                assertEquals(-1, StreamTest.readToEnd(beyond));
            }
            assertEquals(before + 1, StreamTest.sum(server, Counter.TLS_HANDSHAKES_REFUSED));
        }
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.engine.Counter;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// A server with TCP relays, and clients on TCP and on both kinds of TLS, on either data plane.
@ParameterizedClass(name = "{0}, {1}")
@CsvSource({
    "NATIVE, TCP",
    "PORTABLE, TCP",
    "NATIVE, BORINGSSL",
    "PORTABLE, BORINGSSL",
    "NATIVE, JDK",
    "PORTABLE, JDK"
})
@Timeout(60)
abstract class TcpRelayFixture {
    static final int CONNECTIONS_MAX = 8;

    static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    /// Both ends of a test may be stuck at a time.
    static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

    @Parameter(0)
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    @Parameter(1)
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private String carrier;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @SuppressWarnings("NullAway.Init") // made before each test
    private TestTls tls;

    @BeforeEach
    void makeCertificate() throws Exception {
        tls = new TestTls(directory, isTls() ? TlsProvider.valueOf(carrier) : TlsProvider.AUTO);
    }

    boolean isTls() {
        return !carrier.equals("TCP");
    }

    TurnServer start() throws Exception {
        return start(new TestSettings());
    }

    TurnServer start(TestSettings more) throws Exception {
        var settings = more.plane(plane).relayTcp(CONNECTIONS_MAX);
        return (isTls()
                        ? settings.tls(tls.material()).listen(Protocol.TLS, "127.0.0.1", 0)
                        : settings.listen(Protocol.TCP, "127.0.0.1", 0))
                .start();
    }

    /// One connection of a client.
    record Connection(Socket socket, TestClient client) implements AutoCloseable {
        InputStream in() throws IOException {
            return socket.getInputStream();
        }

        OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    Connection open(TurnServer server) throws IOException {
        TransportAddress address = server.listeners().getFirst().address();
        Socket socket =
                isTls()
                        ? tls.connect(address, "TLSv1.3")
                        : new Socket(address.toInetAddress(), address.port());
        return new Connection(socket, new TestClient(Wire.over(socket)));
    }

    static ServerSocket listen() throws IOException {
        var socket = new ServerSocket(0, 100, LOOPBACK);
        socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
        return socket;
    }

    static Socket accept(ServerSocket peer) throws IOException {
        Socket socket = peer.accept();
        socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
        return socket;
    }

    static TransportAddress address(ServerSocket peer) {
        return TransportAddress.of(LOOPBACK, peer.getLocalPort());
    }

    static StunAttribute to(TransportAddress peer) {
        return new XorPeerAddress(peer);
    }

    static int code(StunMessage answer) {
        ErrorCode error = answer.first(ErrorCode.class);
        return error == null ? 0 : error.code();
    }

    static int idIn(StunMessage message) {
        ConnectionId id = message.first(ConnectionId.class);
        assertNotNull(id, message::toString);
        return id == null ? 0 : id.id();
    }

    static int connect(Connection control, TransportAddress peer) throws IOException {
        StunMessage answer = control.client().request(StunMethod.CONNECT, to(peer));
        assertEquals(StunClass.SUCCESS_RESPONSE, answer.messageClass(), answer::toString);
        return idIn(answer);
    }

    Connection bind(TurnServer server, Connection control, int id) throws IOException {
        Connection data = open(server);
        data.client().withNonceOf(control.client());
        StunMessage answer =
                data.client().request(StunMethod.CONNECTION_BIND, new ConnectionId(id));
        assertEquals(StunClass.SUCCESS_RESPONSE, answer.messageClass(), answer::toString);
        return data;
    }

    /// What is done with a connection between a client and a peer.
    interface OnceConnected {
        void run(Connection control, Socket peer, Connection data) throws Exception;
    }

    /// Lets a client connect to a peer by way of a server of its own.
    void connected(TestSettings settings, OnceConnected test) throws Exception {
        try (var server = start(settings);
                var control = open(server);
                var listener = listen()) {
            control.client().allocateTcp();
            int id = connect(control, address(listener));
            try (var peer = accept(listener);
                    var data = bind(server, control, id)) {
                test.run(control, peer, data);
            }
        }
    }

    static void assertPasses(byte[] bytes, OutputStream out, InputStream in) throws Exception {
        var writing = CompletableFuture.runAsync(() -> write(out, bytes), THREADS);
        assertArrayEquals(bytes, in.readNBytes(bytes.length));
        writing.get();
    }

    static void write(OutputStream out, byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static long count(TurnServer server, Counter counter) {
        return server.shards().stream().mapToLong(s -> s.engineCounters().get(counter)).sum();
    }

    /// Ends what a try statement ends again.
    static void end(AutoCloseable connection) throws Exception {
        connection.close();
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.bouncycastle.tls.CipherSuite;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// DTLS with clients that forge, flood, forget and replay.
@Timeout(120)
class DtlsHostileTest {
    private static final int HELLO_VERIFY_REQUEST = 3;
    private static final int SERVER_HELLO = 2;
    private static final int MESSAGE_TYPE_AT = 13;

    @SuppressWarnings("NullAway.Init") // made before each test
    private TestTls tls;

    @BeforeEach
    void makeCertificate(@TempDir Path directory) throws Exception {
        tls = new TestTls(directory, TlsProvider.JDK);
    }

    private TestSettings settings() {
        return new TestSettings().tls(tls.material()).listen(Protocol.DTLS, "127.0.0.1", 0);
    }

    private static TransportAddress address(TurnServer server) {
        return server.listeners().getFirst().address();
    }

    private static int count(TurnServer server, Counter counter) {
        return (int) server.shards().stream().mapToLong(s -> s.counters().get(counter)).sum();
    }

    private static DtlsWire connect(TurnServer server) throws IOException {
        return DtlsWire.connect(address(server), client());
    }

    private static DtlsWire.Client client() {
        return new DtlsWire.Client().ciphers(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
    }

    /// A ClientHello of DTLS 1.2, as short as one can be that means something.
    ///
    /// @param sequence of the record and the message: 0 without a cookie, 1 with one
    private static byte[] clientHello(byte[] random, byte[] cookie, int sequence) {
        byte[] extensions = {
            0,
            10,
            0,
            4,
            0,
            2,
            0,
            23, // supported_groups: secp256r1
            0,
            11,
            0,
            2,
            1,
            0, // ec_point_formats: uncompressed
            0,
            13,
            0,
            4,
            0,
            2,
            4,
            3 // signature_algorithms: ecdsa_secp256r1_sha256
        };
        int length = 2 + 32 + 1 + 1 + cookie.length + 6 + 2 + 2 + extensions.length;
        return ByteBuffer.allocate(13 + 12 + length)
                .put((byte) 22)
                .putShort((short) 0xFEFD)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(sequence)
                .putShort((short) (12 + length))
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) length)
                .putShort((short) sequence)
                .put(new byte[4])
                .putShort((short) length)
                .putShort((short) 0xFEFD)
                .put(random)
                .put((byte) 0)
                .put((byte) cookie.length)
                .put(cookie)
                .putShort((short) 4)
                .putShort((short) CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
                .putShort((short) CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
                .putShort((short) 0x0100)
                .putShort((short) extensions.length)
                .put(extensions)
                .array();
    }

    private static byte[] random() {
        byte[] random = new byte[32];
        RandomGenerator.getDefault().nextBytes(random);
        return random;
    }

    private static void send(DatagramSocket socket, byte[] datagram) throws IOException {
        socket.send(new DatagramPacket(datagram, datagram.length));
    }

    private static byte[] receive(DatagramSocket socket) throws IOException {
        socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
        var packet = new DatagramPacket(new byte[2048], 2048);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static void assertHandshake(int type, byte[] datagram) {
        assertEquals(22, datagram[0]);
        assertEquals(type, datagram[MESSAGE_TYPE_AT]);
    }

    private static byte[] cookieFor(DatagramSocket socket, byte[] random) throws IOException {
        send(socket, clientHello(random, new byte[0], 0));
        byte[] answer = receive(socket);
        assertHandshake(HELLO_VERIFY_REQUEST, answer);
        return Arrays.copyOfRange(answer, answer.length - 32, answer.length);
    }

    @Tag("P-03")
    @Test
    void keepsNothingForAClientWithoutCookie() throws Exception {
        try (var server = settings().start();
                var socket = DtlsWire.socket(address(server))) {
            for (int i = 0; i < 500; i++) {
                byte[] hello = clientHello(random(), new byte[0], 0);
                send(socket, hello);
                byte[] answer = receive(socket);
                assertHandshake(HELLO_VERIFY_REQUEST, answer);
                // No use to whoever wants to flood somebody else.
                assertTrue(answer.length <= hello.length, answer.length + " > " + hello.length);
            }
            Eventually.equal(500, () -> count(server, Counter.DTLS_COOKIES_SENT));
            assertEquals(0, server.dtlsSessions());
            assertEquals(0, count(server, Counter.DTLS_HANDSHAKES_FAILED));
        }
    }

    @Tag("P-03")
    @Test
    void takesACookieFromItsOwnAddressAlone() throws Exception {
        try (var server = settings().start();
                var own = DtlsWire.socket(address(server));
                var other = DtlsWire.socket(address(server))) {
            byte[] random = random();
            byte[] cookie = cookieFor(own, random);
            send(other, clientHello(random, cookie, 1));
            assertHandshake(HELLO_VERIFY_REQUEST, receive(other));
            // Nor for another ClientHello, nor with a bit turned.
            send(own, clientHello(random(), cookie, 1));
            assertHandshake(HELLO_VERIFY_REQUEST, receive(own));
            byte[] forged = cookie.clone();
            forged[31] ^= 1;
            send(own, clientHello(random, forged, 1));
            assertHandshake(HELLO_VERIFY_REQUEST, receive(own));
            assertEquals(0, server.dtlsSessions());

            send(own, clientHello(random, cookie, 1));
            assertHandshake(SERVER_HELLO, receive(own));
            assertEquals(1, server.dtlsSessions());
        }
    }

    @Tag("P-11")
    @Test
    void endsHandshakesThatDoNotGoOn() throws Exception {
        try (var server = settings().handshakeTimeout(Duration.ofSeconds(1)).start();
                var socket = DtlsWire.socket(address(server))) {
            byte[] random = random();
            send(socket, clientHello(random, cookieFor(socket, random), 1));
            assertHandshake(SERVER_HELLO, receive(socket));
            Eventually.equal(1, () -> count(server, Counter.DTLS_HANDSHAKES_FAILED));
            Eventually.equal(0, server::dtlsSessions);
        }
    }

    @Tag("P-11")
    @Test
    void letsInAsManyHandshakesAsItMay() throws Exception {
        try (var server =
                        settings()
                                .dtlsHandshakes(1)
                                .handshakeTimeout(Duration.ofSeconds(2))
                                .start();
                var slow = DtlsWire.socket(address(server))) {
            byte[] random = random();
            send(slow, clientHello(random, cookieFor(slow, random), 1));
            assertHandshake(SERVER_HELLO, receive(slow));
            // The next one asks again until there is room.
            try (var wire = connect(server)) {
                assertEquals(wire.local(), new TestClient(wire).binding());
            }
            assertTrue(count(server, Counter.DTLS_HANDSHAKES_REFUSED) > 0);
        }
    }

    @Tag("P-11")
    @Test
    void endsSessionsThatSayNothing() throws Exception {
        var settings =
                settings()
                        .handshakeTimeout(Duration.ofSeconds(1))
                        .idleTimeout(Duration.ofSeconds(1));
        try (var server = settings.start();
                var mute = connect(server);
                var idle = connect(server);
                var busy = connect(server)) {
            new TestClient(idle).binding();
            new TestClient(busy).allocate();
            Eventually.equal(2, () -> count(server, Counter.DTLS_TIMED_OUT));
            assertEquals(0, mute.receive(Wire.TIMEOUT_MILLIS).length);
            assertTrue(mute.client().isClosed());
            assertEquals(1, server.dtlsSessions());
            assertEquals(busy.local(), new TestClient(busy).binding());
        }
    }

    @Tag("P-07")
    @ParameterizedTest
    @ValueSource(ints = {0, 4, 19, 20, 22, 23, 25, 63, 64, 80, 127, 128, 191, 192, 255})
    void dropsWhatIsNoDtls(int first) throws Exception {
        try (var server = settings().start();
                var socket = DtlsWire.socket(address(server))) {
            byte[] garbage = new byte[200];
            garbage[0] = (byte) first;
            send(socket, garbage);
            Eventually.equal(1, () -> count(server, Counter.DTLS_IGNORED_DATAGRAMS));
            socket.setSoTimeout(1);
            assertThrows(
                    SocketTimeoutException.class,
                    () -> socket.receive(new DatagramPacket(new byte[100], 100)));
            assertEquals(0, server.dtlsSessions());
        }
    }

    @Tag("P-07")
    @Test
    void survivesForgedRecordsWithinASession() throws Exception {
        try (var server = settings().start();
                var wire = connect(server);
                var client = new TestClient(wire)) {
            client.allocate();
            for (int type : new int[] {20, 21, 22, 23, 24, 25}) {
                for (int epoch = 0; epoch < 3; epoch++) {
                    for (int length : new int[] {0, 1, 2, 23, 24, 25, 300}) {
                        send(wire.socket(), record(type, epoch, length));
                    }
                }
            }
            send(wire.socket(), new byte[] {23});
            send(wire.socket(), clientHello(random(), new byte[0], 0));
            assertEquals(wire.local(), client.binding());
            Eventually.equal(1, server::allocationCount);
            assertEquals(1, server.dtlsSessions());
        }
    }

    @Tag("P-07")
    @Test
    void aVersionThatIsReservedEndsNoSession() throws Exception {
        try (var server = settings().start();
                var wire = connect(server);
                var stranger = DtlsWire.socket(address(server));
                var client = new TestClient(wire)) {
            client.allocate();
            for (int type : new int[] {20, 21, 22, 23}) {
                for (int epoch = 0; epoch < 2; epoch++) {
                    byte[] behind = ofReservedVersion(record(type, epoch, 40), 1);
                    send(wire.socket(), behind);
                    send(
                            wire.socket(),
                            ByteBuffer.allocate(2 * behind.length)
                                    .put(record(type, epoch, 40))
                                    .put(behind)
                                    .array());
                }
            }
            send(stranger, ofReservedVersion(clientHello(random(), new byte[0], 0), 1));
            send(stranger, ofReservedVersion(clientHello(random(), new byte[0], 0), 25));
            byte[] random = random();
            send(stranger, clientHello(random, cookieFor(stranger, random), 1));
            assertHandshake(SERVER_HELLO, receive(stranger));
            assertEquals(wire.local(), client.binding());
            assertEquals(0, count(server, Counter.ENGINE_FAULTS));
        }
    }

    private static byte[] ofReservedVersion(byte[] datagram, int at) {
        datagram[at] = (byte) 0xFE;
        datagram[at + 1] = (byte) 0xFE;
        return datagram;
    }

    private static byte[] record(int type, int epoch, int length) {
        byte[] body = new byte[length];
        RandomGenerator.getDefault().nextBytes(body);
        return ByteBuffer.allocate(13 + length)
                .put((byte) type)
                .putShort((short) 0xFEFD)
                .putShort((short) epoch)
                .putShort((short) 0)
                .putInt(1000)
                .putShort((short) length)
                .put(body)
                .array();
    }

    @Tag("P-11")
    @Test
    void reservesNoMemoryForTheLengthThatAMessageClaims() throws Exception {
        try (var server = settings().handshakeTimeout(Duration.ofSeconds(1)).start();
                var socket = DtlsWire.socket(address(server))) {
            byte[] random = random();
            send(socket, clientHello(random, cookieFor(socket, random), 1));
            assertHandshake(SERVER_HELLO, receive(socket));
            byte[] fragment =
                    ByteBuffer.allocate(13 + 12 + 1)
                            .put((byte) 22)
                            .putShort((short) 0xFEFD)
                            .putShort((short) 0)
                            .putShort((short) 0)
                            .putInt(2)
                            .putShort((short) 13)
                            .put((byte) 16)
                            .put(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF})
                            .putShort((short) 2)
                            .put(new byte[] {0, 0, 0, 0, 0, 1, 7})
                            .array();
            assertTrue(!DtlsMessages.arePlainMessagesShort(fragment));
            send(socket, fragment);
            Eventually.equal(1, () -> count(server, Counter.DTLS_HANDSHAKES_FAILED));
        }
    }

    @Tag("P-07")
    @Test
    void handsACopyOfARecordToNobody() throws Exception {
        try (var server = settings().start();
                var relay = new LossyRelay(address(server), (datagram, number) -> 2);
                var wire = DtlsWire.connect(relay.address(), client())) {
            wire.send(TestClient.bindingRequest());
            assertTrue(wire.receive(Wire.TIMEOUT_MILLIS).length > 0);
            assertEquals(0, wire.receive(300).length);
        }
    }

    @Tag("P-08")
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void getsThroughTheHandshakeOnABadPath(long seed) throws Exception {
        var random = new Random(seed);
        try (var server = settings().start();
                var relay =
                        new LossyRelay(
                                address(server),
                                (datagram, number) -> number > 60 ? 1 : random.nextInt(3));
                var wire = DtlsWire.connect(relay.address(), client());
                var client = new TestClient(wire)) {
            relay.beGood();
            assertTrue(client.allocate().port() > 0, "seed " + seed);
            Eventually.equal(1, server::allocationCount);
            assertEquals(1, server.dtlsSessions());
        }
    }

    @Tag("P-08")
    @Test
    void repeatsItsLastFlightWhenThatWasLost() throws Exception {
        // ChangeCipherSpec and Finished of the server are records 20 and 22 of epochs 0 and 1.
        var lost = new AtomicInteger();
        try (var server = settings().start();
                var relay =
                        new LossyRelay(
                                address(server),
                                (datagram, number) ->
                                        datagram.fromServer()
                                                        && datagram.epoch() == 1
                                                        && lost.getAndIncrement() == 0
                                                ? 0
                                                : 1);
                var wire = DtlsWire.connect(relay.address(), client())) {
            assertTrue(lost.get() > 1);
            wire.send(TestClient.bindingRequest());
            assertTrue(wire.receive(Wire.TIMEOUT_MILLIS).length > 0);
            assertEquals(1, count(server, Counter.DTLS_HANDSHAKES));
        }
    }

    @Tag("P-03")
    @Test
    void replacesASessionOnlyWhenTheNewHandshakeIsDone() throws Exception {
        try (var server = settings().handshakeTimeout(Duration.ofSeconds(1)).start();
                var wire = connect(server)) {
            var client = new TestClient(wire);
            client.allocate();
            // Whoever only sees the path can begin, but not end, a handshake.
            byte[] random = random();
            send(wire.socket(), clientHello(random, new byte[0], 0));
            byte[] cookie = receive(wire.socket());
            send(
                    wire.socket(),
                    clientHello(
                            random,
                            Arrays.copyOfRange(cookie, cookie.length - 32, cookie.length),
                            1));
            assertHandshake(SERVER_HELLO, receive(wire.socket()));
            assertEquals(2, server.dtlsSessions());
            assertEquals(wire.local(), client.binding());
            Eventually.equal(1, () -> count(server, Counter.DTLS_HANDSHAKES_FAILED));
            Eventually.equal(1, server::allocationCount);

            // The client has started anew on its port: its old allocation is gone, it gets another.
            int port = wire.socket().getLocalPort();
            wire.vanish();
            var again =
                    new DatagramSocket(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            again.connect(address(server).toInetSocketAddress());
            try (var fresh = new TestClient(DtlsWire.connect(again, client()))) {
                Eventually.equal(0, server::allocationCount);
                fresh.allocate();
                Eventually.equal(1, server::allocationCount);
                assertEquals(1, server.dtlsSessions());
            }
            Eventually.equal(0, server::dtlsSessions);
        }
    }

    @Tag("P-12")
    @Test
    void ignoresAnEncryptedClientHello() throws Exception {
        try (var server = settings().start();
                var wire = connect(server)) {
            wire.sendHandshake(Arrays.copyOfRange(clientHello(random(), new byte[0], 0), 13, 94));
            assertEquals(wire.local(), new TestClient(wire).binding());
            assertEquals(1, count(server, Counter.DTLS_HANDSHAKES));
            assertEquals(1, server.dtlsSessions());
        }
    }

    @Tag("C-01")
    @Tag("P-08")
    @Test
    void answersARetransmittedAllocateAsBefore() throws Exception {
        try (var server = settings().start();
                var wire = connect(server);
                var client = new TestClient(wire)) {
            client.challenge();
            byte[] request =
                    client.authenticated(
                            StunMethod.ALLOCATE, new RequestedTransport(RequestedTransport.UDP));
            wire.send(request);
            byte[] answer = wire.receive();
            wire.send(request);
            assertArrayEquals(answer, wire.receive());
            Eventually.equal(1, server::allocationCount);
        }
    }
}

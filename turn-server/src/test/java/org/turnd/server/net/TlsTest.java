package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.Reload;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

@ParameterizedClass(name = "{0}, {1}")
@CsvSource({"NATIVE, BORINGSSL", "PORTABLE, BORINGSSL", "NATIVE, JDK", "PORTABLE, JDK"})
class TlsTest {
    @Parameter(0)
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    @Parameter(1)
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private TlsProvider provider;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @SuppressWarnings("NullAway.Init") // made before each test
    private TestTls tls;

    /// The first handshake loads half of the JDK, which is no time to measure timeouts in.
    @BeforeAll
    static void warmUp(@TempDir Path elsewhere) throws Exception {
        var tls = new TestTls(elsewhere, TlsProvider.JDK);
        var settings = new TestSettings().tls(tls.material()).listen(Protocol.TLS, "127.0.0.1", 0);
        try (var server = settings.start();
                var socket = tls.connect(address(server), "TLSv1.3")) {
            new TestClient(Wire.over(socket)).binding();
        }
    }

    @BeforeEach
    void makeCertificate() throws Exception {
        tls = new TestTls(directory, provider);
    }

    private TurnServer start(Protocol protocol, String host) throws Exception {
        return new TestSettings()
                .plane(plane)
                .tls(tls.material())
                .listen(protocol, host, 0)
                .start();
    }

    @Test
    void saysWhatEncrypts() throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1")) {
            assertEquals(
                    new TlsProviderChoice(provider == TlsProvider.BORINGSSL, "configured"),
                    server.tlsProvider());
        }
    }

    private static TransportAddress address(TurnServer server) {
        return server.listeners().getFirst().address();
    }

    @ParameterizedTest
    @CsvSource({
        "TLS, TLSv1.2, 127.0.0.1",
        "TLS, TLSv1.3, 127.0.0.1",
        "TLS, TLSv1.3, ::1",
        "TCP, TLSv1.2, 127.0.0.1",
        "TCP, TLSv1.3, ::1"
    })
    @Tag("P-01")
    void relaysForTlsClients(Protocol protocol, String version, String host) throws Exception {
        try (var server = start(protocol, host);
                var socket = tls.connect(address(server), version);
                var client = new TestClient(Wire.over(socket))) {
            RelayTest.relaysThereAndBack(client);
            assertEquals(version, socket.getSession().getProtocol());
        }
    }

    @Test
    void takesPlainAndEncryptedClientsOnOnePort() throws Exception {
        try (var server = start(Protocol.TCP, "127.0.0.1");
                var plain = TestClient.tcp(address(server));
                var encrypted =
                        new TestClient(Wire.over(tls.connect(address(server), "TLSv1.3")))) {
            assertEquals(plain.wire().local(), plain.binding());
            assertEquals(encrypted.wire().local(), encrypted.binding());
        }
    }

    @Test
    @Tag("P-10")
    void readsItsCertificateAgainAndKeepsItsClients() throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var before = new TestClient(Wire.over(tls.connect(address(server), "TLSv1.3")))) {
            TransportAddress relayed = before.allocate();
            TestTls renewed = new TestTls(directory, provider);
            assertEquals(List.of("tls.certificate"), taken(server).changed());
            assertEquals(List.of(), taken(server).changed());
            assertTrustedOnlyBy(renewed, tls, server);
            before.request(StunMethod.REFRESH, new Lifetime(600));
            assertEquals(1, server.allocationCount());
            RelayTest.relaysThereAndBack(before, relayed);

            Files.writeString(directory.resolve("key.pem"), "no key");
            Reload bad = server.reload(server.settings());
            assertInstanceOf(Reload.Refused.class, bad);
            assertTrue(bad.toString().contains("key.pem"), bad.toString());
            assertTrustedOnlyBy(renewed, tls, server);
        }
    }

    private static Reload.Taken taken(TurnServer server) {
        return assertInstanceOf(Reload.Taken.class, server.reload(server.settings()));
    }

    private static void assertTrustedOnlyBy(TestTls present, TestTls past, TurnServer server)
            throws Exception {
        try (var client = new TestClient(Wire.over(present.connect(address(server), "TLSv1.3")))) {
            assertEquals(client.wire().local(), client.binding());
        }
        try (var client = past.connect(address(server), "TLSv1.3")) {
            assertThrows(SSLHandshakeException.class, client::startHandshake);
        }
    }

    @Test
    void givesEachMessageARecordOfItsOwn() throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var socket = tls.connect(address(server), "TLSv1.3")) {
            var segment = new ByteArrayOutputStream();
            for (int i = 0; i < 20; i++) {
                segment.write(TestClient.bindingRequest());
            }
            socket.getOutputStream().write(segment.toByteArray());
            byte[] buffer = new byte[16384];
            for (int i = 0; i < 20; i++) {
                // The JDK's client returns one record a read.
                int read = socket.getInputStream().read(buffer);
                assertEquals(20 + buffer[3], read);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void carriesMessagesThatFillSeveralRecords(String version) throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var client = new TestClient(Wire.over(tls.connect(address(server), version)))) {
            TransportAddress relayed = client.allocate();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                client.bindChannel(0x4000, peer.local());
                byte[] data = new byte[60_001];
                ThreadLocalRandom.current().nextBytes(data);
                for (int i = 0; i < 5; i++) {
                    client.sendChannelData(0x4000, data);
                    assertArrayEquals(data, peer.receive());
                    peer.send(data);
                    assertArrayEquals(
                            TestClient.channelData(0x4000, data), client.wire().receive());
                }
            }
        }
    }

    @Test
    void endsTlsBeforeItEndsAnIdleConnection() throws Exception {
        var settings =
                new TestSettings()
                        .plane(plane)
                        .tls(tls.material())
                        .idleTimeout(Duration.ofMillis(500))
                        .listen(Protocol.TLS, "127.0.0.1", 0);
        try (var server = settings.start();
                var raw = new Socket(address(server).toInetAddress(), address(server).port());
                var client = new TestClient(Wire.over(tls.over(raw, "TLSv1.2")))) {
            client.binding();
            assertEquals(21, raw.getInputStream().read(), "an alert");
            assertEquals(-1, StreamTest.readToEnd(raw));
        }
    }

    @Test
    void takesNothingButTlsOnATlsListener() throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var plain = TestClient.tcp(address(server))) {
            plain.wire().send(TestClient.bindingRequest());
            assertThrows(IOException.class, plain::receiveStun);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1", "TLSv1.1"})
    @Tag("P-01")
    void refusesOldVersions(String version) throws Exception {
        // P-01: the JDK's client would refuse them by itself, so the hello is written by hand.
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var socket = new Socket(address(server).toInetAddress(), address(server).port())) {
            socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
            socket.getOutputStream().write(OldClientHello.of(version));
            byte[] alert = socket.getInputStream().readNBytes(7);
            assertEquals(21, alert[0], "an alert");
            assertEquals(70, alert[6], "protocol_version");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stun.turn", "stun.nat-discovery"})
    @Tag("P-04")
    void selectsTheProtocolsOfTurnWhenOffered(String protocol) throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var socket = offering(server, "TLSv1.3", "http/1.1", protocol)) {
            socket.startHandshake();
            assertEquals(protocol, socket.getApplicationProtocol());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    @Tag("P-05")
    void servesBindingAloneForNatDiscovery(String version) throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var socket = offering(server, version, "stun.nat-discovery");
                var client = new TestClient(Wire.over(socket))) {
            client.wire().send(TestClient.encode(StunMethod.ALLOCATE, StunClass.REQUEST));
            // The next answer is Binding's: Allocate got none.
            assertEquals(client.wire().local(), client.binding());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    @Tag("P-04")
    void endsTheHandshakeWhenOnlyUnknownProtocolsAreOffered(String version) throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var socket = offering(server, version, "http/1.1", "h2")) {
            // P-04: alert 120.
            var refused = assertThrows(SSLHandshakeException.class, socket::startHandshake);
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("no_application_protocol"),
                    refused::toString);
        }
    }

    private SSLSocket offering(TurnServer server, String version, String... protocols)
            throws IOException {
        SSLSocket socket = tls.connect(address(server), version);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Test
    @Tag("P-12")
    void closesTheConnectionOnRenegotiation() throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var socket = tls.connect(address(server), "TLSv1.2");
                var client = new TestClient(Wire.over(socket))) {
            client.binding();
            // P-12
            assertThrows(
                    IOException.class,
                    () -> {
                        socket.startHandshake();
                        client.binding();
                    });
        }
    }

    @Test
    void readsAHelloThatComesByteByByte() throws Exception {
        try (var server = start(Protocol.TCP, "127.0.0.1");
                var socket = new Socket(address(server).toInetAddress(), address(server).port())) {
            socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            for (byte each : OldClientHello.of("TLSv1.1")) {
                socket.getOutputStream().write(each);
            }
            assertEquals(21, socket.getInputStream().read(), "an alert");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void resumesASessionByTicket(String version) throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1")) {
            long first = sessionTime(server, version);
            // A full handshake would make a session with a later time.
            Eventually.equal(1, () -> Long.signum(System.currentTimeMillis() - first));
            assertEquals(first, sessionTime(server, version));
        }
    }

    private long sessionTime(TurnServer server, String version) throws IOException {
        try (var socket = tls.connect(address(server), version);
                var client = new TestClient(Wire.over(socket))) {
            client.binding(); // the ticket comes before the answer
            return socket.getSession().getCreationTime();
        }
    }

    @Test
    void closesTheConnectionOnABrokenRecordAndNoOther() throws Exception {
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var raw = new Socket(address(server).toInetAddress(), address(server).port());
                var socket = tls.over(raw, "TLSv1.3");
                var client = new TestClient(Wire.over(socket));
                var other = new TestClient(Wire.over(tls.connect(address(server), "TLSv1.3")))) {
            client.allocate();
            other.allocate();
            byte[] record = new byte[5 + 32];
            record[0] = 23;
            record[1] = 3;
            record[2] = 3;
            record[4] = 32;
            raw.getOutputStream().write(record);
            assertEquals(-1, StreamTest.readToEnd(raw));
            Eventually.equal(1, server::allocationCount);
            other.binding();
        }
    }

    @Test
    void dropsThePacketsOfASlowReaderAndNobodyElses() throws Exception {
        // I-18. One shard, so that the slow client could delay the other one.
        var settings =
                new TestSettings()
                        .plane(plane)
                        .tls(tls.material())
                        .shards(1)
                        .streamQueueBytes(32 << 10)
                        .listen(Protocol.TLS, "127.0.0.1", 0);
        try (var server = settings.start();
                var slow = new TestClient(Wire.over(tls.connect(address(server), "TLSv1.3")));
                var quick = new TestClient(Wire.over(tls.connect(address(server), "TLSv1.3")))) {
            StreamTest.dropsThePacketsOfASlowReaderAndNobodyElses(server, slow, quick);
        }
    }

    @Test
    void endsTheAllocationWhenTheClientEndsTls() throws Exception {
        // C-14
        try (var server = start(Protocol.TLS, "127.0.0.1");
                var socket = tls.connect(address(server), "TLSv1.3");
                var client = new TestClient(Wire.over(socket))) {
            client.allocate();
            Eventually.equal(1, server::allocationCount);
            // Sends close_notify; TCP stays open for the other direction.
            socket.shutdownOutput();
            Eventually.equal(0, server::allocationCount);
        }
    }

    @Test
    @Tag("P-11")
    void closesAClientThatNeverFinishesItsHandshake() throws Exception {
        var settings =
                new TestSettings()
                        .plane(plane)
                        .tls(tls.material())
                        .handshakeTimeout(Duration.ofMillis(300))
                        .listen(Protocol.TLS, "127.0.0.1", 0);
        try (var server = settings.start();
                var socket = new Socket(address(server).toInetAddress(), address(server).port())) {
            socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
            socket.getOutputStream().write(0x16);
            assertEquals(-1, StreamTest.readToEnd(socket));
        }
    }

    @Test
    void closesAClientThatSaysNothingAfterItsHandshake() throws Exception {
        var settings =
                new TestSettings()
                        .plane(plane)
                        .tls(tls.material())
                        .handshakeTimeout(Duration.ofMillis(1500))
                        .listen(Protocol.TLS, "127.0.0.1", 0);
        try (var server = settings.start();
                var socket = tls.connect(address(server), "TLSv1.3")) {
            socket.startHandshake();
            assertEquals(-1, StreamTest.readToEnd(socket));
            assertEquals(1, StreamTest.sum(server, Counter.STREAMS_TIMED_OUT));
        }
    }
}

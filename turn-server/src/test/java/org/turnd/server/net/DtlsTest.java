package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.StartFailure;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Tls;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// TURN over DTLS (RFC 7350) as a client sees it.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(120)
class DtlsTest {
    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @BeforeEach
    void makeCertificate() throws Exception {
        writeCertificate(KeyForm.RSA_PKCS8);
    }

    private void writeCertificate(KeyForm form) throws Exception {
        form.write(directory.resolve("chain.pem"), directory.resolve("key.pem"));
    }

    private TestSettings settings() {
        var tls =
                new Tls(
                        directory.resolve("chain.pem"),
                        directory.resolve("key.pem"),
                        null,
                        TlsProvider.JDK);
        return new TestSettings().plane(plane).tls(tls);
    }

    private TurnServer start(String host) throws Exception {
        return settings().listen(Protocol.DTLS, host, 0).start();
    }

    private static TransportAddress address(TurnServer server) {
        return server.listeners().getFirst().address();
    }

    private static int count(TurnServer server, Counter counter) {
        return (int) server.shards().stream().mapToLong(s -> s.counters().get(counter)).sum();
    }

    @Tag("C-11")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void relaysForDtlsClients(String host) throws Exception {
        try (var server = start(host);
                var client = new TestClient(DtlsWire.connect(address(server)))) {
            assertEquals(client.wire().local(), client.binding());
            RelayTest.relaysThereAndBack(client);
            Eventually.equal(1, server::allocationCount);
        }
    }

    @Tag("B-05")
    @Test
    void refusesRequestsWithoutTheCookie() throws Exception {
        try (var server = start("127.0.0.1");
                var client = new TestClient(DtlsWire.connect(address(server)))) {
            byte[] request = TestClient.encode(StunMethod.BINDING, StunClass.REQUEST);
            request[4] ^= 1;
            client.wire().send(request);
            byte[] answer = client.wire().receive();
            // Binding error response, the same 128 bits, ERROR-CODE 500.
            assertEquals(1, answer[0]);
            assertEquals(0x11, answer[1]);
            assertArrayEquals(
                    Arrays.copyOfRange(request, 4, 20), Arrays.copyOfRange(answer, 4, 20));
            assertEquals(5, answer[26]);
            assertEquals(client.wire().local(), client.binding());
        }
    }

    @Tag("P-06")
    @Tag("P-07")
    @Test
    void tellsDtlsAndStunApartOnOnePort() throws Exception {
        int port = TestSettings.freePort();
        var settings =
                settings()
                        .listen(Protocol.UDP, "127.0.0.1", port)
                        .listen(Protocol.DTLS, "127.0.0.1", port);
        try (var server = settings.start();
                var plain = TestClient.udp(address(server));
                var encrypted = new TestClient(DtlsWire.connect(address(server)))) {
            assertEquals(
                    new Listener(Protocol.DTLS, address(server)), server.listeners().getLast());
            assertEquals(plain.wire().local(), plain.binding());
            assertEquals(encrypted.wire().local(), encrypted.binding());
            RelayTest.relaysThereAndBack(plain);
            RelayTest.relaysThereAndBack(encrypted);
            Eventually.equal(2, server::allocationCount);
        }
    }

    @Tag("C-14")
    @Test
    void endsTheAllocationWithTheSession() throws Exception {
        try (var server = start("127.0.0.1")) {
            try (var client = new TestClient(DtlsWire.connect(address(server)))) {
                client.allocate();
                Eventually.equal(1, server::allocationCount);
            }
            Eventually.equal(0, server::allocationCount);
            Eventually.equal(1, () -> count(server, Counter.DTLS_SESSIONS_ENDED));
        }
    }

    @Tag("P-01")
    @Test
    void refusesDtls10() throws Exception {
        try (var server = start("127.0.0.1")) {
            var client =
                    new DtlsWire.Client()
                            .version(ProtocolVersion.DTLSv10)
                            .ciphers(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA);
            assertRefused(server, client, AlertDescription.protocol_version);
        }
    }

    private static void assertRefused(TurnServer server, DtlsWire.Client client, short alert) {
        var failure =
                assertThrows(
                        TlsFatalAlertReceived.class,
                        () -> DtlsWire.connect(address(server), client));
        assertEquals(alert, failure.getAlertDescription());
        Eventually.equal(1, () -> count(server, Counter.DTLS_HANDSHAKES_FAILED));
    }

    @Tag("P-02")
    @ParameterizedTest
    @ValueSource(
            ints = {
                CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
            })
    void negotiatesForwardSecretAead(int cipher) throws Exception {
        try (var server = start("127.0.0.1");
                var wire =
                        DtlsWire.connect(address(server), new DtlsWire.Client().ciphers(cipher))) {
            assertEquals(cipher, wire.client().chosenCipher());
        }
    }

    @Tag("P-02")
    @ParameterizedTest
    @EnumSource(names = {"EC_PKCS8", "ED25519_PKCS8"})
    void servesWithOtherKeys(KeyForm form) throws Exception {
        writeCertificate(form);
        int cipher = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
        try (var server = start("127.0.0.1");
                var wire =
                        DtlsWire.connect(address(server), new DtlsWire.Client().ciphers(cipher))) {
            assertEquals(wire.local(), new TestClient(wire).binding());
        }
    }

    @Tag("P-02")
    @Tag("W-07")
    @ParameterizedTest
    @ValueSource(
            ints = {
                CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
                CipherSuite.TLS_RSA_WITH_NULL_SHA256
            })
    void refusesOtherCiphers(int cipher) throws Exception {
        try (var server = start("127.0.0.1")) {
            assertRefused(
                    server,
                    new DtlsWire.Client().ciphers(cipher),
                    AlertDescription.handshake_failure);
        }
    }

    @Tag("P-04")
    @ParameterizedTest
    @ValueSource(strings = {"stun.turn", "stun.nat-discovery"})
    void choosesTheApplicationProtocolThatIsOffered(String name) throws Exception {
        try (var server = start("127.0.0.1");
                var wire =
                        DtlsWire.connect(
                                address(server), new DtlsWire.Client().offering("h2", name))) {
            assertEquals(name, wire.client().chosenProtocol());
            assertEquals(wire.local(), new TestClient(wire).binding());
        }
    }

    @Tag("P-04")
    @Test
    void refusesClientsThatOfferOnlyUnknownApplicationProtocols() throws Exception {
        try (var server = start("127.0.0.1")) {
            assertRefused(
                    server,
                    new DtlsWire.Client().offering("h2", "http/1.1"),
                    AlertDescription.no_application_protocol);
        }
    }

    @Tag("P-05")
    @Test
    void servesBindingAloneForNatDiscovery() throws Exception {
        try (var server = start("127.0.0.1");
                var wire =
                        DtlsWire.connect(
                                address(server),
                                new DtlsWire.Client().offering("stun.nat-discovery"));
                var client = new TestClient(wire)) {
            wire.send(TestClient.encode(StunMethod.ALLOCATE, StunClass.REQUEST));
            // The next answer is Binding's: Allocate got none.
            assertEquals(wire.local(), client.binding());
        }
    }

    @Test
    void needsACertificate() {
        assertThrows(
                StartFailure.class,
                () -> new TestSettings().listen(Protocol.DTLS, "127.0.0.1", 0).start());
    }

    @Test
    @SuppressWarnings("try") // closing is what it is about
    void closesWhenTheServerStops() throws Exception {
        try (var server = start("127.0.0.1");
                var wire = DtlsWire.connect(address(server))) {
            new TestClient(wire).allocate();
            server.close();
            assertEquals(0, wire.receive(Wire.TIMEOUT_MILLIS).length);
            assertTrue(wire.client().isClosed());
        }
    }
}

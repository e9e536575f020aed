package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.net.ShardCounters.Counter;

/// How many DTLS sessions one address gets, and the server has.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(60)
class DtlsLimitsTest {
    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    @SuppressWarnings("NullAway.Init") // made before each test
    private TestTls tls;

    private final List<DtlsWire> wires = new ArrayList<>();

    @BeforeEach
    void makeCertificate(@TempDir Path directory) throws Exception {
        tls = new TestTls(directory, TlsProvider.JDK);
    }

    @AfterEach
    void closeAll() throws IOException {
        for (DtlsWire wire : wires) {
            wire.close();
        }
    }

    private TestSettings settings() {
        return new TestSettings()
                .plane(plane)
                .tls(tls.material())
                .listen(Protocol.DTLS, "127.0.0.1", 0);
    }

    private DtlsWire connect(TurnServer server, String from) throws IOException {
        var socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(server.listeners().getFirst().address().toInetSocketAddress());
        var client =
                new DtlsWire.Client().ciphers(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        DtlsWire wire = DtlsWire.connect(socket, client);
        wires.add(wire);
        return wire;
    }

    private static void assertServed(DtlsWire wire) throws IOException {
        assertEquals(wire.local(), new TestClient(wire).binding());
    }

    @Test
    @Tag("S-09")
    void oneAddressGetsSoManySessionsAndAnotherItsOwn() throws Exception {
        try (var server = settings().connectionsPerAddress(3).start()) {
            for (int i = 0; i < 3; i++) {
                assertServed(connect(server, "127.0.0.2"));
            }
            for (int i = 0; i < 5; i++) {
                var refused =
                        assertThrows(
                                TlsFatalAlertReceived.class, () -> connect(server, "127.0.0.2"));
                assertEquals(AlertDescription.internal_error, refused.getAlertDescription());
            }
            assertEquals(5, StreamTest.sum(server, Counter.DTLS_REFUSED_BY_ADDRESS));
            assertEquals(0, StreamTest.sum(server, Counter.DTLS_HANDSHAKES_REFUSED));
            assertEquals(3, server.dtlsSessions(), "who was refused has no place");
            assertServed(connect(server, "127.0.0.3"));
            assertServed(wires.getFirst());

            wires.getFirst().close();
            Eventually.equal(3, server::dtlsSessions);
            assertServed(connect(server, "127.0.0.2"));
        }
    }

    @Test
    @Tag("P-11")
    void theServerHasNoMoreSessionsThanConnections() throws Exception {
        try (var server = settings().connections(2).start()) {
            assertServed(connect(server, "127.0.0.2"));
            DtlsWire last = connect(server, "127.0.0.3");
            var third = new Thread(() -> tryToConnect(server, "127.0.0.4"));
            third.start();
            Eventually.holds(() -> StreamTest.sum(server, Counter.DTLS_HANDSHAKES_REFUSED) > 0);
            assertEquals(2, server.dtlsSessions());
            // It asks again by itself, and gets in when there is room.
            last.close();
            third.join();
            assertServed(wires.getLast());
            assertEquals(0, StreamTest.sum(server, Counter.DTLS_REFUSED_BY_ADDRESS));
        }
    }

    private void tryToConnect(TurnServer server, String from) {
        try {
            connect(server, from);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

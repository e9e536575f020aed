package org.turnd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Tls;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.net.Eventually;
import org.turnd.server.net.OpenFiles;
import org.turnd.server.net.TestClient;
import org.turnd.server.net.TestSettings;
import org.turnd.server.net.Wire;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
class TurnServerTest {
    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @Test
    void namesEveryAddressThatCannotBeBoundAndLeavesNothingOpen() throws Exception {
        try (var udp = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
                var tcp = new ServerSocket(0, 1, LOOPBACK)) {
            var settings =
                    new TestSettings()
                            .plane(plane)
                            .listen(Protocol.UDP, "127.0.0.1", 0)
                            .listen(Protocol.UDP, "127.0.0.1", udp.getLocalPort())
                            .listen(Protocol.TCP, "127.0.0.1", tcp.getLocalPort())
                            .listen(Protocol.UDP, "192.0.2.1", 3478)
                            .listen(Protocol.TLS, "127.0.0.1", 0);
            // What the JVM opens once and for all is open after this.
            assertThrows(StartFailure.class, settings::start);
            int before = OpenFiles.count();
            var failure = assertThrows(StartFailure.class, settings::start);
            assertEquals(
                    List.of(
                            "cannot listen on UDP 127.0.0.1:%d: Address already in use"
                                    .formatted(udp.getLocalPort()),
                            "cannot listen on TCP 127.0.0.1:%d: Address already in use"
                                    .formatted(tcp.getLocalPort()),
                            "cannot listen on UDP 192.0.2.1:3478: Cannot assign requested address",
                            "cannot listen on TLS 127.0.0.1:0: TLS needs a certificate and a key,"
                                    + " and none is configured"),
                    failure.problems());
            Eventually.equal(before, OpenFiles::count);
        }
    }

    @Test
    void saysWhatIsWrongWithACertificate(@TempDir Path directory) {
        Path nowhere = directory.resolve("nowhere.pem");
        var settings =
                new TestSettings()
                        .plane(plane)
                        .tls(new Tls(nowhere, nowhere, null, TlsProvider.AUTO))
                        .listen(Protocol.TLS, "127.0.0.1", 0);
        var failure = assertThrows(StartFailure.class, settings::start);
        assertEquals(nowhere + ": there is no such file", failure.problems().getFirst());
    }

    @Test
    void refusesAUdpPortThatAnotherServerHas() throws Exception {
        // Both would be allowed to share it, as their shards do.
        try (var server =
                new TestSettings().plane(plane).listen(Protocol.UDP, "127.0.0.1", 0).start()) {
            int port = server.listeners().getFirst().address().port();
            var second = new TestSettings().plane(plane).listen(Protocol.UDP, "127.0.0.1", port);
            assertThrows(StartFailure.class, second::start);
        }
    }

    @Test
    void closesEverySocketAndThread() throws Exception {
        var settings =
                new TestSettings()
                        .plane(plane)
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .listen(Protocol.TCP, "127.0.0.1", 0)
                        .listen(Protocol.UDP, "::1", 0);
        serveOnce(settings);
        int before = OpenFiles.count();
        serveOnce(settings);
        Eventually.equal(before, OpenFiles::count);
        // A loop's future is done just before its thread is.
        Eventually.equal(0, TurnServerTest::shardThreads);
    }

    private static int shardThreads() {
        return (int)
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("turnd-shard"))
                        .count();
    }

    private static void serveOnce(TestSettings settings) throws Exception {
        var server = settings.start();
        try (var udp = TestClient.udp(address(server, 0));
                var tcp = TestClient.tcp(address(server, 1));
                var idle = TestClient.tcp(address(server, 1))) {
            udp.allocate();
            tcp.allocate();
            idle.binding();
            // While the clients still are there:
            server.close();
            server.close();
            assertEquals(0, server.allocationCount());
        }
    }

    private static TransportAddress address(TurnServer server, int listener) {
        return server.listeners().get(listener).address();
    }

    @Test
    void listsWhereItListensWithActualPorts() throws Exception {
        try (var server =
                new TestSettings()
                        .plane(plane)
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .listen(Protocol.TCP, "::1", 0)
                        .start()) {
            assertEquals(
                    List.of(Protocol.UDP, Protocol.TCP),
                    server.listeners().stream().map(Listener::protocol).toList());
            assertEquals("127.0.0.1", address(server, 0).host());
            assertEquals("::1", address(server, 1).host());
            assertTrue(server.listeners().stream().allMatch(l -> l.address().port() > 0));
            assertEquals(2, server.shards().size());
        }
    }

    @Test
    void drainsUntilTheLastAllocationHasEnded() throws Exception {
        try (var server =
                        new TestSettings()
                                .plane(plane)
                                .listen(Protocol.UDP, "127.0.0.1", 0)
                                .start();
                var client = TestClient.udp(address(server, 0));
                var late = TestClient.udp(address(server, 0))) {
            client.allocate();
            Eventually.equal(1, server::allocationCount);
            server.drain();
            CompletableFuture<?> drained = server.drained().toCompletableFuture();
            var refused =
                    late.request(
                                    StunMethod.ALLOCATE,
                                    new RequestedTransport(RequestedTransport.UDP))
                            .first(ErrorCode.class);
            assertEquals(403, refused == null ? 0 : refused.code());
            assertFalse(drained.isDone());
            client.request(StunMethod.REFRESH, new Lifetime(0));
            drained.get(Wire.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            assertEquals(0, server.allocationCount());
        }
    }

    @Test
    void isDrainedAtOnceWhenThereAreNoAllocations() throws Exception {
        try (var server =
                new TestSettings().plane(plane).listen(Protocol.UDP, "127.0.0.1", 0).start()) {
            server.drain();
            server.drained().toCompletableFuture().get(Wire.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}

package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.TlsTrust;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;

/// Clients behind HAProxy, which tells turnd who they are by the PROXY protocol.
@Timeout(120)
class HaproxyTest {
    private static final InetAddress IPV4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress IPV6 = InetAddress.ofLiteral("::1");

    @TempDir static Path directory;
    private static int turndPort;
    private static int linePort;
    private static int binaryPort;

    @SuppressWarnings("NullAway.Init") // started before the tests
    private static ServerProcess turnd;

    @SuppressWarnings("NullAway.Init") // started before the tests
    private static ServerProcess haproxy;

    @SuppressWarnings("NullAway.Init") // made before the tests
    private static ClientOptions options;

    @BeforeAll
    static void start() throws IOException, CertificateException {
        var authority = new CertificateAuthority(directory);
        options =
                ClientOptions.of(RunningServer.USER)
                        .trusting(TlsTrust.ofAuthorities(authority.certificateFile()));
        turndPort = freePort();
        linePort = freePort();
        binaryPort = freePort();
        var certificate = authority.issue("127.0.0.1");
        var settings =
                Files.writeString(
                        directory.resolve("turnd.conf"),
                        """
                        realm = turnd.test
                        listeners { udp = [], tcp = [], tls = [] }
                        proxy-protocol { tcp = "127.0.0.1:%d", trusted = "127.0.0.1" }
                        relay { ipv4 = 127.0.0.1, ipv6 = none }
                        auth.users = [{ name = %s, password = "%s" }]
                        tls { certificate = "%s", key = "%s" }
                        http.address = none
                        log.format = text
                        """
                                .formatted(
                                        turndPort,
                                        RunningServer.USER.username(),
                                        RunningServer.USER.password(),
                                        certificate.chain(),
                                        certificate.key()));
        turnd =
                ServerProcess.start(
                        new ProcessBuilder(RunningServer.turnd(settings)),
                        line -> line.contains(" ready"));
        var proxy =
                Files.writeString(
                        directory.resolve("haproxy.cfg"),
                        """
                        defaults
                          mode tcp
                          timeout connect 10s
                          timeout client 60s
                          timeout server 60s
                        listen line
                          bind 127.0.0.1:%1$d
                          bind [::1]:%1$d
                          server turnd 127.0.0.1:%3$d send-proxy check inter 100ms
                        listen binary
                          bind 127.0.0.1:%2$d
                          bind [::1]:%2$d
                          unique-id-format %%[uuid()]
                          server turnd 127.0.0.1:%3$d send-proxy-v2 proxy-v2-options crc32c,unique-id
                        """
                                .formatted(linePort, binaryPort, turndPort));
        haproxy =
                ServerProcess.start(
                        new ProcessBuilder("haproxy", "-db", "-V", "-f", proxy.toString()),
                        line -> line.contains("polling mechanism"));
    }

    @AfterAll
    static void stop() {
        if (haproxy != null) {
            haproxy.close();
        }
        if (turnd != null) {
            turnd.close();
        }
    }

    private static int freePort() throws IOException {
        while (true) {
            try (var free = new ServerSocket(0, 1, IPV4)) {
                // Above are the relays.
                if (free.getLocalPort() < 49_152) {
                    return free.getLocalPort();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "send-proxy, TCP, 127.0.0.1",
        "send-proxy, TLS, 127.0.0.1",
        "send-proxy, TCP, ::1",
        "send-proxy-v2, TCP, 127.0.0.1",
        "send-proxy-v2, TLS, 127.0.0.1",
        "send-proxy-v2, TCP, ::1"
    })
    @Tag("T-02")
    @Tag("T-04")
    @Tag("T-05")
    void clientsAreSeenWhereTheyAre(String way, Carrier carrier, String host) throws Exception {
        var port = way.equals("send-proxy") ? linePort : binaryPort;
        var endpoint = Endpoint.of(carrier, host.contains(":") ? IPV6 : IPV4, port);
        try (var client = TurnClient.connect(endpoint, options)) {
            assertEquals(client.localAddress(), client.bind(), () -> turnd.log());
            assertEquals("127.0.0.1", client.allocate(null).relayed().host());
            assertTrue(client.refresh(0) == 0);
        }
    }

    @Test
    @Tag("T-01")
    void whoGoesRoundTheProxyGetsNoAnswer() {
        var endpoint = Endpoint.of(Carrier.TCP, IPV4, turndPort);
        assertThrows(
                TurnFailure.class,
                () -> {
                    try (var client = TurnClient.connect(endpoint, options)) {
                        client.bind();
                    }
                });
    }
}

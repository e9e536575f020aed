package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.cli.check.Carrier;
import org.turnd.peers.server.ServerKind;

/// coturn's test client with TCP allocations (RFC 6062) on turnd: one client connects from its
/// relay to that of another, and every message that it sends arrives there. It loses a message that
/// comes to it in two pieces with a pause between them, so none may be cut on its way.
@Timeout(180)
class UclientTcpRelayTest {
    private static final String IPV4 = "127.0.0.1";
    private static final String IPV6 = "::1";

    @TempDir static Path directory;
    private static final Map<String, RunningServer> SERVERS = new HashMap<>();

    @BeforeAll
    static void start() {
        var authority = new CertificateAuthority(directory);
        for (var address : List.of(IPV4, IPV6)) {
            SERVERS.put(
                    address,
                    RunningServer.onLoopback(
                            ServerKind.TURND,
                            directory,
                            address,
                            authority.issue(address),
                            List.of("relay.transports = both")));
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(RunningServer::close);
    }

    @ParameterizedTest(name = "{0}, over {1}, {2}")
    @CsvSource({
        "127.0.0.1, TCP, -T -y",
        "127.0.0.1, TCP, -T -y -m 10",
        "127.0.0.1, TCP, -T -y -l 1400",
        "127.0.0.1, TCP, -T -y -l 1400 -m 10",
        "127.0.0.1, TLS, -T -y",
        "::1, TCP, -T -y",
        "::1, TLS, -T -y"
    })
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("L-06")
    @Tag("L-14")
    void everyMessageArrives(String address, Carrier carrier, String options) {
        var server = Objects.requireNonNull(SERVERS.get(address));
        var arguments = new ArrayList<>(List.of("-u", RunningServer.USER.username()));
        arguments.addAll(
                List.of("-w", RunningServer.USER.password(), "-n", "" + UclientTest.MESSAGES));
        arguments.addAll(List.of(options.split(" ")));
        if (address.equals(IPV6)) {
            arguments.add("-x");
        }
        UclientTest.allComeBack(server.endpoint(carrier), arguments);
        assertFalse(server.log().contains(" ERROR "), server::log);
    }

    /// With `-P` one client of a pair connects, and the other is told of it. The client counts the
    /// messages of both as sent, but only what one of them gets, with coturn's server as well.
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("L-11")
    void everyMessageArrivesAtAClientThatWaitsForItsPeer() {
        var server = Objects.requireNonNull(SERVERS.get(IPV4));
        var arguments = new ArrayList<>(List.of("-u", RunningServer.USER.username()));
        arguments.addAll(List.of("-w", RunningServer.USER.password(), "-P", "-y"));
        arguments.addAll(List.of("-n", "" + UclientTest.MESSAGES));
        var run = Uclient.run(server.endpoint(Carrier.TCP), arguments);
        assertEquals(UclientTest.MESSAGES, run.received(), run.output());
        assertFalse(server.log().contains(" ERROR "), server::log);
    }
}

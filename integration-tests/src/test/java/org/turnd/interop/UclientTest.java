package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.Endpoint;
import org.turnd.peers.server.ServerKind;

/// coturn's test client, an independent one, against turnd: every message that it sends to an echo
/// comes back.
///
/// Its option `-Z` (two addresses in one allocation) is not here: up to coturn 4.6 it asks for the
/// second one with an attribute from before RFC 8656 (0x8032), which nobody else understands.
@Timeout(180)
class UclientTest {
    static final int MESSAGES = 20;
    private static final String IPV4 = "127.0.0.1";
    private static final String IPV6 = "::1";

    /// It takes one TLS record from OpenSSL each time its socket becomes readable. When two come
    /// together the last ones stay there, so a run on a busy machine may lack some.
    private static final int TLS_RUNS_MAX = 5;

    private static final Pattern RESERVED =
            Pattern.compile("Received relay addr: \\S+?:(\\d+)\\R.*rtv=[1-9]");

    private static final List<Carrier> CARRIERS = List.of(Carrier.values());

    @TempDir static Path directory;
    private static final Map<String, RunningServer> SERVERS = new HashMap<>();
    private static final List<ServerProcess> ECHOES = new ArrayList<>();
    private static int echoPort;

    @BeforeAll
    static void start() throws SocketException {
        var authority = new CertificateAuthority(directory);
        try (var free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            echoPort = free.getLocalPort();
        }
        for (var address : List.of(IPV4, IPV6)) {
            SERVERS.put(
                    address,
                    RunningServer.onLoopback(
                            ServerKind.TURND, directory, address, authority.issue(address)));
            // What has RTCP goes to the next port as well.
            for (var port : List.of(echoPort, echoPort + 1)) {
                ECHOES.add(
                        ServerProcess.start(
                                new ProcessBuilder(
                                        "turnutils_peer", "-v", "-L", address, "-p", "" + port),
                                line -> line.endsWith(":end")));
            }
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(RunningServer::close);
        ECHOES.forEach(ServerProcess::close);
    }

    static Stream<Arguments> everyWay() {
        return Stream.of(IPV4, IPV6)
                .flatMap(client ->
                        Stream.of(IPV4, IPV6)
                                .flatMap(peer ->
                                        CARRIERS.stream()
                                                .map(carrier ->
                                                        Arguments.of(client, peer, carrier))));
    }

    @ParameterizedTest(name = "client {0}, peer {1}, over {2}")
    @MethodSource("everyWay")
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("C-11")
    void everyMessageSentWithIndicationsComesBack(String client, String peer, Carrier carrier) {
        allComeBack(server(client).endpoint(carrier), toEcho(peer, "-c", "-s"));
    }

    @ParameterizedTest(name = "client {0}, peer {1}, over {2}")
    @MethodSource("everyWay")
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("C-11")
    void everyMessageSentOnAChannelComesBack(String client, String peer, Carrier carrier) {
        allComeBack(server(client).endpoint(carrier), toEcho(peer, "-c"));
    }

    @ParameterizedTest(name = "client {0}, {1}")
    @CsvSource({"127.0.0.1, -s", "127.0.0.1, -D", "::1, -s"})
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("P-06")
    void tlsOnThePlainPortIsServedAsWell(String client, String form) {
        var plain = server(client).endpoint(Carrier.TCP);
        var tls = new Endpoint(Carrier.TLS, client, plain.address());
        allComeBack(tls, toEcho(client, "-c", form));
    }

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("F-07")
    @Tag("F-08")
    void aClientWithRtcpGetsAnEvenPortAndTheReservedNextOne(Carrier carrier) {
        var output = allComeBack(server(IPV4).endpoint(carrier), toEcho(IPV4, "-v"));
        var evenPorts =
                RESERVED.matcher(output)
                        .results()
                        .map(result -> Integer.parseInt(result.group(1)))
                        .toList();
        assertFalse(evenPorts.isEmpty(), output);
        for (int port : evenPorts) {
            assertEquals(0, port % 2, output);
        }
        // The first allocation is one that tries the server; of the second pair both are used.
        assertTrue(
                evenPorts.stream()
                        .anyMatch(port -> output.contains(IPV4 + ":" + (port + 1) + "\n")),
                output);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, UDP", "127.0.0.1, TCP", "::1, UDP"})
    @Execution(ExecutionMode.CONCURRENT)
    void twoClientsReachEachOtherFromRelayToRelay(String address, Carrier carrier) {
        allComeBack(
                server(address).endpoint(carrier),
                asAlice(address.equals(IPV6) ? "-x" : "-X", "-c", "-y", "-s"));
    }

    /// Padded channels, many clients, long messages, requests for strange peers in between, an
    /// ORIGIN, and clients whose sockets break after some packets.
    @ParameterizedTest
    @CsvSource({
        "UDP, -c -D",
        "TCP, -c -D",
        "UDP, -c -m 10",
        "TCP, -c -m 10 -s",
        "UDP, -c -l 1400",
        "TCP, -c -l 1400",
        "UDP, -c -G",
        "TCP, -c -G -s",
        "UDP, -c -o https://example.org",
        "UDP, -c -B -m 5"
    })
    @Execution(ExecutionMode.CONCURRENT)
    void unusualClientsLoseNothing(Carrier carrier, String options) {
        allComeBack(server(IPV4).endpoint(carrier), toEcho(IPV4, options.split(" ")));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theClientMakesCredentialsOfTheSharedSecretItself() {
        var arguments = new ArrayList<>(List.of("-u", "bob", "-W", RunningServer.SECRET, "-c"));
        arguments.addAll(List.of("-n", "" + MESSAGES, "-e", IPV4, "-r", "" + echoPort));
        allComeBack(server(IPV4).endpoint(Carrier.UDP), arguments);
    }

    /// With tokens of RFC 7635 that it seals itself, each time with another of three keys.
    @ParameterizedTest(name = "client {0}, over {1}, {2}")
    @CsvSource({
        "127.0.0.1, UDP, -s",
        "127.0.0.1, UDP, -X",
        "127.0.0.1, TCP, -s",
        "127.0.0.1, TCP, -X",
        "127.0.0.1, TLS, -s",
        "::1, UDP, -s",
        "::1, TCP, -s"
    })
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("O-05")
    @Tag("O-07")
    @Tag("O-08")
    void aClientWithTokensLosesNothing(String client, Carrier carrier, String form) {
        var arguments = new ArrayList<>(List.of("-J", "-c", form, "-n", "" + MESSAGES));
        arguments.addAll(List.of("-m", "3", "-e", client, "-r", "" + echoPort));
        if (client.equals(IPV6)) {
            arguments.add("-x");
        }
        allComeBack(server(client).endpoint(carrier), arguments);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void nothingReachesAPeerWithoutAPermission() {
        var run = Uclient.run(server(IPV4).endpoint(Carrier.UDP), toEcho(IPV4, "-c", "-s", "-I"));
        assertEquals(MESSAGES, run.sent(), run.output());
        assertEquals(0, run.received(), run.output());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aSecondChannelForTheSamePeerIsRefused() {
        var run = Uclient.run(server(IPV4).endpoint(Carrier.UDP), toEcho(IPV4, "-c", "-N"));
        assertTrue(run.output().contains("channel bind: error 400"), run.output());
        assertEquals(0, run.sent(), run.output());
    }

    /// Clients that leave in the middle of their requests, and clients that spoil some of their
    /// messages: what becomes of those is their affair, but the server goes on.
    @ParameterizedTest
    @CsvSource({"UDP, -O -m 50", "TCP, -O -m 50", "UDP, -R -m 5 -n 5", "TCP, -R -m 5 -n 5 -s"})
    @Execution(ExecutionMode.CONCURRENT)
    void hostileClientsHarmNobody(Carrier carrier, String options) {
        var hostile = new ArrayList<>(List.of("-c"));
        hostile.addAll(List.of(options.split(" ")));
        var endpoint = server(IPV4).endpoint(carrier);
        Uclient.run(endpoint, toEcho(IPV4, hostile.toArray(String[]::new)));
        allComeBack(endpoint, toEcho(IPV4, "-c"));
        assertFalse(server(IPV4).log().contains(" ERROR "), server(IPV4)::log);
    }

    private static RunningServer server(String address) {
        return Objects.requireNonNull(SERVERS.get(address));
    }

    private static List<String> toEcho(String peer, String... options) {
        var arguments = new ArrayList<>(asAlice("-e", peer, "-r", "" + echoPort));
        if (peer.equals(IPV6)) {
            arguments.add("-x");
        }
        arguments.addAll(List.of(options));
        return arguments;
    }

    private static List<String> asAlice(String... options) {
        var arguments = new ArrayList<>(List.of("-u", RunningServer.USER.username()));
        arguments.addAll(List.of("-w", RunningServer.USER.password(), "-n", "" + MESSAGES));
        arguments.addAll(List.of(options));
        return arguments;
    }

    /// Checks that nothing is lost, and returns what the client wrote.
    static String allComeBack(Endpoint server, List<String> arguments) {
        for (var run = 1; ; run++) {
            var uclient = Uclient.run(server, arguments);
            if (uclient.sent() >= MESSAGES && uclient.sent() == uclient.received()) {
                return uclient.output();
            }
            if (run == (server.carrier() == Carrier.TLS ? TLS_RUNS_MAX : 1)) {
                return fail(String.join(" ", arguments) + "\n" + uclient.output());
            }
        }
    }
}

package org.turnd.interop;

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
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.cli.check.Carrier;
import org.turnd.peers.lab.HostCommand;
import org.turnd.peers.server.ServerKind;

/// coturn's test client, an independent one, against turnd: every message that it sends to an echo
/// comes back.
@Timeout(90)
class UclientTest {
    private static final int MESSAGES = 20;

    /// It takes one TLS record from OpenSSL each time its socket becomes readable. When two come
    /// together the last ones stay there, so a run on a busy machine may lack some.
    private static final int TLS_RUNS_MAX = 5;

    private static final Pattern COUNTS =
            Pattern.compile("tot_send_msgs=(\\d+), tot_recv_msgs=(\\d+)");

    @TempDir static Path directory;
    private static final Map<String, RunningServer> SERVERS = new HashMap<>();
    private static final Map<String, ServerProcess> ECHOES = new HashMap<>();
    private static int echoPort;

    @BeforeAll
    static void start() throws SocketException {
        var authority = new CertificateAuthority(directory);
        try (var free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            echoPort = free.getLocalPort();
        }
        for (var address : List.of("127.0.0.1", "::1")) {
            SERVERS.put(
                    address,
                    RunningServer.onLoopback(
                            ServerKind.TURND, directory, address, authority.issue(address)));
            ECHOES.put(
                    address,
                    ServerProcess.start(
                            new ProcessBuilder(
                                    "turnutils_peer", "-v", "-L", address, "-p", "" + echoPort),
                            line -> line.endsWith(":end")));
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(RunningServer::close);
        ECHOES.values().forEach(ServerProcess::close);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, UDP",
        "127.0.0.1, TCP",
        "127.0.0.1, TLS",
        "::1, UDP",
        "::1, TCP",
        "::1, TLS"
    })
    void everyMessageSentWithIndicationsComesBack(String address, Carrier carrier) {
        assertAllCameBack(
                () -> run(address, carrier, "-s", "-e", address, "-r", "" + echoPort), carrier);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, UDP",
        "127.0.0.1, TCP",
        "127.0.0.1, TLS",
        "::1, UDP",
        "::1, TCP",
        "::1, TLS"
    })
    void everyMessageSentOnAChannelComesBack(String address, Carrier carrier) {
        assertAllCameBack(() -> run(address, carrier, "-e", address, "-r", "" + echoPort), carrier);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, UDP", "127.0.0.1, TCP", "::1, UDP"})
    void twoClientsReachEachOtherFromRelayToRelay(String address, Carrier carrier) {
        assertAllCameBack(() -> run(address, carrier, "-y", "-s"), carrier);
    }

    private static String run(String address, Carrier carrier, String... more) {
        var server = Objects.requireNonNull(SERVERS.get(address));
        var command =
                new ArrayList<>(
                        List.of("timeout", "30", "turnutils_uclient", "-c", "-n", "" + MESSAGES));
        command.addAll(
                List.of("-u", RunningServer.USER.username(), "-w", RunningServer.USER.password()));
        command.addAll(List.of("-p", "" + server.endpoint(carrier).address().port()));
        switch (carrier) {
            case UDP -> {}
            case TCP -> command.add("-t");
            case TLS -> command.addAll(List.of("-t", "-S"));
        }
        if (address.contains(":")) {
            command.add("-x");
        }
        command.addAll(List.of(more));
        command.add(address);
        return HostCommand.attempt(command, "").output();
    }

    /// Its exit code is 0 whatever happens, so its counts decide.
    private static void assertAllCameBack(Supplier<String> client, Carrier carrier) {
        var output = "";
        for (var run = 0; run < (carrier == Carrier.TLS ? TLS_RUNS_MAX : 1); run++) {
            output = client.get();
            if (countsAgree(output)) {
                return;
            }
        }
        fail(output);
    }

    private static boolean countsAgree(String output) {
        var counts = COUNTS.matcher(output);
        var sent = 0;
        var received = 0;
        while (counts.find()) {
            sent = Integer.parseInt(counts.group(1));
            received = Integer.parseInt(counts.group(2));
        }
        return sent >= MESSAGES && sent == received;
    }
}

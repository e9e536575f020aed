package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.turnd.cli.Turnd;
import org.turnd.cli.check.Carrier;
import org.turnd.peers.server.ServerKind;

/// `turnd bench` as an operator types it: every packet accounted for, whatever the speed.
@Timeout(60)
class BenchCommandTest {
    private static final int PACKETS_PER_SECOND = 1_000;

    @TempDir static Path directory;
    private static RunningServer turnd;
    private static CertificateAuthority authority;

    @BeforeAll
    static void start() {
        authority = new CertificateAuthority(directory);
        turnd =
                RunningServer.onLoopback(
                        ServerKind.TURND, directory, "127.0.0.1", authority.issue("127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        turnd.close();
    }

    static Stream<Arguments> everyWay() {
        return Stream.of(Carrier.UDP, Carrier.TCP, Carrier.TLS)
                .flatMap(carrier ->
                        Stream.of("to-peer", "to-client", "both", "echo", "relay")
                                .map(direction -> Arguments.of(carrier, direction)));
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void accountsForEveryPacket(Carrier carrier, String direction) {
        var report =
                bench(url(carrier), "--direction", direction, "--rate", "" + PACKETS_PER_SECOND);
        assertCounts(report);
    }

    @Test
    void sendsIndicationsInBurstsOfMixedSizes() {
        var report =
                bench(
                        url(Carrier.UDP),
                        "--send",
                        "--mix",
                        "call",
                        "--burst",
                        "4",
                        "--direction",
                        "both",
                        "--rate",
                        "" + PACKETS_PER_SECOND);
        assertCounts(report);
        assertEquals("send", report.getString("framing"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DTLS")
    void countsAllocations(Carrier carrier) {
        var report = bench(url(carrier), "--allocate-rate");
        assertTrue(report.getBoolean("good"), report::toString);
        assertTrue(report.getLong("done") > 0, report::toString);
    }

    @Test
    void holdsAllocations() {
        var report = bench(url(Carrier.UDP), "--hold", "--pid", "" + ProcessHandle.current().pid());
        assertTrue(report.getBoolean("good"), report::toString);
        assertTrue(report.getLong("residentBytes") > 0, report::toString);
    }

    @Test
    void findsARateWithoutLoss() {
        var report = bench(url(Carrier.UDP), "--search", "--loss", "50");
        assertTrue(report.getBoolean("good"), report::toString);
        assertTrue(report.getInt("rounds") > 0, report::toString);
        assertEquals(0, report.getLong("misdelivered"), report::toString);
    }

    @Test
    void climbsARampAndAsksForControlMeanwhile() throws IOException {
        var page = directory.resolve("report.html");
        var report =
                bench(
                        url(Carrier.UDP),
                        "--ramp",
                        "500..1500",
                        "--steps",
                        "3",
                        "--control-probe",
                        "--html",
                        page.toString());
        assertTrue(report.getBoolean("good"), report::toString);
        var steps = report.getConfigList("steps");
        assertEquals(3, steps.size());
        assertEquals(1_000, steps.get(1).getDouble("askedPerSecond"));
        for (var step : steps) {
            assertTrue(step.getDouble("latencyMicrosP99") > 0, report::toString);
            assertTrue(step.getDouble("controlMicrosP99") > 0, report::toString);
        }
        assertTrue(Files.readString(page).contains("uPlot"));
    }

    @Test
    void measuresOverIpv6() throws IOException {
        var files = Files.createDirectory(directory.resolve("ipv6"));
        try (var server =
                RunningServer.onLoopback(ServerKind.TURND, files, "::1", authority.issue("::1"))) {
            var url = "turn:" + server.hostAndPort();
            assertCounts(bench(url, "--direction", "echo", "--rate", "" + PACKETS_PER_SECOND));
            var lives = bench(url, "--allocate-rate");
            assertTrue(lives.getBoolean("good"), lives::toString);
            var ipv4 = bench(url, "--hold", "--peer-family", "ipv4");
            assertTrue(ipv4.getBoolean("good"), ipv4::toString);
        }
    }

    @Test
    void tellsHowLongControlRequestsWait() {
        var report = bench(url(Carrier.UDP), "--rate", "1000", "--control-probe");
        assertCounts(report);
        assertTrue(report.getLong("controlRequests") > 5, report::toString);
        assertTrue(report.getLong("controlAnswers") > 0, report::toString);
        assertTrue(report.getDouble("controlMicrosP99") > 0, report::toString);
    }

    private static void assertCounts(Config report) {
        assertTrue(report.getBoolean("good"), report::toString);
        assertEquals(0, report.getLong("corrupted"), report::toString);
        assertEquals(0, report.getLong("misdelivered"), report::toString);
        assertEquals(0, report.getLong("duplicated"), report::toString);
        long sent = report.getLong("sent");
        assertTrue(sent > 0 && sent <= PACKETS_PER_SECOND, report::toString);
        assertEquals(sent, report.getLong("received") + report.getLong("lost"), report::toString);
        assertTrue(report.getLong("received") > sent / 2, report::toString);
        assertTrue(report.getDouble("latencyMicrosP50") > 0, report::toString);
    }

    private static String url(Carrier carrier) {
        return switch (carrier) {
            case UDP -> "turn:" + turnd.hostAndPort();
            case TCP -> "turn:" + turnd.hostAndPort() + "?transport=tcp";
            case TLS -> "turns:" + turnd.tlsHostAndPort();
            case DTLS -> throw new IllegalArgumentException("not measured yet");
        };
    }

    private static Config bench(String... arguments) {
        var all = new ArrayList<>(List.of("bench", "--json"));
        all.addAll(List.of("--username", RunningServer.USER.username()));
        all.addAll(List.of("--credential", RunningServer.USER.password()));
        all.addAll(List.of("--ca", authority.certificateFile().toString()));
        all.addAll(List.of("--allocations", "4", "--seconds", "0.3", "--warmup", "0.1"));
        all.addAll(List.of(arguments));
        var text = new StringWriter();
        var line = Turnd.commandLine();
        line.setOut(new PrintWriter(text, true));
        line.setErr(new PrintWriter(text, true));
        line.execute(all.toArray(String[]::new));
        return ConfigFactory.parseString(text.toString());
    }
}

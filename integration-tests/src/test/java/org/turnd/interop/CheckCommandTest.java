package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.cli.Turnd;
import org.turnd.peers.server.ServerKind;

/// `turnd check` as an operator types it, against turnd and coturn.
@Timeout(60)
class CheckCommandTest {
    @TempDir static Path directory;
    private static final Map<ServerKind, RunningServer> SERVERS = new EnumMap<>(ServerKind.class);
    private static CertificateAuthority authority;

    /// What the command left behind.
    private record Outcome(int exitCode, String output) {}

    @BeforeAll
    static void start() {
        authority = new CertificateAuthority(directory);
        for (var kind : ServerKind.values()) {
            SERVERS.put(
                    kind,
                    RunningServer.onLoopback(
                            kind, directory, "127.0.0.1", authority.issue("127.0.0.1")));
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(RunningServer::close);
    }

    @ParameterizedTest
    @EnumSource
    void findsAServerGoodOverEveryTransport(ServerKind kind) {
        var outcome =
                asAlice(
                        "--ca",
                        authority.certificateFile().toString(),
                        "stun:" + server(kind).hostAndPort(),
                        "turn:" + server(kind).hostAndPort(),
                        "turn:" + server(kind).hostAndPort() + "?transport=tcp",
                        "turns:" + server(kind).tlsHostAndPort());
        assertEquals(0, outcome.exitCode(), outcome::output);
        assertEquals(4, count("you are 127.0.0.1:", outcome), outcome::output);
        assertEquals(3, count("relayed address 127.0.0.1:", outcome), outcome::output);
        assertEquals(3, count("10 of 10 packets", outcome), outcome::output);
        assertTrue(outcome.output().contains("TLSv1."), outcome::output);
        assertTrue(outcome.output().contains("All good"), outcome::output);
    }

    @ParameterizedTest
    @EnumSource
    void tellsAProgramTheSame(ServerKind kind) {
        var outcome = asAlice("--json", "turn:" + server(kind).hostAndPort());
        assertEquals(0, outcome.exitCode(), outcome::output);
        var json = ConfigFactory.parseString(outcome.output());
        var check = json.getConfigList("checks").getFirst();
        assertTrue(json.getBoolean("good"));
        assertTrue(check.getString("mapped").startsWith("127.0.0.1:"));
        assertTrue(check.getString("relayed").startsWith("127.0.0.1:"));
        var relay = check.getConfigList("steps").get(2);
        assertEquals("relay", relay.getString("name"));
        assertEquals(10, relay.getInt("roundTrips.answered"));
    }

    @ParameterizedTest
    @EnumSource
    void saysThatTheUserIsUnknown(ServerKind kind) {
        var outcome =
                check(
                        "turn:" + server(kind).hostAndPort(),
                        "--username",
                        "mallory",
                        "--credential",
                        "guess");
        assertEquals(1, outcome.exitCode(), outcome::output);
        assertTrue(outcome.output().contains("answered 401"), outcome::output);
        assertTrue(outcome.output().contains("\"mallory\""), outcome::output);
    }

    @Test
    void refusesACertificateOfAnUnknownAuthorityUnlessToldOtherwise() {
        var url = "turns:" + server(ServerKind.TURND).tlsHostAndPort();
        var strict = asAlice(url);
        assertEquals(1, strict.exitCode(), strict::output);
        assertTrue(strict.output().contains("not trusted"), strict::output);
        var lenient = asAlice(url, "--insecure");
        assertEquals(0, lenient.exitCode(), lenient::output);
        assertTrue(lenient.output().contains("warn  tls"), lenient::output);
    }

    @Test
    void oneBadUrlAmongGoodOnesIsAFailure() {
        var outcome = asAlice("turn:" + server(ServerKind.TURND).hostAndPort(), "turn:127.0.0.1:9");
        assertEquals(1, outcome.exitCode(), outcome::output);
        assertTrue(outcome.output().contains("1 of 2 failed"), outcome::output);
        assertTrue(outcome.output().contains("nobody listens on UDP port 9"), outcome::output);
    }

    @Test
    void mistakesOfTheCommandLineAreExitCode2() {
        for (var arguments :
                List.of(
                        List.<String>of(),
                        List.of("http://127.0.0.1"),
                        List.of("turn:127.0.0.1", "--username", "alice"),
                        List.of("turn:127.0.0.1", "--timeout", "0"),
                        List.of("turn:127.0.0.1", "--ca", "/nonexistent"))) {
            var outcome = check(arguments.toArray(String[]::new));
            assertEquals(2, outcome.exitCode(), () -> arguments + "\n" + outcome.output());
            assertFalse(outcome.output().contains("Exception"), outcome::output);
        }
    }

    private static RunningServer server(ServerKind kind) {
        return Objects.requireNonNull(SERVERS.get(kind));
    }

    private static Outcome asAlice(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--username", RunningServer.USER.username()));
        all.addAll(List.of("--credential", RunningServer.USER.password()));
        return check(all.toArray(String[]::new));
    }

    private static Outcome check(String... arguments) {
        var all = new ArrayList<>(List.of("check"));
        all.addAll(List.of(arguments));
        var text = new StringWriter();
        var line = Turnd.commandLine();
        line.setOut(new PrintWriter(text, true));
        line.setErr(new PrintWriter(text, true));
        int exitCode = line.execute(all.toArray(String[]::new));
        return new Outcome(exitCode, text.toString());
    }

    private static int count(String needle, Outcome outcome) {
        return outcome.output().split(Pattern.quote(needle), -1).length - 1;
    }
}

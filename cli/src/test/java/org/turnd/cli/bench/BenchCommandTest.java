package org.turnd.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.cli.Turnd;
import org.turnd.cli.check.Failure;
import org.turnd.stun.StunMethod;

class BenchCommandTest {
    private record Outcome(int exitCode, String output) {}

    @Test
    void mistakesOfTheCommandLineAreExitCode2AndSayWhatIsExpected() {
        mistake("Which server?");
        mistake("--size: expected 36 to 1400; found 5", "--size", "5");
        mistake("--burst: expected 1 to 64; found 0", "--burst", "0");
        mistake("--rate: expected packets a second above 0, or max; found fast", "--rate", "fast");
        mistake("found -1", "--rate", "-1");
        mistake("exclude each other", "--rate", "10", "--search");
        mistake("exclude each other", "--ramp", "1..2", "--search");
        mistake("--ramp: expected packets a second as FROM..TO", "--ramp", "1-2");
        mistake("--ramp: expected", "--ramp", "0..5");
        mistake("--steps: expected 2 to 100", "--ramp", "1..2", "--steps", "1");
        mistake("expected packets to flow", "--hold", "--control-probe");
        mistake("exclude each other", "--size", "100", "--mix", "call");
        mistake("exclude each other", "--channel", "--send");
        mistake("an even number", "--direction", "relay", "--allocations", "3");
        mistake("to-peer, to-client, both, echo or relay", "--direction", "up");
        mistake("--seconds: expected", "--seconds", "3600");
        mistake("expected a turn: or turns: URL", "stun:127.0.0.1");
        mistake("DTLS", "turns:127.0.0.1?transport=udp");
    }

    @Test
    void allMistakesAreToldAtOnce() {
        var outcome = bench("--size", "5", "--burst", "0", "turn:127.0.0.1");
        assertTrue(outcome.output().contains("--size"), outcome::output);
        assertTrue(outcome.output().contains("--burst"), outcome::output);
    }

    @Test
    void saysWhatToDoWhenTheServerDeniesThePeers() {
        var why =
                BenchCommand.why(
                        new Failure.ErrorResponse(
                                StunMethod.CREATE_PERMISSION, 403, "Forbidden", true));
        assertTrue(why.contains("CreatePermission was answered 403 Forbidden"), why);
        assertTrue(why.contains("peers.allow"), why);
        assertTrue(why.contains("--peer-address"), why);
    }

    @Test
    void aServerThatIsNotThereIsExitCode1() {
        var outcome = bench("turn:127.0.0.1:9?transport=tcp", "--seconds", "1", "--json");
        assertEquals(1, outcome.exitCode(), outcome::output);
        assertFalse(ConfigFactory.parseString(outcome.output()).getBoolean("good"));
    }

    @Test
    void theSearchDoublesThenHalvesTheDistance() {
        assertEquals(10_000, TrafficRun.nextRate(5_000, Double.POSITIVE_INFINITY));
        assertEquals(2_500, TrafficRun.nextRate(0, 5_000));
        assertEquals(20_000, TrafficRun.nextRate(10_000, 40_000), 1e-6);
    }

    @Test
    void reportsAlignNumbersAndLeaveOutWhatIsNotKnown() {
        var report = new BenchReport();
        report.add("a", "first", 1_234_567L, "packets")
                .add("b", "second one", 2.5, "us")
                .add("c", "unknown", Double.NaN, "us");
        var end = System.lineSeparator();
        assertEquals(
                "first       1,234,567 packets" + end + "second one      2.500 us" + end,
                report.text());
        var json = ConfigFactory.parseString(report.json());
        assertEquals(1_234_567, json.getLong("a"));
        assertEquals(2.5, json.getDouble("b"));
        assertTrue(json.getBoolean("good") && !json.hasPath("c"));
    }

    @Test
    void stepsAreATableForPeopleAndAListForPrograms() {
        var report = new BenchReport();
        report.addSteps(List.of(round(1_000, 5), round(2_000, 5)));
        var lines = report.text().lines().toList();
        assertEquals(3, lines.size());
        assertEquals(lines.get(0).length(), lines.get(1).length());
        var steps = ConfigFactory.parseString(report.json()).getConfigList("steps");
        assertEquals(2_000, steps.get(1).getDouble("askedPerSecond"));
        assertEquals(5, steps.get(1).getDouble("latencyMicrosP50"), 0.1);
        assertTrue(report.isGood());
    }

    @Test
    void thePageHoldsItsDataAndItsLibraryAndTheLibrarysLicence() {
        var report = new BenchReport();
        report.add("software", "software", "</script><script>alert(1)", "");
        report.add(round(1_000, 5));
        report.addSteps(List.of(round(1_000, 5), round(2_000, 7)));
        var page = report.html();
        assertTrue(page.contains("Copyright (c) 2022 Leon Sorokin"));
        assertTrue(page.contains("uPlot=function"));
        assertFalse(page.contains("</script><script>alert"));
        assertFalse(page.contains("http://") || page.contains("src="));
        var start = page.indexOf("type=\"application/json\">") + 24;
        var data =
                ConfigFactory.parseString(page.substring(start, page.indexOf("</script>", start)));
        assertEquals(7, data.getConfigList("steps").get(1).getDouble("latencyMicrosP50"), 0.1);
        assertFalse(data.getConfigList("percentiles").isEmpty());
        assertEquals(
                "</script><script>alert(1)",
                data.getConfigList("figures").getFirst().getString("value"));
    }

    private static Round round(double asked, long latencyMicros) {
        var measurement = new Measurement(0, 1);
        for (int i = 0; i < 100; i++) {
            measurement.arrived(0, i, latencyMicros * 1_000);
        }
        return new Round(
                asked,
                new Load.Sent(100, 0, 100_000_000),
                measurement.counts(),
                measurement.latencies(),
                null,
                Duration.ZERO,
                null,
                List.of(new Round.Sample(0.5, 1_000, Double.NaN)));
    }

    private static void mistake(String expected, String... arguments) {
        var outcome = bench(arguments);
        assertEquals(2, outcome.exitCode(), outcome::output);
        assertTrue(outcome.output().contains(expected), outcome::output);
        assertFalse(outcome.output().contains("Exception"), outcome::output);
    }

    private static Outcome bench(String... arguments) {
        var all = new ArrayList<>(List.of("bench"));
        all.addAll(List.of(arguments));
        var text = new StringWriter();
        var line = Turnd.commandLine();
        line.setOut(new PrintWriter(text, true));
        line.setErr(new PrintWriter(text, true));
        return new Outcome(line.execute(all.toArray(String[]::new)), text.toString());
    }
}

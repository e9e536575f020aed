package org.turnd.chaos;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs every scenario, or those named, against one server, again and again: `Soak MINUTES
/// [SCENARIO...]`, or once with 0 minutes. Started in a network namespace of its own, as root.
/// Exits with 1 when a promise was broken.
public final class Soak {
    /// How many times as much as in a test.
    private static final int TIMES = 20;

    private static final int CYCLES_MAX = 100_000;

    /// What may change from cycle to cycle: classes are still being compiled, buffers pooled.
    private static final double GROWTH_MAX = 1.2;

    private static final long SLACK_BYTES = 8 << 20;
    private static final int FILES_SLACK = 4;

    private Soak() {}

    /// Runs the scenarios.
    ///
    /// @param arguments the minutes, and the names of scenarios
    public static void main(String[] arguments) throws Exception {
        quiet();
        Path directory = Files.createTempDirectory("turnd-chaos");
        try (Arena arena = new Arena(directory)) {
            run(arena, Double.parseDouble(arguments[0]), scenarios(arguments));
        } finally {
            delete(directory);
        }
    }

    /// The clients are part of this process, and their libraries talkative.
    private static void quiet() {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
                instanceof ch.qos.logback.classic.Logger root) {
            root.setLevel(Level.WARN);
        }
    }

    private static List<Scenario> scenarios(String... arguments) {
        List<String> names = List.of(arguments).subList(1, arguments.length);
        List<Scenario> all = Scenario.all();
        List<Scenario> named = all.stream().filter(one -> names.contains(one.name())).toList();
        if (named.size() < names.size()) {
            throw new IllegalArgumentException(
                    "scenarios: " + all.stream().map(Scenario::name).toList());
        }
        return names.isEmpty() ? all : named;
    }

    private static void run(Arena arena, double minutes, List<Scenario> scenarios)
            throws Exception {
        long deadline = System.nanoTime() + (long) (minutes * 60e9);
        boolean isSoak = minutes > 0;
        List<Daemon.Footprint> footprints = new ArrayList<>();
        for (int cycle = 1; cycle <= CYCLES_MAX; cycle++) {
            for (Scenario scenario : scenarios) {
                // A new process would begin from scratch: it crashes once, at the end.
                if (!isSoak || !scenario.name().equals("kill -9")) {
                    run(arena, scenario, isSoak ? TIMES : 1);
                }
            }
            footprints.add(arena.server().footprint());
            say("cycle " + cycle, footprints.getLast().toString());
            if (System.nanoTime() - deadline >= 0) {
                break;
            }
        }
        if (isSoak) {
            checkFlat(footprints);
            run(arena, Scenario.all().getLast(), 1);
        }
        say(
                "probe",
                "answered %d times, slowest %d ms"
                        .formatted(arena.probe().rounds(), arena.probe().worstMillis()));
    }

    private static void run(Arena arena, Scenario scenario, int times) throws Exception {
        long began = System.nanoTime();
        try {
            String outcome = scenario.act().run(arena, times);
            arena.awaitQuiet();
            Duration taken = Duration.ofNanos(System.nanoTime() - began);
            say(scenario.name(), outcome + ", %.1f s".formatted(taken.toMillis() / 1e3));
        } catch (Exception e) {
            throw new IllegalStateException(scenario.name() + "\n" + arena.server().log(), e);
        }
    }

    /// The last cycle holds no more than the second, which has warmed up.
    private static void checkFlat(List<Daemon.Footprint> footprints) {
        if (footprints.size() < 3) {
            return;
        }
        Daemon.Footprint early = footprints.get(1);
        Daemon.Footprint late = footprints.getLast();
        check("heap", early.heapBytes(), late.heapBytes());
        check("direct memory", early.directBytes(), late.directBytes());
        check("resident memory", early.residentBytes(), late.residentBytes());
        if (late.files() > early.files() + FILES_SLACK) {
            throw new IllegalStateException("files leak: " + footprints);
        }
    }

    private static void check(String what, long early, long late) {
        if (late > early * GROWTH_MAX + SLACK_BYTES) {
            throw new IllegalStateException("%s grew: %d, %d".formatted(what, early, late));
        }
    }

    private static void say(String what, String how) {
        System.out.printf(Locale.ROOT, "%-25s %s%n", what, how);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.ConfigResult.Refused;

/// A text as a configuration file: there are settings, or problems with their place and their fix.
/// Of the secret nothing is shown.
public final class ConfigTarget {
    private static final ConfigFixture FIXTURE = new ConfigFixture(directory());
    private static final Map<String, String> SECRET =
            Map.of("TURND_AUTH_SECRET", ConfigFixture.SECRET);

    private ConfigTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        if (text.contains("include") || text.contains(ConfigFixture.SECRET)) {
            return; // What is included may be anywhere; and the fuzzer has learnt the secret.
        }
        switch (FIXTURE.load(text, SECRET, ConfigFixture.DUAL_STACK)) {
            case Loaded loaded -> {
                assertFalse(loaded.values().isEmpty());
                assertFalse(loaded.toString().contains(ConfigFixture.SECRET));
            }
            case Refused refused -> {
                assertFalse(refused.problems().isEmpty());
                refused.problems().forEach(problem -> check(problem, text));
            }
        }
    }

    private static void check(ConfigProblem problem, String text) {
        String shown = problem.toString();
        assertFalse(shown.contains(ConfigFixture.SECRET), shown);
        assertFalse(problem.origin().text().isEmpty(), shown);
        assertFalse(problem.found().isEmpty(), shown);
        assertFalse(problem.expected().isEmpty(), shown);
        assertFalse(problem.fix().isEmpty(), shown);
        if (problem.origin().line() > 0) {
            assertEquals(FIXTURE.file().toString(), problem.origin().file(), shown);
            assertTrue(problem.origin().line() <= text.lines().count() + 1, shown);
        }
    }

    private static Path directory() {
        try {
            Path directory = Files.createTempDirectory("turnd-fuzz");
            directory.toFile().deleteOnExit();
            directory.resolve("turnd.conf").toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package org.turnd.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The fuzzer itself, for a moment: that it works with this JDK, and that it finds nothing at once.
@Timeout(120)
class FuzzingTest {
    private static final int SECONDS = 5;
    private static final int FOUND = 77;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @Test
    void findsAPlantedBug() throws Exception {
        Path corpus = Files.createDirectory(directory.resolve("corpus"));

        Outcome outcome = fuzz(PlantedBug.class.getName(), corpus);

        assertEquals(FOUND, outcome.exitCode(), outcome.text());
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> crashes =
                    files.filter(file -> file.getFileName().toString().startsWith("crash-"))
                            .toList();
            assertEquals(1, crashes.size());
            String input = Files.readString(crashes.getFirst(), StandardCharsets.ISO_8859_1);
            assertTrue(input.startsWith("bug!"), input);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stun"})
    void findsNothingAtOnce(String name) throws Exception {
        FuzzTarget target =
                FuzzTarget.all().stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        Path found = Files.createDirectory(directory.resolve("found"));

        Outcome outcome = fuzz(target.className(), found, target.corpus());

        assertEquals(0, outcome.exitCode(), outcome.text());
    }

    private record Outcome(int exitCode, String text) {}

    private Outcome fuzz(String targetClass, Path... corpora) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "@" + FuzzTarget.DIRECTORY.resolve("jvm.options").toRealPath(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "com.code_intelligence.jazzer.Jazzer",
                                "--target_class=" + targetClass,
                                "--instrumentation_includes=org.turnd.**",
                                "--custom_hook_excludes=**",
                                "-max_total_time=" + SECONDS,
                                "-artifact_prefix=" + directory + "/",
                                "--reproducer_path=" + directory));
        for (Path corpus : corpora) {
            command.add(corpus.toAbsolutePath().normalize().toString());
        }
        Process process = start(command);
        try {
            byte[] text = process.getInputStream().readAllBytes();
            return new Outcome(process.waitFor(), new String(text, StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the `main` of a test class in a network namespace of its own.
final class NamespaceProcess {
    private NamespaceProcess() {}

    /// Returns the lines it printed; it must end well.
    static List<String> run(Class<?> main) throws Exception {
        Process process =
                new ProcessBuilder(
                                "unshare",
                                "--map-root-user",
                                "--net",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName())
                        .redirectErrorStream(true)
                        .start();
        try {
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), out);
            return out.lines().filter(line -> !line.contains(" DEBUG ")).toList();
        } finally {
            process.destroyForcibly();
        }
    }
}

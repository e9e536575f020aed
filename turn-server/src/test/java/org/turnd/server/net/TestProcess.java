package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the `main` of a test class in a process of its own, and returns the lines it printed; it
/// must end well.
final class TestProcess {
    private TestProcess() {}

    /// With a network to itself, and every right over that.
    static List<String> inNamespace(Class<?> main, String... arguments) throws Exception {
        return run(List.of("unshare", "--map-root-user", "--net"), main, arguments);
    }

    /// Without any capability, as an ordinary user's.
    static List<String> withoutPrivileges(Class<?> main, String... arguments) throws Exception {
        boolean isRoot = "root".equals(System.getProperty("user.name"));
        List<String> dropping =
                isRoot ? List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all") : List.of();
        return run(dropping, main, arguments);
    }

    private static List<String> run(List<String> prefix, Class<?> main, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), out);
            return out.lines()
                    .filter(line -> !line.contains(" DEBUG ") && !line.contains(" WARN "))
                    .toList();
        } finally {
            process.destroyForcibly();
        }
    }
}

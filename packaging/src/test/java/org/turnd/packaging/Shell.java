package org.turnd.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Runs `./package` and the scripts that try what it made.
final class Shell {
    private Shell() {}

    /// The directory of the project.
    static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("packaging")) ? here : here.resolve("..").normalize();
    }

    /// Runs a command and returns all that it printed.
    ///
    /// @throws AssertionError with that, when the command fails
    static String run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(root().toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertEquals(0, process.waitFor(), () -> String.join(" ", command) + "\n" + output);
            return output;
        } finally {
            // Its namespaces end with it, and all that runs in them.
            process.destroyForcibly();
        }
    }

    /// Builds packages of the jars that lie there, quickly compressed, into a directory.
    static void pack(Path directory, String... kinds) throws IOException, InterruptedException {
        for (String kind : kinds) {
            run(
                    Map.of(
                            "TURND_NO_BUILD", "1",
                            "TURND_COMPRESSION", "fast",
                            "TURND_DIST", directory.toString()),
                    List.of("./package", kind));
        }
    }

    /// Runs a script of `src/test/sh`.
    static void script(String name, Object... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>(List.of("packaging/src/test/sh/" + name));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        run(Map.of(), command);
    }

    /// Finds the only file of a directory with this ending.
    static Path only(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(ending)).toList();
            assertEquals(1, found.size(), () -> ending + " in " + directory + ": " + found);
            return found.getFirst();
        }
    }
}

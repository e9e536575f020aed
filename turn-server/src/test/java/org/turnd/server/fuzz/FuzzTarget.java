package org.turnd.server.fuzz;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// One line of `fuzzing/targets`.
record FuzzTarget(String name, String className) {
    static final Path DIRECTORY = Path.of("..", "fuzzing");

    static List<FuzzTarget> all() throws IOException {
        return Files.readAllLines(DIRECTORY.resolve("targets")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" +"))
                .map(words -> new FuzzTarget(words[0], words[1]))
                .toList();
    }

    Path corpus() {
        return DIRECTORY.resolve("corpus").resolve(name);
    }

    List<Path> inputs() throws IOException {
        try (Stream<Path> files = Files.list(corpus())) {
            return files.sorted().toList();
        }
    }

    /// Gives it one input, and throws what it throws.
    void run(byte[] input) throws Exception {
        Method target = Class.forName(className).getMethod("fuzzerTestOneInput", byte[].class);
        try {
            target.invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}

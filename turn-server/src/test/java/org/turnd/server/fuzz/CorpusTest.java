package org.turnd.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// Gives every target all that the fuzzer has found worth keeping, the crashes of the past among
/// it.
@Timeout(120)
class CorpusTest {
    private static final long CORPUS_BYTES_MAX = 2 << 20;

    @TestFactory
    Stream<DynamicTest> staysWell() throws IOException {
        return FuzzTarget.all().stream()
                .map(target -> DynamicTest.dynamicTest(target.name(), () -> runAll(target)));
    }

    private static void runAll(FuzzTarget target) throws Exception {
        List<Path> inputs = target.inputs();
        assertFalse(inputs.isEmpty(), () -> "no corpus of " + target.name());
        target.run(new byte[0]);
        for (Path input : inputs) {
            try {
                target.run(Files.readAllBytes(input));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("with " + input, e);
            }
        }
    }

    @Test
    void everyTargetIsListed() throws IOException {
        TreeSet<String> listed = new TreeSet<>();
        FuzzTarget.all().forEach(target -> listed.add(target.className()));
        TreeSet<String> found = new TreeSet<>();
        Path sources = Path.of("src", "test", "java");
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(sources::relativize)
                    .map(file -> file.toString().replace('/', '.'))
                    .filter(name -> name.endsWith("Target.java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .filter(name -> !name.equals(FuzzTarget.class.getName()))
                    .forEach(found::add);
        }
        assertEquals(found, listed);
    }

    @Test
    void theCorpusIsSmall() throws IOException {
        long bytes = 0;
        for (FuzzTarget target : FuzzTarget.all()) {
            for (Path input : target.inputs()) {
                bytes += Files.size(input);
            }
        }
        assertTrue(bytes < CORPUS_BYTES_MAX, bytes + " bytes: minimise it");
    }
}

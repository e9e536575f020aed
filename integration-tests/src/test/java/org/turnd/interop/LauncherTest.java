package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("./turnd")
@Timeout(60)
class LauncherTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path CACHE = HOME.resolve("cli/target/turnd.aot");

    @TempDir private Path directory;

    @BeforeEach
    void isPackaged() {
        assertTrue(Files.exists(CACHE), "the package phase of cli makes " + CACHE);
    }

    @Test
    @DisplayName("takes the server's classes from the build's AOT cache")
    void usesTheCache() throws Exception {
        List<String> loads = loadsOfServerClasses(HOME.resolve("turnd"));
        assertFalse(loads.isEmpty());
        List<String> fromJars =
                loads.stream().filter(line -> !line.contains("shared objects file")).toList();
        assertEquals(List.of(), fromJars);
    }

    @Test
    @DisplayName("works without a word when the cache is of another build")
    void leavesAForeignCacheAside() throws Exception {
        Path copy = directory.resolve("installed");
        for (String part : List.of("turnd", "scripts/jdk.sh", "conf/jvm.options")) {
            copy(HOME.resolve(part), copy.resolve(part));
        }
        try (var built = Files.walk(HOME.resolve("cli/target"))) {
            for (Path jar : built.filter(file -> file.toString().endsWith(".jar")).toList()) {
                // A copy is younger than the cache knows.
                copy(jar, copy.resolve(HOME.relativize(jar)));
            }
        }
        copy(CACHE, copy.resolve("cli/target/turnd.aot"));

        List<String> loads = loadsOfServerClasses(copy.resolve("turnd"));
        assertTrue(loads.stream().noneMatch(line -> line.contains("shared objects file")));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertTrue(!Files.isExecutable(from) || to.toFile().setExecutable(true));
    }

    private List<String> loadsOfServerClasses(Path launcher)
            throws IOException, InterruptedException {
        Path log = directory.resolve("classes.log");
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "version");
        builder.environment().put("TURND_NO_BUILD", "1");
        builder.environment().put("TURND_JAVA_OPTS", "-Xlog:class+load:file=" + log);
        Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        List<String> said = Files.readAllLines(output);
        assertEquals(1, said.size(), () -> String.join("\n", said));
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains("org.turnd.server.Version "))
                .toList();
    }
}

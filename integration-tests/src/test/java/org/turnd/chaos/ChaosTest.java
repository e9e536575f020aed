package org.turnd.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ChaosTest {
    @Test
    @Timeout(300)
    void aServerThatIsTreatedBadlyServesAndForgets() throws Exception {
        Process process =
                new ProcessBuilder(
                                "unshare",
                                "--net",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Soak.class.getName(),
                                "0")
                        .redirectErrorStream(true)
                        .start();
        try {
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), text);
            List<String> names = Scenario.all().stream().map(Scenario::name).toList();
            names.forEach(name -> assertTrue(text.contains(name), text));
        } finally {
            // First the children: they would outlive it.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}

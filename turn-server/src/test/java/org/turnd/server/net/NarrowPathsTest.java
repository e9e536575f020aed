package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class NarrowPathsTest {
    @Test
    void everyDatagramIsSentOrCountedByItsCause() throws Exception {
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
                                NarrowPaths.class.getName())
                        .redirectErrorStream(true)
                        .start();
        try {
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(
                    List.of(
                            "small link: 20 sent, 0 unreachable, 0 too long, 0 without room",
                            "no route: 1 sent, 5 unreachable, 0 too long, 0 without room",
                            "small link behind: 10.6.0.9:7, type 3, code 4, mtu 600, counted 1",
                            "full: some sent true, some dropped true, 100 in all",
                            "full: some sent true, some dropped true, 100 in all"),
                    out.lines().filter(line -> !line.contains(" DEBUG ")).toList(),
                    out);
            assertEquals(0, process.exitValue(), out);
        } finally {
            process.destroyForcibly();
        }
    }
}

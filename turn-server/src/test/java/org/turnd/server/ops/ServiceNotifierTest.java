package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class ServiceNotifierTest {
    @TempDir private Path directory;

    @Test
    void tellsASocketInTheFileSystem() throws IOException {
        String name = directory.resolve("notify").toString();
        try (var manager = new UnixDatagramSocket(name)) {
            var notifier = ServiceNotifier.of(name).orElseThrow();

            notifier.ready("2 listeners");
            notifier.stopping("draining", Duration.ofSeconds(20));

            assertEquals("READY=1\nSTATUS=2 listeners", manager.receive());
            assertEquals(
                    "STOPPING=1\nEXTEND_TIMEOUT_USEC=30000000\nSTATUS=draining", manager.receive());
        }
    }

    @Test
    void watchesOverThisProcessOnly() {
        assertEquals(
                Optional.of(Duration.ofMillis(1500)),
                ServiceNotifier.watchdog(Map.of("WATCHDOG_USEC", "1500000"), 7));
        assertEquals(
                Optional.of(Duration.ofSeconds(1)),
                ServiceNotifier.watchdog(
                        Map.of("WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "7"), 7));
        assertEquals(
                Optional.empty(),
                ServiceNotifier.watchdog(
                        Map.of("WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "8"), 7));
        for (String wrong : List.of("", "0", "-1", "soon", "99999999999999999999")) {
            assertEquals(
                    Optional.empty(),
                    ServiceNotifier.watchdog(Map.of("WATCHDOG_USEC", wrong), 7),
                    wrong);
        }
        assertEquals(Optional.empty(), ServiceNotifier.watchdog(Map.of(), 7));
    }

    @Test
    void tellsAnAbstractSocket() throws IOException {
        String name = "@turnd-test-" + ProcessHandle.current().pid();
        try (var manager = new UnixDatagramSocket(name)) {
            ServiceNotifier.of(name).orElseThrow().status("1 allocation");

            assertEquals("STATUS=1 allocation", manager.receive());
        }
    }

    @Test
    void saysWhyItCannotTell() {
        var notifier = ServiceNotifier.of(directory.resolve("nobody").toString()).orElseThrow();

        IOException failure = assertThrows(IOException.class, () -> notifier.ready(""));

        assertTrue(String.valueOf(failure.getMessage()).contains("errno 2"), failure.getMessage());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "vsock:2:1234", "relative/path"})
    void isAbsentWhereNobodyListens(String notifySocket) {
        assertTrue(ServiceNotifier.of(notifySocket).isEmpty());
    }

    @Test
    void isAbsentWhereTheNameDoesNotFit() {
        assertTrue(ServiceNotifier.of("/" + "x".repeat(200)).isEmpty());
    }
}

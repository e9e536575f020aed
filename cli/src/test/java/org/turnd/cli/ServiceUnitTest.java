package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServiceUnitTest {
    private static final Path UNIT = Path.of("..", "conf", "turnd.service").toAbsolutePath();

    /// The tool counts in tenths: 20 is an exposure of 2.0.
    @Test
    void theUnitIsHardened() throws Exception {
        Process process =
                new ProcessBuilder(
                                "systemd-analyze",
                                "security",
                                "--offline=true",
                                "--no-pager",
                                "--threshold=20",
                                UNIT.toString())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), report);
        assertTrue(report.contains("Overall exposure level for turnd.service"), report);
    }

    @Test
    void aReloadValidatesBeforeTheServerIsTold() throws Exception {
        Path dropIn = UNIT.resolveSibling("turnd-reload.conf");
        for (Path one : List.of(UNIT, dropIn)) {
            List<String> steps =
                    Files.readAllLines(one).stream()
                            .filter(line -> line.matches("ExecReload=.+"))
                            .toList();
            assertTrue(steps.getFirst().contains("turnd validate -c /etc/turnd/turnd.conf"));
            assertEquals("ExecReload=/bin/kill -HUP $MAINPID", steps.getLast());
        }
        // What the drop-in reads is what it has validated, and no copy.
        String text = Files.readString(dropIn);
        assertTrue(text.contains("\nLoadCredential=\nExecStart=\n"), text);
        assertTrue(text.contains("turnd run -c /etc/turnd/turnd.conf\n"), text);
    }

    @Test
    void systemdStartsAServerAnewWhoseLoopsDoNotTurn() throws Exception {
        String unit = Files.readString(UNIT);

        // Longer than /livez takes to say so, so that the log says why before the end.
        assertTrue(unit.contains("\nWatchdogSec=30s\nWatchdogSignal=SIGKILL\n"));
        assertTrue(unit.contains("\nRestart=on-failure\n"), "which a watchdog's end is");
    }

    @Test
    void theUnitKnowsTheExitCodeOfAWrongConfiguration() throws Exception {
        String unit = Files.readString(UNIT);

        assertTrue(unit.contains("RestartPreventExitStatus=" + ExitCode.CONFIGURATION + "\n"));
        assertTrue(unit.contains("Type=notify\n"));
        assertTrue(!unit.contains("MemoryDenyWriteExecute=yes"));
    }
}

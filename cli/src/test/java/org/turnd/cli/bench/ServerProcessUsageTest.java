package org.turnd.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ServerProcessUsageTest {
    private static final String STATUS = "Name:\tturnd\nVmHWM:\t  9999 kB\nVmRSS:\t  2048 kB\n";

    @Test
    void addsUserAndSystemTime() {
        var usage =
                ServerProcessUsage.parse(
                        "42 (turnd) S 1 42 42 0 -1 4194560 100 0 7 0 250 50 3 4 20 0 9 0 1\n",
                        STATUS);
        assertEquals(new ServerProcessUsage(3_000_000_000L, 2048 * 1024), usage);
    }

    @Test
    void namesMayHoldBlanksAndParentheses() {
        var usage =
                ServerProcessUsage.parse(
                        "42 (a) S 1 (b) S 1 42 42 0 -1 4194560 100 0 7 0 1 2 3 4 20 0 9 0 1\n",
                        STATUS);
        assertEquals(30_000_000L, usage.cpuNanos());
    }

    @Test
    void refusesWhatIsNotAsProcTells() {
        assertThrows(IllegalArgumentException.class, () -> ServerProcessUsage.parse("42", STATUS));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        ServerProcessUsage.parse(
                                "42 (turnd) S 1 42 42 0 -1 4194560 100 0 7 0 250 50 3 4", "Name:"));
    }

    @Test
    void readsAProcessThatRuns() throws IOException {
        var usage = ServerProcessUsage.read(ProcessHandle.current().pid());
        assertTrue(usage.cpuNanos() > 0 && usage.residentBytes() > 1 << 20, usage::toString);
        assertThrows(IOException.class, () -> ServerProcessUsage.read(Integer.MAX_VALUE));
    }
}

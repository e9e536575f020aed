package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where a sandbox refuses what the native plane needs, the portable one carries UDP, and one line
/// says why.
@Timeout(120)
class SandboxTest {
    private static final boolean IS_X86 = System.getProperty("os.arch").equals("amd64");

    // Numbers of x86-64, and of 64-bit ARM.
    private static final int RECVMMSG = IS_X86 ? 299 : 243;
    private static final int SENDMMSG = IS_X86 ? 307 : 269;
    private static final int EPOLL_CREATE1 = IS_X86 ? 291 : 20;

    /// Runs [RefusedSystemCall] and returns the line that it prints at its end.
    private static String run(List<String> options, String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(RefusedSystemCall.class.getName());
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            // Logging may come before it.
            return out.strip().lines().toList().getLast();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String refused(int call) throws Exception {
        List<String> options =
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow");
        return call < 0 ? run(options) : run(options, Integer.toString(call));
    }

    @Test
    void nothingRefusedIsNative() throws Exception {
        assertEquals("native; auto: epoll and batched sockets work here", refused(-1));
    }

    @Test
    void refusedSystemCallsAreNamed() throws Exception {
        assertEquals(
                "portable; auto: native doesn't work here: a system call is refused: Operation not"
                        + " permitted (recvmmsg, errno 1)",
                refused(RECVMMSG));
        assertEquals(
                "portable; auto: native doesn't work here: a system call is refused: Operation not"
                        + " permitted (sendmmsg, errno 1)",
                refused(SENDMMSG));
    }

    @Test
    void refusedEpollIsNamed() throws Exception {
        String line = refused(EPOLL_CREATE1);
        assertTrue(
                line.startsWith("portable; auto: native doesn't work here: epoll can't be used: "),
                line);
    }

    @Test
    void refusedNativeAccessIsNamed() throws Exception {
        String line = run(List.of("--illegal-native-access=deny"));
        assertTrue(line.startsWith("portable; auto: native doesn't work here: "), line);
        assertTrue(line.contains("native"), line);
    }
}

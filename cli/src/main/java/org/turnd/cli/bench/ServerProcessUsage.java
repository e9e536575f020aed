package org.turnd.cli.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// What a process uses of the machine, as Linux tells in `/proc`.
///
/// @param cpuNanos user and system time of all its threads since it started
/// @param residentBytes memory that is really there
record ServerProcessUsage(long cpuNanos, long residentBytes) {
    // USER_HZ, which is 100 on every architecture that Linux has today.
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");
    private static final int BYTES_PER_KILOBYTE = 1024;

    /// Reads the usage of a process.
    ///
    /// @throws IOException if there is no such process, or no `/proc`
    static ServerProcessUsage read(long pid) throws IOException {
        var directory = Path.of("/proc", Long.toString(pid));
        try {
            return parse(text(directory.resolve("stat")), text(directory.resolve("status")));
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot understand " + directory + ": " + e.getMessage(), e);
        }
    }

    /// Understands the two files.
    ///
    /// @throws IllegalArgumentException if they look otherwise than proc(5) says
    static ServerProcessUsage parse(String stat, String status) {
        // The second field is the command's name in parentheses, and may hold blanks and more of
        // them.
        int end = stat.lastIndexOf(')');
        var fields = stat.substring(end + 1).strip().split(" ", -1);
        if (end < 0 || fields.length <= SYSTEM_TIME) {
            throw new IllegalArgumentException("stat has too few fields");
        }
        var resident = RESIDENT.matcher(status);
        if (!resident.find()) {
            throw new IllegalArgumentException("status has no VmRSS");
        }
        long ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
        return new ServerProcessUsage(
                ticks * NANOS_PER_TICK, Long.parseLong(resident.group(1)) * BYTES_PER_KILOBYTE);
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}

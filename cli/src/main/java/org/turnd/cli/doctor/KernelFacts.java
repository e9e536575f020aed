package org.turnd.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// What Linux says of itself in `/proc`. Whatever a kernel doesn't have is empty.
///
/// @param proc where `/proc` is
record KernelFacts(Path proc) {
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final int LONGEST_BYTES = 1 << 16;
    private static final int NET_BIND_SERVICE = 10;

    static final KernelFacts REAL = new KernelFacts(Path.of("/proc"));

    /// Returns a number that `sysctl` knows.
    ///
    /// @param name such as `net.core.rmem_max`
    OptionalLong number(String name) throws IOException {
        var words = words(name);
        return words.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(words.getFirst()));
    }

    /// Returns the words of a value that `sysctl` knows; empty where there is none.
    List<String> words(String name) throws IOException {
        var text = read("sys/" + name.replace('.', '/')).strip();
        return text.isEmpty() ? List.of() : split(text);
    }

    /// Returns a counter of `/proc/net/snmp`, which counts since the network namespace was made.
    OptionalLong counter(String protocol, String name) throws IOException {
        var lines = read("net/snmp").lines().filter(l -> l.startsWith(protocol + ":")).toList();
        if (lines.size() != 2) {
            return OptionalLong.empty();
        }
        int at = split(lines.get(0)).indexOf(name);
        return at < 0
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(split(lines.get(1)).get(at)));
    }

    /// Says whether this process may bind the ports that are reserved for the mighty.
    boolean bindsReservedPorts() throws IOException {
        return read("self/status")
                .lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> split(line).get(1))
                .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) >> NET_BIND_SERVICE & 1) == 1);
    }

    private static List<String> split(String text) {
        return SPACES.splitAsStream(text).toList();
    }

    private String read(String file) throws IOException {
        // In one long read: a second one of the same sysctl finds nothing, and Files.readString
        // begins with a single byte where the file says that it is empty, as these do.
        try (var in = Files.newInputStream(proc.resolve(file))) {
            return new String(in.readNBytes(LONGEST_BYTES), StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}

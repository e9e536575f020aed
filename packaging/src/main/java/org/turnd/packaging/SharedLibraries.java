package org.turnd.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The shared libraries of this machine that programs load, by `ldd`.
final class SharedLibraries {
    /// `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)`, and the loader without an arrow.
    private static final Pattern LINE =
            Pattern.compile("^\\s+(?:\\S+ => )?(/\\S+) \\(0x", Pattern.MULTILINE);

    private SharedLibraries() {}

    /// Tells where the libraries lie that the programs or libraries need, without those that lie
    /// beside one of them.
    static SortedSet<String> neededBy(Collection<Path> programs)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>(List.of("ldd"));
        programs.forEach(program -> command.add(program.toString()));
        Process ldd = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (ldd.waitFor() != 0) {
            throw new IOException("ldd failed:\n" + output);
        }
        var libraries = new TreeSet<String>();
        Matcher line = LINE.matcher(output);
        while (line.find()) {
            Path library = Path.of(line.group(1));
            if (programs.stream().noneMatch(program -> isBeside(program, library))) {
                libraries.add(library.toString());
            }
        }
        return libraries;
    }

    private static boolean isBeside(Path program, Path library) {
        Path name = library.getFileName();
        return Files.exists(program.resolveSibling(name)) || program.getFileName().equals(name);
    }
}

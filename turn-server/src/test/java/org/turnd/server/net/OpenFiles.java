package org.turnd.server.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Counts the file descriptors of this process that are sockets or pollers.
public final class OpenFiles {
    private OpenFiles() {}

    public static int count() {
        try (var links = Files.list(Path.of("/proc/self/fd"))) {
            return (int) links.filter(OpenFiles::isSocketOrPoller).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocketOrPoller(Path link) {
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("socket:") || target.startsWith("anon_inode:");
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }
}

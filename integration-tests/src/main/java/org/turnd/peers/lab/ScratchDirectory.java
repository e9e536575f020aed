package org.turnd.peers.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A directory for the files of one process, readable by its owner only.
///
/// @param path where it is
public record ScratchDirectory(Path path) {
    /// Makes a directory below the system's one for temporary files.
    ///
    /// @return the directory, to be deleted
    public static ScratchDirectory create() {
        try {
            return new ScratchDirectory(Files.createTempDirectory("turnd-peers-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes a file.
    ///
    /// @param file its name
    /// @param content what is in it
    /// @return its path
    public Path write(String file, String content) {
        try {
            return Files.writeString(path.resolve(file), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Deletes the directory and the files in it. Who writes there has to have ended.
    public void delete() {
        try (var files = Files.list(path)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

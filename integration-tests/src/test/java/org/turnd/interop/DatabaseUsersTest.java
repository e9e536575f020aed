package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.cli.ExitCode;
import org.turnd.cli.Turnd;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;

/// Databases that coturn's own tool has filled, read by turnd as they are: its users and its shared
/// secrets log in with coturn's client, and nobody else does, whatever the database does.
@Timeout(120)
class DatabaseUsersTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final String REALM = "north.gov";
    private static final String PASSWORD = "kM4vT7xQ2nLp9sWd";
    private static final String SECRET = "b7Rk2mQ9xT4vW8zN1cY6pL3sD5gH0jFa";
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int MESSAGES = 2;

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void usersOfCoturnsToolLogIn(DatabaseServer.Kind kind) throws Exception {
        try (var database = DatabaseServer.start(kind)) {
            for (var user : List.of("alice", "bob", "carol")) {
                database.turnadmin("-a", "-u", user, "-r", REALM, "-p", PASSWORD);
            }
            database.turnadmin("-a", "-u", "dave", "-r", "crinna.org", "-p", PASSWORD);
            database.turnadmin("-s", SECRET, "-r", REALM);
            int port = RunningServer.freePort(LOOPBACK);
            var users = configuration(database.coturnSetting(), port, "lt-cred-mech");
            try (var server = ServerProcess.start(users, line -> line.contains(" ready"))) {
                logsInWithCoturnsClient(server, port, List.of("-u", "alice", "-w", PASSWORD));
                nobodyElseLogsIn(port);
                standsItWhenTheDatabaseIsSlow(database, kind, port);
            }
            var secrets = configuration(database.coturnSetting(), port, "use-auth-secret");
            try (var server = ServerProcess.start(secrets, line -> line.contains(" ready"))) {
                logsInWithCoturnsClient(server, port, List.of("-u", "eve", "-W", SECRET));
                assertFalse(logsIn(port, "bob", PASSWORD), "coturn lets no user in there either");
            }
        }
    }

    @Test
    void usersOfCoturnsToolInRedisLogIn() throws Exception {
        int redisPort = RunningServer.freePort(LOOPBACK);
        var redis =
                new ProcessBuilder(
                        "redis-server",
                        "--port",
                        "" + redisPort,
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        directory.toString());
        try (var _ = ServerProcess.start(redis, line -> line.contains("Ready to accept"))) {
            var setting =
                    "redis-userdb=\"ip=127.0.0.1 port=%d dbname=0 connect_timeout=5\""
                            .formatted(redisPort);
            for (var user : List.of("alice", "bob", "carol")) {
                DatabaseServer.turnadminOf(setting, "-a", "-u", user, "-r", REALM, "-p", PASSWORD);
            }
            DatabaseServer.turnadminOf(setting, "-a", "-u", "dave", "-r", "a.org", "-p", PASSWORD);
            DatabaseServer.turnadminOf(setting, "-s", SECRET, "-r", REALM);
            int port = RunningServer.freePort(LOOPBACK);
            var users = configuration(setting, port, "lt-cred-mech");
            try (var server = ServerProcess.start(users, line -> line.contains(" ready"))) {
                logsInWithCoturnsClient(server, port, List.of("-u", "alice", "-w", PASSWORD));
                nobodyElseLogsIn(port);
            }
            var secrets = configuration(setting, port, "use-auth-secret");
            try (var server = ServerProcess.start(secrets, line -> line.contains(" ready"))) {
                logsInWithCoturnsClient(server, port, List.of("-u", "eve", "-W", SECRET));
            }
        }
    }

    /// As an operator gets it: from coturn's file.
    ///
    /// @param database the line of it that names the database
    private ProcessBuilder configuration(String database, int port, String mechanism)
            throws IOException {
        var coturn = directory.resolve(mechanism + "-turnserver.conf");
        var turnd = directory.resolve(mechanism + "-turnd.conf");
        Files.writeString(
                coturn,
                """
                %s
                realm=%s
                listening-ip=127.0.0.1
                listening-port=%d
                relay-ip=127.0.0.1
                %s
                """
                        .formatted(mechanism, REALM, port, database));
        var said = new StringWriter();
        var code =
                Turnd.commandLine()
                        .setErr(new PrintWriter(said, true))
                        .execute("import-coturn", coturn.toString(), "-o", turnd.toString());
        assertEquals(ExitCode.OK, code, said::toString);
        Files.writeString(
                turnd,
                """

                auth.stores.timeout = 1s
                auth.stores.remember-unknown = 1s
                peers.allow = ["127.0.0.1"]
                http.address = none
                log.format = text
                drain-timeout = 0s
                """,
                StandardOpenOption.APPEND);
        return new ProcessBuilder(RunningServer.turnd(turnd));
    }

    private static void logsInWithCoturnsClient(ServerProcess server, int port, List<String> user) {
        var arguments = new ArrayList<>(user);
        arguments.addAll(List.of("-y", "-c", "-s", "-z", "5", "-n", "" + MESSAGES));
        var run = Uclient.run(Endpoint.of(Carrier.UDP, LOOPBACK, port), arguments);
        assertTrue(run.sent() >= MESSAGES, () -> run.output() + "\n" + server.log());
        assertEquals(run.sent(), run.received(), run::output);
    }

    private static void nobodyElseLogsIn(int port) {
        assertTrue(logsIn(port, "bob", PASSWORD));
        assertFalse(logsIn(port, "bob", "wrong-" + PASSWORD));
        assertFalse(logsIn(port, "dave", PASSWORD), "another realm's");
        for (var name :
                List.of(
                        "x' OR '1'='1",
                        "alice' -- ",
                        "alice'; DROP TABLE turnusers_lt; --",
                        "ALICE",
                        "alice ",
                        "alic_",
                        "%",
                        "\ud83d\ude00")) {
            assertFalse(logsIn(port, name, PASSWORD), name);
        }
        assertTrue(logsIn(port, "alice", PASSWORD));
    }

    /// Who is remembered logs in, who isn't is refused, and everybody is served again afterwards.
    private static void standsItWhenTheDatabaseIsSlow(
            DatabaseServer database, DatabaseServer.Kind kind, int port) throws SQLException {
        if (kind == DatabaseServer.Kind.SQLITE) {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");
                onlyTheRememberedLogIn(port);
                statement.execute("COMMIT");
            }
        } else {
            database.signal("STOP");
            onlyTheRememberedLogIn(port);
            database.signal("CONT");
        }
        long startNanos = System.nanoTime();
        while (!logsIn(port, "carol", PASSWORD)) {
            assertTrue(System.nanoTime() - startNanos < PATIENCE_NANOS, "not served again");
        }
    }

    private static void onlyTheRememberedLogIn(int port) {
        assertTrue(logsIn(port, "alice", PASSWORD));
        assertFalse(logsIn(port, "carol", PASSWORD));
        assertTrue(logsIn(port, "bob", PASSWORD));
    }

    /// Over TCP, where a refusal comes at once.
    private static boolean logsIn(int port, String name, String password) {
        var options = ClientOptions.of(new LongTermCredential(name, password));
        var endpoint = Endpoint.of(Carrier.TCP, LOOPBACK, port);
        try (var client = TurnClient.connect(endpoint, options)) {
            client.allocate(null);
            return true;
        } catch (TurnFailure refused) {
            return false;
        }
    }
}

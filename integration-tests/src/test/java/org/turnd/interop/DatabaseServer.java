package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.turnd.peers.lab.HostCommand;

/// A database of its own with coturn's tables, at a port of its own of loopback. Run as root it
/// runs as the user that Debian's package has for it.
final class DatabaseServer implements AutoCloseable {
    private static final Path SCHEMA = Path.of("/usr/share/coturn/schema.sql");
    private static final String NAME = "turn";
    private static final String PASSWORD = "q8Zt3Lw6Rk1Xv5Ym";
    private static final long LONGEST_SECONDS = 30;

    /// What is tested.
    enum Kind {
        POSTGRESQL("postgres"),
        MARIADB("mysql"),
        SQLITE("root");

        private final String account;

        Kind(String account) {
            this.account = account;
        }
    }

    private final Kind kind;
    private final Path directory;
    private final int port;
    private final @Nullable ServerProcess process;

    private DatabaseServer(Kind kind) throws IOException, SQLException {
        this.kind = kind;
        directory = Files.createTempDirectory("turnd-database");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (isRoot() && kind != Kind.SQLITE) {
            HostCommand.run(List.of("chown", kind.account + ":" + kind.account, "" + directory));
        }
        port = RunningServer.freePort(InetAddress.ofLiteral("127.0.0.1"));
        process =
                switch (kind) {
                    case POSTGRESQL -> postgresql();
                    case MARIADB -> mariadb();
                    case SQLITE -> null;
                };
        execute(Files.readString(SCHEMA));
    }

    /// Starts one, empty.
    static DatabaseServer start(Kind kind) {
        try {
            return new DatabaseServer(kind);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private ServerProcess postgresql() throws IOException {
        String programs;
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            programs = versions.sorted().toList().getLast().resolve("bin") + "/";
        }
        var password = directory.resolve("password");
        Files.writeString(password, PASSWORD);
        var data = directory.resolve("data").toString();
        HostCommand.run(
                unprivileged(
                        programs + "initdb",
                        "--pgdata=" + data,
                        "--auth=scram-sha-256",
                        "--pwfile=" + password,
                        "--username=" + NAME,
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-sync"));
        var server =
                ServerProcess.start(
                        new ProcessBuilder(
                                unprivileged(
                                        programs + "postgres",
                                        "-D",
                                        data,
                                        "-F",
                                        "-h",
                                        "127.0.0.1",
                                        "-p",
                                        "" + port,
                                        "-k",
                                        directory.toString())),
                        line -> line.contains("database system is ready"));
        HostCommand.run(
                List.of(
                        "env",
                        "PGPASSWORD=" + PASSWORD,
                        programs + "createdb",
                        "--host=127.0.0.1",
                        "--port=" + port,
                        "--username=" + NAME,
                        NAME));
        return server;
    }

    private ServerProcess mariadb() throws IOException {
        var data = directory.resolve("data").toString();
        HostCommand.run(
                unprivileged(
                        "mariadb-install-db",
                        "--no-defaults",
                        "--datadir=" + data,
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db",
                        "--skip-name-resolve"));
        var first = directory.resolve("first.sql");
        Files.writeString(
                first,
                """
                CREATE DATABASE %1$s CHARACTER SET utf8mb4;
                CREATE USER %1$s@'127.0.0.1' IDENTIFIED BY '%2$s';
                GRANT ALL ON %1$s.* TO %1$s@'127.0.0.1';
                """
                        .formatted(NAME, PASSWORD));
        return ServerProcess.start(
                new ProcessBuilder(
                        unprivileged(
                                "/usr/sbin/mariadbd",
                                "--no-defaults",
                                "--datadir=" + data,
                                "--init-file=" + first,
                                "--bind-address=127.0.0.1",
                                "--port=" + port,
                                "--socket=" + directory.resolve("socket"),
                                "--pid-file=" + directory.resolve("pid"),
                                "--innodb-flush-log-at-trx-commit=0",
                                "--skip-name-resolve")),
                line -> line.contains("ready for connections"));
    }

    private List<String> unprivileged(String... command) {
        var all = new ArrayList<String>();
        if (isRoot()) {
            all.addAll(List.of("setpriv", "--reuid=" + kind.account, "--regid=" + kind.account));
            all.add("--clear-groups");
        }
        all.addAll(List.of(command));
        return all;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /// Where turnd finds it.
    String url() {
        return switch (kind) {
            case POSTGRESQL -> "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, NAME);
            case MARIADB -> "jdbc:mariadb://127.0.0.1:%d/%s".formatted(port, NAME);
            case SQLITE -> "jdbc:sqlite:" + directory.resolve("turndb");
        };
    }

    /// The line of a turnserver.conf that names it.
    String coturnSetting() {
        var connection =
                "\"host=127.0.0.1 port=%d dbname=%s user=%s password=%s connect_timeout=5\""
                        .formatted(port, NAME, NAME, PASSWORD);
        return switch (kind) {
            case POSTGRESQL -> "psql-userdb=" + connection;
            case MARIADB -> "mysql-userdb=" + connection;
            case SQLITE -> "userdb=" + directory.resolve("turndb");
        };
    }

    /// Runs coturn's tool for its database.
    void turnadmin(String... arguments) {
        turnadminOf(coturnSetting(), arguments);
    }

    /// Runs coturn's tool.
    ///
    /// @param database the line of a turnserver.conf that names it
    static void turnadminOf(String database, String... arguments) {
        var setting = database.split("=", 2);
        var command = new ArrayList<>(List.of("turnadmin", "--" + setting[0]));
        command.add(setting[1].replace("\"", ""));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
            removeLogs(process.pid());
            assertEquals(0, process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The tool leaves a log wherever it may.
    private static void removeLogs(long pid) throws IOException {
        for (var place : List.of("/var/log/turnserver", "/var/log", "/var/tmp", "/tmp", ".")) {
            if (!Files.isDirectory(Path.of(place))) {
                continue;
            }
            try (var logs = Files.newDirectoryStream(Path.of(place), "turn_" + pid + "_*.log")) {
                for (Path log : logs) {
                    Files.deleteIfExists(log);
                }
            }
        }
    }

    /// Connects as turnd's user.
    Connection connect() throws SQLException {
        return kind == Kind.SQLITE
                ? DriverManager.getConnection(url())
                : DriverManager.getConnection(url(), NAME, PASSWORD);
    }

    /// Runs statements that end with a semicolon.
    void execute(String statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String one : statements.split(";", -1)) {
                if (!one.isBlank()) {
                    statement.execute(one);
                }
            }
        }
    }

    /// Stops or continues every process of it: connections stay, answers don't come.
    void signal(String name) {
        if (process != null) {
            var command = new ArrayList<>(List.of("kill", "-" + name));
            var handle = process.process().toHandle();
            command.add("" + handle.pid());
            handle.descendants().forEach(child -> command.add("" + child.pid()));
            HostCommand.run(command);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            signal("CONT");
            process.close();
        }
        HostCommand.run(List.of("rm", "-rf", directory.toString()));
    }
}

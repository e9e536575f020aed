package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.config.JdbcSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.SqlQuery;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.stun.KeyAlgorithm;

/// Queries and what becomes of their answers, on SQLite. Servers are tested with real clients, by
/// `DatabaseUsersTest`.
@Timeout(30)
class JdbcStoreTest {
    private static final String REALM = "north.gov";
    private static final String KEY = "bc807ee29df3c9ffa736523fb2c4e8ee";

    @TempDir private Path directory;
    private String url = "";

    @BeforeEach
    void tables() throws SQLException {
        url = "jdbc:sqlite:" + directory.resolve("turndb");
        execute(
                "CREATE TABLE turnusers_lt (realm varchar(127) default '', name varchar(512),"
                        + " hmackey char(128), PRIMARY KEY (realm,name))",
                "CREATE TABLE turn_secret (realm varchar(127) default '', value varchar(256))",
                "INSERT INTO turnusers_lt VALUES ('north.gov', 'ninefingers', '" + KEY + "')",
                "INSERT INTO turnusers_lt VALUES ('north.gov', 'padded', '" + KEY + "       ')",
                "INSERT INTO turnusers_lt VALUES ('north.gov', 'broken', 'xyz')",
                "INSERT INTO turn_secret VALUES ('north.gov', 'logen'), ('north.gov', 'bloody9'),"
                        + " ('crinna.org', 'north')");
    }

    @Test
    void readsTheTablesOfCoturn() throws Exception {
        try (var store = coturn()) {
            StoredUser user = Objects.requireNonNull(store.find("ninefingers", REALM));
            assertEquals(List.of(), user.keys(KeyAlgorithm.SHA_256));
            assertEquals(
                    StoredUser.ofMd5Key(HexFormat.of().parseHex(KEY)).md5Keys(), user.md5Keys());
            assertEquals(
                    user.md5Keys(), Objects.requireNonNull(store.find("padded", REALM)).md5Keys());
            assertNull(store.find("ninefingers", "crinna.org"));
            assertNull(store.find("nobody", REALM));
            assertTrue(store.hasSecrets());
            assertEquals(
                    Set.of("logen", "bloody9"),
                    store.secrets(REALM).stream().map(Secret::value).collect(Collectors.toSet()));
            assertEquals(List.of(), store.secrets("nowhere"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x' OR '1'='1",
                "' OR 1=1 --",
                "ninefingers'; DROP TABLE turnusers_lt; --",
                "ninefingers\\' OR 1=1 #",
                "ninefinger_",
                "%",
                "ninefingers\0",
                "\0",
                "ninefingers ",
                "{realm}",
                "?",
                "\ud83d\ude00",
                ""
            })
    void aNameIsNeverAPieceOfTheQuery(String name) throws Exception {
        try (var store = coturn()) {
            assertNull(store.find(name, REALM));
            assertNull(store.find("ninefingers", name));
            Objects.requireNonNull(store.find("ninefingers", REALM));
        }
    }

    @Test
    void whatIsWrongWithOneUserIsNoFailureOfTheDatabase() throws Exception {
        try (var store = coturn()) {
            var failure = assertThrows(StoreFailure.class, () -> store.find("broken", REALM));
            assertTrue(failure.isOfOneUser());
            assertFalse(String.valueOf(failure.getMessage()).contains("xyz"));
        }
    }

    @Test
    void readsOtherTables() throws Exception {
        execute(
                "CREATE TABLE people (login text COLLATE NOCASE, secret text, ends integer)",
                "INSERT INTO people VALUES ('alice', 'kM4vT7xQ2nLp9sWd', 2000000000)",
                "INSERT INTO people VALUES ('alice', 'r8Yw2Lk5Zq9Tc3Xv', 1900000000)",
                "INSERT INTO people VALUES ('bob', NULL, NULL)");
        String query =
                "SELECT login AS name, secret AS password, ends AS valid_until FROM people"
                        + " WHERE login = {user}";
        try (var store = store(query, null)) {
            StoredUser alice = Objects.requireNonNull(store.find("alice", REALM));
            assertEquals(2, alice.md5Keys().size());
            assertEquals(2, alice.sha256Keys().size());
            assertEquals(Instant.ofEpochSecond(1_900_000_000), alice.validUntil());
            assertNull(store.find("Alice", REALM), "equal to the collation alone");
            assertThrows(StoreFailure.class, () -> store.find("bob", REALM));
            assertFalse(store.hasSecrets());
        }
        try (var store =
                store("SELECT secret AS password FROM people WHERE login = {user}", null)) {
            assertThrows(StoreFailure.class, () -> store.find("alice", REALM));
        }
    }

    @Test
    void failsClosedWithoutATableOrAFile() throws Exception {
        try (var store = store("SELECT hmackey FROM nothing WHERE name = {user}", null)) {
            assertThrows(StoreFailure.class, () -> store.find("alice", REALM));
        }
        url = "jdbc:sqlite:" + directory.resolve("none.db");
        try (var store = coturn()) {
            assertThrows(StoreFailure.class, () -> store.find("ninefingers", REALM));
            assertThrows(StoreFailure.class, () -> store.secrets(REALM));
        }
        assertFalse(Files.exists(directory.resolve("none.db")), "it only reads");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM turnusers_lt WHERE name = {user}",
                "SELECT hmackey FROM turnusers_lt WHERE name = '{user}'",
                "SELECT hmackey FROM turnusers_lt WHERE name LIKE '%{user}%'",
                "SELECT hmackey FROM turnusers_lt WHERE name = ?",
                "SELECT hmackey FROM turnusers_lt WHERE name = {name}"
            })
    void refusesQueriesThatWouldBeMisread(String query) {
        assertThrows(IllegalArgumentException.class, () -> SqlQuery.parse(query));
    }

    private JdbcStore coturn() throws StoreFailure {
        return store(JdbcSettings.COTURN_USER_QUERY, JdbcSettings.COTURN_SECRETS_QUERY);
    }

    private JdbcStore store(@Nullable String users, @Nullable String secrets) throws StoreFailure {
        return new JdbcStore(
                new JdbcSettings(
                        url,
                        null,
                        null,
                        users == null ? null : SqlQuery.parse(users),
                        secrets == null ? null : SqlQuery.parse(secrets)),
                Bounds.USUAL);
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }
}

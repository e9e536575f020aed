package org.turnd.server.auth;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.JdbcSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.SqlQuery;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;

/// Users in a database, in coturn's tables or in others. What a client sent goes to the database as
/// a parameter of a prepared statement.
final class JdbcStore implements UserStore {
    /// Of more secrets the rest isn't read.
    private static final int SECRETS_MAX = 1000;

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(250);

    /// Beginnings of SQLSTATEs; the second is PostgreSQL's when it is shut down.
    private static final List<String> CONNECTION_LOST = List.of("08", "57P");

    private static final List<String> BAD_DATA = List.of("22");

    private final JdbcSettings settings;
    private final HikariDataSource database;
    private final int timeoutSeconds;

    /// Connects when it is asked something.
    ///
    /// @throws StoreFailure when the driver isn't there
    JdbcStore(JdbcSettings settings, Bounds bounds) throws StoreFailure {
        this.settings = settings;
        timeoutSeconds = Math.toIntExact(bounds.timeout().plusMillis(999).toSeconds());
        try {
            database = new HikariDataSource(pool(settings, bounds));
        } catch (RuntimeException e) {
            throw new StoreFailure("jdbc: there is no driver for " + settings.url(), e);
        }
    }

    private static HikariConfig pool(JdbcSettings settings, Bounds bounds) {
        var pool = new HikariConfig();
        long millis = Math.max(bounds.timeout().toMillis(), SHORTEST_WAIT.toMillis());
        pool.setPoolName("turnd-jdbc");
        pool.setJdbcUrl(settings.url());
        pool.setUsername(settings.username());
        Secret password = settings.password();
        pool.setPassword(password == null ? null : password.value());
        pool.setMaximumPoolSize(bounds.concurrency());
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(millis);
        pool.setValidationTimeout(millis);
        pool.setInitializationFailTimeout(-1);
        pool.setReadOnly(true);
        long seconds = Math.ceilDiv(millis, 1000);
        switch (settings.vendor()) {
            case POSTGRESQL -> {
                pool.addDataSourceProperty("ApplicationName", "turnd");
                pool.addDataSourceProperty("connectTimeout", "" + seconds);
                pool.addDataSourceProperty("loginTimeout", "" + seconds);
                pool.addDataSourceProperty("socketTimeout", "" + seconds);
            }
            case MARIADB -> {
                pool.addDataSourceProperty("connectTimeout", "" + millis);
                pool.addDataSourceProperty("socketTimeout", "" + millis);
            }
            case SQLITE -> {
                // SQLITE_OPEN_READONLY: a missing file is a failure and no new database.
                pool.addDataSourceProperty("open_mode", "1");
                pool.addDataSourceProperty("busy_timeout", "" + millis);
            }
        }
        return pool;
    }

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public @Nullable StoredUser find(String username, String realm) throws StoreFailure {
        SqlQuery query = settings.userQuery();
        // No database has such a name, and some fail when they are asked.
        if (query == null || username.indexOf('\0') >= 0) {
            return null;
        }
        return ask(
                query, username, realm, StoredUser.KEYS_MAX, rows -> user(rows, username, realm));
    }

    private static @Nullable StoredUser user(ResultSet rows, String username, String realm)
            throws SQLException, StoreFailure {
        Set<String> columns = columns(rows);
        List<IntegrityKey> md5Keys = new ArrayList<>();
        List<IntegrityKey> sha256Keys = new ArrayList<>();
        Instant end = null;
        boolean found = false;
        while (rows.next()) {
            // Collations take names for equal that aren't: Alice would have a quota beside alice's.
            if (columns.contains("name") && !username.equals(rows.getString("name"))) {
                continue;
            }
            found = true;
            StoredUser user = row(rows, columns, username, realm);
            md5Keys.addAll(user.keys(KeyAlgorithm.MD5));
            sha256Keys.addAll(user.keys(KeyAlgorithm.SHA_256));
            end = earlier(end, user.validUntil());
        }
        return found ? new StoredUser(md5Keys, sha256Keys, end) : null;
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }

    private static StoredUser row(
            ResultSet rows, Set<String> columns, String username, String realm)
            throws SQLException, StoreFailure {
        StoredUser user;
        if (columns.contains("password")) {
            if (!columns.contains("name")) {
                throw new StoreFailure("jdbc: user-query gives `password` without `name`");
            }
            String password = rows.getString("password");
            if (password == null) {
                throw StoreFailure.ofOneUser("jdbc: a user has no password");
            }
            user = StoredUser.ofPassword(username, realm, password);
        } else {
            user =
                    new StoredUser(
                            keys(rows, columns, KeyAlgorithm.MD5, "hmackey", "md5_key"),
                            keys(rows, columns, KeyAlgorithm.SHA_256, "sha256_key"),
                            null);
        }
        if (!columns.contains("valid_until") || rows.getString("valid_until") == null) {
            return user;
        }
        try {
            return user.until(Instant.ofEpochSecond(rows.getLong("valid_until")));
        } catch (DateTimeException e) {
            throw StoreFailure.ofOneUser("jdbc: valid_until of a user is no number of seconds");
        }
    }

    private static List<IntegrityKey> keys(
            ResultSet rows, Set<String> columns, KeyAlgorithm algorithm, String... names)
            throws SQLException, StoreFailure {
        List<IntegrityKey> keys = new ArrayList<>();
        for (String name : names) {
            String digits = columns.contains(name) ? rows.getString(name) : null;
            if (digits != null) {
                keys.add(StoredUser.key(algorithm, hex(digits)));
            }
        }
        return keys;
    }

    /// coturn's column is one of fixed length in PostgreSQL, filled up with blanks.
    private static byte[] hex(String digits) throws StoreFailure {
        try {
            return HexFormat.of().parseHex(digits.strip());
        } catch (IllegalArgumentException e) {
            throw StoreFailure.ofOneUser("jdbc: the key of a user is not hexadecimal");
        }
    }

    private static Set<String> columns(ResultSet rows) throws SQLException {
        var names = new HashSet<String>();
        var data = rows.getMetaData();
        for (int i = 1; i <= data.getColumnCount(); i++) {
            names.add(data.getColumnLabel(i).toLowerCase(Locale.ROOT));
        }
        return names;
    }

    @Override
    public boolean hasSecrets() {
        return settings.secretsQuery() != null;
    }

    @Override
    public List<Secret> secrets(String realm) throws StoreFailure {
        SqlQuery query = settings.secretsQuery();
        if (query == null) {
            return List.of();
        }
        return ask(
                query,
                "",
                realm,
                SECRETS_MAX,
                rows -> {
                    List<Secret> secrets = new ArrayList<>();
                    while (rows.next()) {
                        String secret = rows.getString(1);
                        if (secret != null) {
                            secrets.add(new Secret(secret));
                        }
                    }
                    return secrets;
                });
    }

    /// What is read of the answer.
    private interface Reading<T extends @Nullable Object> {
        T read(ResultSet rows) throws SQLException, StoreFailure;
    }

    /// Asks once more over another connection where an old one turns out to be dead: the database
    /// has been restarted. What was too slow isn't asked again.
    private <T extends @Nullable Object> T ask(
            SqlQuery query, String username, String realm, int rowsMax, Reading<T> reading)
            throws StoreFailure {
        try {
            try {
                return askOnce(query, username, realm, rowsMax, reading);
            } catch (SQLException e) {
                if (!isOfClass(e, CONNECTION_LOST) || wasSlow(e)) {
                    throw e;
                }
                return askOnce(query, username, realm, rowsMax, reading);
            }
        } catch (SQLException e) {
            if (isOfClass(e, BAD_DATA)) {
                throw StoreFailure.ofOneUser("jdbc: the database can't look such a name up");
            }
            throw new StoreFailure("jdbc: " + e.getMessage(), e);
        }
    }

    private <T extends @Nullable Object> T askOnce(
            SqlQuery query, String username, String realm, int rowsMax, Reading<T> reading)
            throws SQLException, StoreFailure {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(query.sql())) {
            statement.setMaxRows(rowsMax);
            statement.setQueryTimeout(timeoutSeconds);
            int index = 1;
            for (SqlQuery.Parameter parameter : query.parameters()) {
                statement.setString(
                        index,
                        switch (parameter) {
                            case REALM -> realm;
                            case USER -> username;
                        });
                index++;
            }
            try (ResultSet rows = statement.executeQuery()) {
                return reading.read(rows);
            }
        }
    }

    private static boolean isOfClass(SQLException e, List<String> beginnings) {
        String state = e.getSQLState();
        return state != null && beginnings.stream().anyMatch(state::startsWith);
    }

    private static boolean wasSlow(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException
                    || cause instanceof SQLTimeoutException
                    || cause instanceof SQLTransientConnectionException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        database.close();
    }
}

package org.turnd.server.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.SqlQuery.Parameter;

/// The keys of users in a database, `auth.stores.jdbc.*`. [Schema] lists them among all others.
final class JdbcSchema {
    private static final Pattern CREDENTIALS =
            Pattern.compile("(?i)[?&;](user|username|password)=|//[^/]*@");

    static final Setting<String> URL =
            Setting.unset(
                    "auth.stores.jdbc.url",
                    new Url(),
                    "A database with users: `jdbc:postgresql://db.example.org/turn`,"
                            + " `jdbc:mariadb://db.example.org/turn` (also for MySQL), or"
                            + " `jdbc:sqlite:/var/lib/turn/turndb`. coturn's tables are read as they"
                            + " are: turnusers_lt and turn_secret. What the driver takes stands behind"
                            + " a `?`, as `?sslmode=verify-full`.");
    static final Setting<String> USERNAME =
            Setting.unset(
                    "auth.stores.jdbc.username",
                    ValueTypes.described("the name of a database user"),
                    "Who turnd is to the database. It needs SELECT on the tables of the queries.");
    static final Setting<Secret> PASSWORD =
            Setting.<Secret>unset(
                            "auth.stores.jdbc.password",
                            ValueTypes.anySecret(),
                            "The password for the database.")
                    .secret();
    static final Setting<Optional<SqlQuery>> USER_QUERY =
            Setting.of(
                    "auth.stores.jdbc.user-query",
                    ValueTypes.orWord(ValueTypes.NONE, new Query(Parameter.USER)),
                    JdbcSettings.COTURN_USER_QUERY,
                    "The query for one user, on coturn's table by default; `none` looks up nobody."
                            + " What it gives is told by the names of the columns: `hmackey` or"
                            + " `md5_key`, the MD5 of `name:realm:password` in hexadecimal;"
                            + " `sha256_key`; `password`; `name`, which must be exactly the name that"
                            + " was asked for, and must be there with `password`; `valid_until`, in"
                            + " seconds since 1970. Any of several rows is good.");
    static final Setting<Optional<SqlQuery>> SECRETS_QUERY =
            Setting.of(
                    "auth.stores.jdbc.secrets-query",
                    ValueTypes.orWord(ValueTypes.NONE, new Query(Parameter.REALM)),
                    JdbcSettings.COTURN_SECRETS_QUERY,
                    "The query for the shared secrets of time-limited credentials, one a row, on"
                            + " coturn's table by default; `none` for none.");

    static final List<Setting<?>> ALL = List.of(URL, USERNAME, PASSWORD, USER_QUERY, SECRETS_QUERY);

    private JdbcSchema() {}

    private static final class Url implements ValueType<String> {
        @Override
        public String expected() {
            return "a URL as in jdbc:postgresql://127.0.0.1/turn, jdbc:mariadb://... or"
                    + " jdbc:sqlite:...";
        }

        @Override
        public String parse(String text) throws Mismatch {
            if (JdbcSettings.Vendor.of(text) == null) {
                throw new Mismatch(
                        text.startsWith("jdbc:mysql:")
                                ? "write jdbc:mariadb:, whose driver speaks to MySQL as well"
                                : "write jdbc:postgresql:, jdbc:mariadb: or jdbc:sqlite:");
            }
            if (CREDENTIALS.matcher(text).find()) {
                throw new Mismatch("put name and password into keys of their own");
            }
            return text;
        }
    }

    /// @param required what the query must ask for
    private record Query(Parameter required) implements ValueType<SqlQuery> {
        @Override
        public String expected() {
            return required == Parameter.USER
                    ? "a SELECT with {user} and, perhaps, {realm} in it"
                    : "a SELECT with, perhaps, {realm} in it";
        }

        @Override
        public SqlQuery parse(String text) throws Mismatch {
            SqlQuery query;
            try {
                query = SqlQuery.parse(text);
            } catch (IllegalArgumentException e) {
                throw new Mismatch(String.valueOf(e.getMessage()));
            }
            boolean asksForUser = query.parameters().contains(Parameter.USER);
            if (asksForUser != (required == Parameter.USER)) {
                throw new Mismatch(
                        asksForUser ? "secrets belong to no {user}" : "put {user} into it");
            }
            return query;
        }
    }
}

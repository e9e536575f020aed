package org.turnd.server.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;

/// A database with users.
///
/// @param url for JDBC, without name and password
/// @param username, password who turnd is to the database, null where it asks for neither
/// @param userQuery asks for one user; null: no users are looked up
/// @param secretsQuery asks for the shared secrets; null: there are none
public record JdbcSettings(
        String url,
        @Nullable String username,
        @Nullable Secret password,
        @Nullable SqlQuery userQuery,
        @Nullable SqlQuery secretsQuery) {
    /// The users of coturn's tables.
    public static final String COTURN_USER_QUERY =
            "SELECT name, hmackey FROM turnusers_lt WHERE realm = {realm} AND name = {user}";

    /// The shared secrets of coturn's tables.
    public static final String COTURN_SECRETS_QUERY =
            "SELECT value FROM turn_secret WHERE realm = {realm}";

    /// What stands behind the prefix of a URL that leads to this machine.
    private static final Pattern LOCAL =
            Pattern.compile("(//(localhost|127[0-9.]+|\\[::1])?([:/?].*)?)|(?!\\w+:)[^/].*");

    private static final Pattern VERIFIED = Pattern.compile("(?i)[?&]sslmode=verify[-_](full|ca)");

    /// The databases whose drivers come with turnd.
    public enum Vendor {
        POSTGRESQL("jdbc:postgresql:"),
        MARIADB("jdbc:mariadb:"),
        SQLITE("jdbc:sqlite:");

        private final String prefix;

        Vendor(String prefix) {
            this.prefix = prefix;
        }

        /// Returns whose URL this is, or null.
        static @Nullable Vendor of(String url) {
            for (Vendor vendor : values()) {
                if (url.startsWith(vendor.prefix) && url.length() > vendor.prefix.length()) {
                    return vendor;
                }
            }
            return null;
        }
    }

    /// Throws [IllegalArgumentException] for a URL of another database.
    public JdbcSettings {
        if (Vendor.of(url) == null) {
            throw new IllegalArgumentException("no driver for this database comes with turnd");
        }
    }

    /// Says whether nobody on the way can read what the database answers.
    boolean isPrivate() {
        boolean isLocal =
                vendor() == Vendor.SQLITE
                        || LOCAL.matcher(url.substring(vendor().prefix.length())).matches();
        return isLocal || VERIFIED.matcher(url).find();
    }

    /// Returns whose database it is.
    public Vendor vendor() {
        Vendor vendor = Vendor.of(url);
        if (vendor == null) {
            throw new IllegalStateException("checked when it was made");
        }
        return vendor;
    }
}

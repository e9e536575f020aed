package org.turnd.cli.coturn;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.coturn.Finding.Kind;

/// Where coturn has its users: its tables and keys are read as they are.
final class Databases {
    private static final String JDBC = "auth.stores.jdbc.";
    private static final String REDIS = "auth.stores.redis.";
    private static final String DEFAULT_SQLITE = "/var/lib/turn/turndb";
    private static final Pattern PAIR = Pattern.compile("([a-z_]+)=('[^']*'|\\S*)");
    private static final List<String> KNOWN =
            List.of("host", "ip", "port", "dbname", "user", "password");

    private final Draft draft;

    Databases(Draft draft) {
        this.draft = draft;
    }

    /// Translates, and returns whether there is a database with users or secrets.
    ///
    /// @param hasSecrets time-limited credentials are meant, and coturn looks at no user
    /// @param isAsked the file asks for credentials
    boolean translate(boolean hasSecrets, boolean isAsked) {
        CoturnLine line = chosen();
        boolean isThere = line != null ? open(line) : isAsked && defaultSqlite();
        if (isThere) {
            boolean isRedis = draft.value(REDIS + "url") != null;
            if (!isRedis) {
                draft.set(JDBC + (hasSecrets ? "user-query" : "secrets-query"), "none");
            } else if (!hasSecrets) {
                draft.set(REDIS + "secrets-key", "none");
            }
            draft.say(
                    Kind.CHANGED,
                    line,
                    "of the database users and shared secrets of this realm are read; peer ranges,"
                            + " origins, quotas of realms and OAuth keys are not");
        }
        return isThere;
    }

    /// coturn uses one; of several kinds the last line wins.
    private @Nullable CoturnLine chosen() {
        CoturnLine chosen = null;
        for (CoturnLine line : draft.lines()) {
            if (line.option().name().matches("userdb|(psql|mysql|redis)-userdb")) {
                if (chosen != null) {
                    draft.say(Kind.NEEDLESS, chosen, "a later line names the database");
                }
                chosen = line;
            }
        }
        return chosen;
    }

    private boolean open(CoturnLine line) {
        return switch (line.option().name()) {
            case "psql-userdb" -> sql(line, "jdbc:postgresql:", "postgres(ql)?");
            case "mysql-userdb" -> sql(line, "jdbc:mariadb:", "mysql");
            case "redis-userdb" -> redis(line);
            default -> {
                draft.set(JDBC + "url", Draft.quoted("jdbc:sqlite:" + line.value()), line);
                yield true;
            }
        };
    }

    /// Without users in the file coturn looks into a file of its own.
    private boolean defaultSqlite() {
        if (!draft.all("user").isEmpty() || draft.value("auth.secret") != null) {
            return false;
        }
        if (draft.isOn("oauth") && !draft.isOn("lt-cred-mech")) {
            return false;
        }
        if (!draft.isOn("lt-cred-mech") && !draft.isOn("use-auth-secret")) {
            return false;
        }
        draft.set(
                JDBC + "url",
                Draft.quoted("jdbc:sqlite:" + DEFAULT_SQLITE),
                draft.last("use-auth-secret"));
        return true;
    }

    private boolean sql(CoturnLine line, String prefix, String scheme) {
        Map<String, String> parts = parts(line, scheme);
        if (parts == null) {
            draft.say(Kind.LEFT_OUT, line, "write where it is to `auth.stores.jdbc.url`");
            return false;
        }
        String host = parts.getOrDefault("host", "127.0.0.1");
        String port = parts.containsKey("port") ? ":" + parts.get("port") : "";
        String name = parts.getOrDefault("dbname", parts.getOrDefault("user", ""));
        if (host.startsWith("/")) {
            draft.say(Kind.CHANGED, line, "a Unix socket: the database has to listen on loopback");
            host = "127.0.0.1";
        }
        draft.set(JDBC + "url", Draft.quoted(prefix + "//" + host + port + "/" + name), line);
        credentials(JDBC, parts, line);
        sayOfTheRest(line, parts);
        return true;
    }

    private boolean redis(CoturnLine line) {
        Map<String, String> parts = parts(line, "redis");
        if (parts == null) {
            draft.say(Kind.LEFT_OUT, line, "write where it is to `auth.stores.redis.url`");
            return false;
        }
        String host = parts.getOrDefault("host", parts.getOrDefault("ip", "127.0.0.1"));
        String url =
                "redis://%s:%s/%s"
                        .formatted(
                                host,
                                parts.getOrDefault("port", "6379"),
                                parts.getOrDefault("dbname", "0"));
        draft.set(REDIS + "url", Draft.quoted(url), line);
        credentials(REDIS, parts, line);
        sayOfTheRest(line, parts);
        return true;
    }

    private void credentials(String group, Map<String, String> parts, CoturnLine line) {
        String user = parts.get("user");
        if (user != null) {
            draft.set(group + "username", Draft.quoted(user), line);
        }
        String password = parts.get("password");
        if (password == null || password.isEmpty()) {
            return;
        }
        if (draft.last("secret-key-file") != null && group.equals(JDBC)) {
            draft.say(
                    Kind.LEFT_OUT,
                    line,
                    "its password is encrypted: write the password itself to"
                            + " `auth.stores.jdbc.password`, or a file with it to"
                            + " TURND_AUTH_STORES_JDBC_PASSWORD_FILE");
        } else {
            draft.set(group + "password", Draft.quoted(password), line);
        }
    }

    private void sayOfTheRest(CoturnLine line, Map<String, String> parts) {
        List<String> rest =
                parts.keySet().stream()
                        .filter(part -> !KNOWN.contains(part) && !part.endsWith("timeout"))
                        .sorted()
                        .toList();
        if (!rest.isEmpty()) {
            draft.say(
                    Kind.LEFT_OUT,
                    line,
                    "of the connection %s: say it in the URL, as the driver wants it"
                            .formatted(String.join(", ", rest)));
        }
    }

    /// Reads `key=value` pairs, or a URL, whose parts get the same names. Returns null when it is
    /// neither.
    private static @Nullable Map<String, String> parts(CoturnLine line, String scheme) {
        String text = line.value().strip();
        Map<String, String> parts = new HashMap<>();
        if (text.matches("(?i)" + scheme + "://.*")) {
            return ofUrl(text, parts);
        }
        Matcher pair = PAIR.matcher(text);
        while (pair.find()) {
            String value = pair.group(2);
            parts.put(
                    pair.group(1).toLowerCase(Locale.ROOT),
                    value.startsWith("'") ? value.substring(1, value.length() - 1) : value);
        }
        return parts.isEmpty() ? null : parts;
    }

    private static @Nullable Map<String, String> ofUrl(String text, Map<String, String> parts) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
        if (url.getHost() == null) {
            return null;
        }
        parts.put("host", url.getHost());
        if (url.getPort() > 0) {
            parts.put("port", "" + url.getPort());
        }
        if (url.getPath() != null && url.getPath().length() > 1) {
            parts.put("dbname", url.getPath().substring(1));
        }
        String user = url.getUserInfo();
        if (user != null) {
            String[] named = user.split(":", 2);
            parts.put("user", named[0]);
            if (named.length == 2) {
                parts.put("password", named[1]);
            }
        }
        if (url.getQuery() != null) {
            Matcher pair = Pattern.compile("([^&=]+)=([^&]*)").matcher(url.getQuery());
            while (pair.find()) {
                parts.put(pair.group(1), pair.group(2));
            }
        }
        return parts;
    }
}

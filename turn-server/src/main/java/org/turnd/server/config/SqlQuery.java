package org.turnd.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A query with places for the realm and the user name, which go to the database as data and never
/// as a piece of SQL.
///
/// @param text as the operator wrote it
/// @param sql with a question mark at each place
/// @param parameters what belongs there, in order
public record SqlQuery(String text, String sql, List<Parameter> parameters) {
    private static final Pattern PLACE = Pattern.compile("\\{([^}]*)}");
    private static final Pattern QUOTED_PLACE = Pattern.compile("'[^']*\\{[^']*'");

    /// What a place stands for.
    public enum Parameter {
        REALM,
        USER
    }

    public SqlQuery {
        parameters = List.copyOf(parameters);
    }

    /// Reads a query. Throws [IllegalArgumentException] with a text for the operator when this is
    /// none.
    public static SqlQuery parse(String text) {
        if (!text.strip().regionMatches(true, 0, "SELECT", 0, "SELECT".length())) {
            throw new IllegalArgumentException("write a SELECT");
        }
        if (text.indexOf('?') >= 0) {
            throw new IllegalArgumentException("write {user} and {realm} instead of ?");
        }
        if (QUOTED_PLACE.matcher(text).find()) {
            throw new IllegalArgumentException("write {user} and {realm} without quotes");
        }
        List<Parameter> parameters = new ArrayList<>();
        Matcher place = PLACE.matcher(text);
        while (place.find()) {
            parameters.add(
                    switch (place.group(1)) {
                        case "realm" -> Parameter.REALM;
                        case "user" -> Parameter.USER;
                        default ->
                                throw new IllegalArgumentException(
                                        "there are {user} and {realm}, and no " + place.group());
                    });
        }
        return new SqlQuery(text, place.replaceAll("?"), parameters);
    }

    /// Returns it as the operator wrote it.
    @Override
    public String toString() {
        return text;
    }
}

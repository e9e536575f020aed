package org.turnd.server.config;

import com.typesafe.config.ConfigUtil;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Texts as they stand in a configuration file.
final class Hocon {
    private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

    private Hocon() {}

    static String value(String text) {
        return NEEDS_NO_QUOTES.matcher(text).matches() ? text : ConfigUtil.quoteString(text);
    }

    static String list(Collection<?> values) {
        return values.stream()
                .map(value -> value(value.toString()))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}

package org.turnd.server.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One key of the configuration: what drives reading, checking, environment variables and the
/// reference.
///
/// @param path the key, for example `relay.min-port`
/// @param type what each value may be
/// @param isList several values; one alone may stand without brackets
/// @param defaultText the value when nothing is said, as an operator would write it; null for none
/// @param isSecret never shown; also read from the file that a `..._FILE` variable names
/// @param doc what it does, in sentences for the reference
record Setting<T>(
        String path,
        ValueType<T> type,
        boolean isList,
        @Nullable String defaultText,
        boolean isSecret,
        String doc) {
    static final String FILE_SUFFIX = "_FILE";

    private static final String ENVIRONMENT_PREFIX = "TURND_";

    static <T> Setting<T> of(String path, ValueType<T> type, String defaultText, String doc) {
        return new Setting<>(path, type, false, defaultText, false, doc);
    }

    static <T> Setting<T> unset(String path, ValueType<T> type, String doc) {
        return new Setting<>(path, type, false, null, false, doc);
    }

    static <T> Setting<T> list(
            String path, ValueType<T> type, @Nullable String defaultText, String doc) {
        return new Setting<>(path, type, true, defaultText, false, doc);
    }

    Setting<T> secret() {
        return new Setting<>(path, type, isList, defaultText, true, doc);
    }

    /// The environment variable that replaces the value: `TURND_RELAY_MIN_PORT`.
    String variable() {
        return ENVIRONMENT_PREFIX
                + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}

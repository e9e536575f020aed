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
/// @param reload what a change needs to take effect; a restart unless [#live] says otherwise
/// @param doc what it does, in sentences for the reference
record Setting<T>(
        String path,
        ValueType<T> type,
        boolean isList,
        @Nullable String defaultText,
        boolean isSecret,
        Reload reload,
        String doc) {
    /// What a change of a key needs.
    enum Reload {
        /// A reload of the configuration.
        LIVE("takes effect with a reload"),
        /// A restart of the server.
        RESTART("needs a restart");

        private final String text;

        Reload(String text) {
            this.text = text;
        }

        /// How the reference says it of a change.
        String text() {
            return text;
        }
    }

    static final String FILE_SUFFIX = "_FILE";

    private static final String ENVIRONMENT_PREFIX = "TURND_";

    static <T> Setting<T> of(String path, ValueType<T> type, String defaultText, String doc) {
        return new Setting<>(path, type, false, defaultText, false, Reload.RESTART, doc);
    }

    static <T> Setting<T> unset(String path, ValueType<T> type, String doc) {
        return new Setting<>(path, type, false, null, false, Reload.RESTART, doc);
    }

    static <T> Setting<T> list(
            String path, ValueType<T> type, @Nullable String defaultText, String doc) {
        return new Setting<>(path, type, true, defaultText, false, Reload.RESTART, doc);
    }

    Setting<T> secret() {
        return new Setting<>(path, type, isList, defaultText, true, reload, doc);
    }

    /// The same key, of which a running server takes a new value.
    Setting<T> live() {
        return new Setting<>(path, type, isList, defaultText, isSecret, Reload.LIVE, doc);
    }

    /// The environment variable that replaces the value: `TURND_RELAY_MIN_PORT`.
    String variable() {
        return ENVIRONMENT_PREFIX
                + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}

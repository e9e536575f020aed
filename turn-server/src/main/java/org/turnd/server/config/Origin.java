package org.turnd.server.config;

import org.jspecify.annotations.Nullable;

/// Where a value comes from.
///
/// @param text for people: `turnd.conf:12`, `environment variable TURND_REALM`, `default`
/// @param file the file, null when there is none
/// @param line in that file from 1, 0 when it is not one line
public record Origin(String text, @Nullable String file, int line) {
    static final Origin DEFAULT = new Origin("default", null, 0);

    static Origin file(String file, int line) {
        return new Origin(line > 0 ? file + ":" + line : file, file, Math.max(0, line));
    }

    static Origin environment(String variable) {
        return new Origin("environment variable " + variable, null, 0);
    }

    static Origin secretFile(String file, String variable) {
        return new Origin(file + " (" + variable + ")", file, 0);
    }

    @Override
    public String toString() {
        return text;
    }
}

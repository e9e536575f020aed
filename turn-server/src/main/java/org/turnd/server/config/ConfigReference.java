package org.turnd.server.config;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Writes the reference of all keys, Markdown.
public final class ConfigReference {
    private static final String HEAD =
            """
            # Configuration reference

            Generated from the schema of keys; don't edit.

            turnd reads one HOCON file (`turnd run -c FILE`), and environment variables, which win
            over the file. `turnd validate -c FILE` reports everything that is wrong with it;
            `turnd config print -c FILE` shows what takes effect and where each value comes from.

            - Unknown keys are errors.
            - Groups may be written as `relay { min-port = 50000 }` or `relay.min-port = 50000`.
            - Quote what contains more than letters, digits, `-` and `_`: `"10.0.0.0/8"`.
            - Durations and sizes need their unit: `30s`, `10m`, `1h`, `256KiB`.
            - In an environment variable the parts of a list are separated by commas. An empty
              variable is an empty list, and nothing at all for other keys.
            - A variable with the name of a secret and `_FILE` at its end names a file that holds
              the secret; of a list, one a line.
            - `null` as a default means: not set.
            - `NAME` stands for a name of yours; in quotes when it has dots: `realms."example.org"`.
            - A running server takes some changes with a reload; the others need a restart.

            """;

    private ConfigReference() {}

    /// Returns the whole page.
    public static String markdown() {
        var page = new StringBuilder(HEAD);
        page.append("| Key | Default | Environment |\n|---|---|---|\n");
        List<Setting<?>> all =
                Stream.concat(Schema.ALL.stream(), RealmSchema.ANY.all().stream()).toList();
        for (Setting<?> setting : all) {
            page.append(
                    "| [`%s`](#%s) | `%s` | %s |\n"
                            .formatted(
                                    setting.path(),
                                    anchor(setting),
                                    byDefault(setting),
                                    variables(setting)));
        }
        for (Setting<?> setting : all) {
            page.append(
                    "\n## %s\n\n%s\n\n- Value: %s%s\n- Default: `%s`\n- A change %s.\n"
                            .formatted(
                                    setting.path(),
                                    setting.doc(),
                                    setting.isList() ? "a list; each part is " : "",
                                    setting.type().expected(),
                                    byDefault(setting),
                                    setting.reload().text()));
        }
        return page.toString();
    }

    /// A realm's name fits into no variable's.
    private static String variables(Setting<?> setting) {
        if (!Schema.ALL.contains(setting)) {
            return "";
        }
        String file = setting.isSecret() ? ", `..." + Setting.FILE_SUFFIX + "`" : "";
        return "`" + setting.variable() + "`" + file;
    }

    /// The anchor that Markdown renderers give to the heading of a key.
    private static String anchor(Setting<?> setting) {
        return setting.path().toLowerCase(Locale.ROOT).replace(".", "");
    }

    private static String byDefault(Setting<?> setting) {
        String text = setting.defaultText();
        if (text == null) {
            return setting.isList() ? "[]" : "null";
        }
        return setting.isList() ? Hocon.list(List.of(text.split(", "))) : Hocon.value(text);
    }
}

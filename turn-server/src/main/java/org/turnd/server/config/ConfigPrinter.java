package org.turnd.server.config;

import java.util.List;

/// Prints what takes effect, as a configuration file: each value with its origin, secrets hidden.
public final class ConfigPrinter {
    private ConfigPrinter() {}

    /// Returns one line a key, each with a newline.
    public static String print(List<EffectiveValue> values) {
        int width = values.stream().mapToInt(ConfigPrinter::assignmentLength).max().orElse(0);
        int column = Math.min(width, 60);
        var text = new StringBuilder();
        for (EffectiveValue value : values) {
            String assignment = assignment(value);
            text.append(assignment)
                    .repeat(' ', Math.max(0, column - assignment.length()))
                    .append("  # ")
                    .append(value.origin())
                    .append('\n');
        }
        return text.toString();
    }

    private static int assignmentLength(EffectiveValue value) {
        return assignment(value).length();
    }

    private static String assignment(EffectiveValue value) {
        return value.key() + " = " + value.text();
    }
}

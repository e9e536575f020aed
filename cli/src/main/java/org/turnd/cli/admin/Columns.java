package org.turnd.cli.admin;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Text in columns. What comes from clients, such as user names, can't move the cursor.
final class Columns {
    private static final int CELL_CHARACTERS_MAX = 64;
    private static final Gson PRETTY =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final String[] UNITS = {"", "k", "M", "G", "T", "P"};

    private final List<List<String>> rows = new ArrayList<>();

    Columns(String... heads) {
        rows.add(List.of(heads));
    }

    Columns row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(shortened(printable(cell.toString())));
        }
        rows.add(row);
        return this;
    }

    /// One line a row, the head first.
    List<String> lines() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /// JSON for people and programs, in which no letter acts on a terminal.
    static String json(JsonElement element) {
        var text = new StringBuilder();
        PRETTY.toJson(element)
                .codePoints()
                .forEach(letter -> {
                    if (letter != '\n' && isHarmful(letter)) {
                        text.append("\\u%04x".formatted(letter));
                    } else {
                        text.appendCodePoint(letter);
                    }
                });
        return text.toString();
    }

    /// A text of which no letter acts on a terminal.
    static String printable(String text) {
        var printable = new StringBuilder();
        text.codePoints()
                .forEach(letter -> printable.appendCodePoint(isHarmful(letter) ? '?' : letter));
        return printable.toString();
    }

    private static boolean isHarmful(int letter) {
        int type = Character.getType(letter);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }

    private static String shortened(String text) {
        return text.length() <= CELL_CHARACTERS_MAX
                ? text
                : text.substring(0, CELL_CHARACTERS_MAX - 1) + "\u2026";
    }

    static String amount(long number) {
        return amount((double) number);
    }

    /// A number with three digits or so and its power of a thousand.
    static String amount(double number) {
        double rest = number;
        int unit = 0;
        while (rest >= 1000 && unit < UNITS.length - 1) {
            rest /= 1000;
            unit++;
        }
        return String.format(
                Locale.ROOT, unit == 0 || rest >= 100 ? "%.0f%s" : "%.1f%s", rest, UNITS[unit]);
    }
}

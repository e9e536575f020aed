package org.turnd.cli.coturn;

/// The table of coturn's options for the page on migrating.
public final class CoturnOptionsPage {
    private CoturnOptionsPage() {}

    /// Returns Markdown.
    public static String table() {
        var text = new StringBuilder("| coturn | turnd |\n|---|---|\n");
        for (CoturnOption option : CoturnOptions.all()) {
            String letter = option.letter() == null ? "" : ", `-" + option.letter() + "`";
            text.append("| `%s`%s | %s |\n".formatted(option.name(), letter, cell(option)));
        }
        return text.toString();
    }

    private static String cell(CoturnOption option) {
        return switch (option.fate()) {
            case KEY -> option.text();
            case NEEDLESS -> "not needed: " + option.text();
            case NONE -> "**none**: " + option.text();
        };
    }
}

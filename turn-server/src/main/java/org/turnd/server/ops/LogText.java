package org.turnd.server.ops;

/// Text from the network, made fit for a log line.
final class LogText {
    private static final int CHARACTERS_MAX = 128;

    /// More than a USERNAME can have.
    private static final int COMPLETE_CHARACTERS_MAX = 1024;

    private LogText() {}

    /// Returns the text with everything escaped that could end a line, steer a terminal or pass for
    /// another field, and cut to 128 characters.
    static String safe(String text) {
        return safe(text, CHARACTERS_MAX);
    }

    /// As [#safe], for the audit: no user name is cut.
    static String complete(String text) {
        return safe(text, COMPLETE_CHARACTERS_MAX);
    }

    private static String safe(String text, int charactersMax) {
        int length = Math.min(text.length(), charactersMax);
        var safe = new StringBuilder(length + 8);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (isVisible(c) && c != '"' && c != '\\') {
                safe.append(c);
            } else {
                safe.append(String.format("\\u%04x", (int) c));
            }
        }
        return text.length() > length ? safe + "..." : safe.toString();
    }

    /// Says whether a character neither ends a line nor steers a terminal nor hides.
    static boolean isVisible(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}

package org.turnd.server.ops;

/// Text from the network, made fit for a log line.
final class LogText {
    private static final int CHARACTERS_MAX = 128;

    private LogText() {}

    /// Returns the text with everything escaped that could end a line, steer a terminal or pass for
    /// another field, and cut to 128 characters.
    static String safe(String text) {
        var safe = new StringBuilder(Math.min(text.length(), CHARACTERS_MAX) + 8);
        int length = Math.min(text.length(), CHARACTERS_MAX);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                safe.append(c);
            } else {
                safe.append(String.format("\\u%04x", (int) c));
            }
        }
        return text.length() > length ? safe + "..." : safe.toString();
    }

    private static boolean isPlain(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> c != '"' && c != '\\';
        };
    }
}

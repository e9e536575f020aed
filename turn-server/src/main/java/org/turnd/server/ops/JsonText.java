package org.turnd.server.ops;

import com.typesafe.config.ConfigUtil;

/// Text from the network, made fit for JSON.
public final class JsonText {
    private JsonText() {}

    /// Appends a JSON string that reads back as exactly this text. Beside what JSON asks for,
    /// everything is escaped that could steer a terminal or reorder what a reader sees.
    public static void append(StringBuilder json, String text) {
        String quoted = ConfigUtil.quoteString(text);
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            if (LogText.isVisible(c)) {
                json.append(c);
            } else {
                json.append(String.format("\\u%04x", (int) c));
            }
        }
    }
}

package org.turnd.conformance;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunMethod;

/// The IANA registries of STUN: each method, attribute and error code, and the classes of the
/// server that deal with it.
final class RfcTables {
    private static final String SERVER = "turn-server/";
    private final Sources sources;

    RfcTables(Sources sources) {
        this.sources = sources;
    }

    String markdown() {
        return methods() + attributes() + errors();
    }

    private String methods() {
        var table = table("Methods", "Number", "Method");
        for (StunMethod method : StunMethod.values()) {
            row(
                    table,
                    "0x%03X".formatted(method.code()),
                    method.rfcName(),
                    "StunMethod\\." + method.name() + "|case .*\\b" + method.name());
        }
        return table.toString();
    }

    private String attributes() {
        var table = table("Attributes", "Type", "Attribute");
        Comparator<Field> byNumber = Comparator.comparingInt(RfcTables::number);
        for (Field field :
                Arrays.stream(AttributeType.class.getFields()).sorted(byNumber).toList()) {
            String type = field.getName();
            row(
                    table,
                    "0x%04X".formatted(number(field)),
                    type.replace('_', '-'),
                    "AttributeType\\."
                            + type
                            + "|(?i:StunAttribute\\."
                            + recordName(type)
                            + "(?:Value)?)|(?i:\\.(?:has|with)"
                            + recordName(type)
                            + ")");
        }
        return table.toString();
    }

    private String errors() {
        var table = table("Error codes", "Code", "Reason");
        for (ErrorReason reason : ErrorReason.values()) {
            row(
                    table,
                    String.valueOf(reason.code()),
                    reason.phrase(),
                    "ErrorReason\\." + reason.name());
        }
        return table.toString();
    }

    private static StringBuilder table(String title, String number, String name) {
        return new StringBuilder(
                "\n## %s\n\n| %s | %s | Where in the server |\n|---|---|---|\n"
                        .formatted(title, number, name));
    }

    private void row(StringBuilder table, String number, String name, String pattern) {
        Set<String> files =
                new TreeSet<>(sources.classesWith(Pattern.compile("\\b(?:" + pattern + ")\\b")));
        files.removeIf(file -> !file.startsWith(SERVER));
        table.append(
                "| %s | %s | %s |\n"
                        .formatted(
                                number,
                                name,
                                files.isEmpty()
                                        ? "nowhere: unknown to it, or meant for clients"
                                        : ConformancePage.linked(files)));
    }

    private static int number(Field field) {
        try {
            return field.getInt(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /// `EVEN_PORT` is `EvenPort` in the codec.
    private static String recordName(String type) {
        return type.replace("_", "");
    }
}

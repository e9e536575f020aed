package org.turnd.cli.coturn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a [Draft] as HOCON, each key with the lines that it comes from.
final class TurndFile {
    private static final int COMMENT_COLUMNS = 120;

    private final Draft draft;
    private final List<Finding> findings;
    private final String name;

    /// @param name what the translated file is called
    TurndFile(Draft draft, List<Finding> findings, String name) {
        this.draft = draft;
        this.findings = findings;
        this.name = name;
    }

    String text() {
        var text = new StringBuilder();
        text.append("# turnd's configuration, translated from ").append(name).append(".\n");
        text.append("# Every key: docs/reference/configuration.md. Check it: turnd validate\n");
        section(text, "Unsafe, and not carried over", Finding.Kind.UNSAFE);
        section(text, "Left out", Finding.Kind.LEFT_OUT);
        section(text, "Not quite the same", Finding.Kind.CHANGED);
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (String key : draft.entries().keySet()) {
            int dot = key.indexOf('.');
            groups.computeIfAbsent(dot < 0 ? "" : key.substring(0, dot), _ -> new ArrayList<>())
                    .add(key);
        }
        groups.getOrDefault("", List.of()).forEach(key -> append(text.append('\n'), "", key, key));
        groups.forEach((group, keys) -> {
            if (!group.isEmpty()) {
                text.append('\n').append(group).append(" {\n");
                for (String key : keys) {
                    append(text, "  ", key, key.substring(group.length() + 1));
                }
                text.append("}\n");
            }
        });
        return text.toString();
    }

    private void section(StringBuilder text, String title, Finding.Kind kind) {
        List<Finding> told = findings.stream().filter(one -> one.kind() == kind).toList();
        if (!told.isEmpty()) {
            text.append("#\n# ").append(title).append(":\n");
            for (Finding finding : told) {
                String place = finding.line() == 0 ? "" : finding.line() + ": ";
                String source = finding.source().isEmpty() ? "" : finding.source() + ": ";
                comment(text, "#   ", place + source + finding.text());
            }
        }
    }

    private void append(StringBuilder text, String indent, String key, String shortKey) {
        Draft.Entry entry = draft.entries().get(key);
        if (entry == null) {
            return;
        }
        for (CoturnLine line : entry.from()) {
            comment(text, indent + "# ", name + ":" + line.line() + "  " + line.source());
        }
        String setting = shortKey + " = " + entry.value();
        text.append(indent).append(entry.isProposal() ? "# " : "").append(setting).append('\n');
    }

    private static void comment(StringBuilder text, String start, String comment) {
        String line = start + comment.replaceAll("\\p{Cntrl}", "?");
        String rest = line;
        while (rest.length() > COMMENT_COLUMNS) {
            int cut = rest.lastIndexOf(' ', COMMENT_COLUMNS);
            if (cut <= start.length()) {
                break;
            }
            text.append(rest, 0, cut).append('\n');
            rest = start + "  " + rest.substring(cut + 1);
        }
        text.append(rest).append('\n');
    }
}

package org.turnd.cli.coturn;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The options of a file on one side, and on the other what turnd's configuration will be, with
/// what there is to say about it.
final class Draft {
    /// A key with its value, and the lines that it comes from.
    ///
    /// @param isProposal it is written as a comment, for the operator to decide
    record Entry(String value, List<CoturnLine> from, boolean isProposal) {
        Entry {
            from = List.copyOf(from);
        }
    }

    private final List<CoturnLine> lines;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<Finding> findings;
    private final Set<CoturnLine> used = new HashSet<>();

    Draft(CoturnFile file) {
        lines = file.lines();
        findings = new ArrayList<>(file.findings());
    }

    List<CoturnLine> lines() {
        return lines;
    }

    /// All lines with this option.
    List<CoturnLine> all(String option) {
        return lines.stream().filter(line -> line.option().name().equals(option)).toList();
    }

    /// The line that counts where the option may stand once: the last.
    @Nullable CoturnLine last(String option) {
        List<CoturnLine> given = all(option);
        return given.isEmpty() ? null : given.getLast();
    }

    boolean isOn(String flag) {
        CoturnLine line = last(flag);
        return line != null && line.isOn();
    }

    /// Sets a key.
    ///
    /// @param value as it stands in the file, quoted where it must be
    void set(String key, String value, Collection<@Nullable CoturnLine> from) {
        put(key, value, from, false);
    }

    void set(String key, String value, @Nullable CoturnLine... from) {
        put(key, value, Arrays.asList(from), false);
    }

    /// Writes a key as a comment.
    void propose(String key, String value, Collection<@Nullable CoturnLine> from) {
        put(key, value, from, true);
    }

    void propose(String key, String value, @Nullable CoturnLine... from) {
        put(key, value, Arrays.asList(from), true);
    }

    private void put(
            String key, String value, Collection<@Nullable CoturnLine> from, boolean isProposal) {
        List<CoturnLine> given = new ArrayList<>();
        for (CoturnLine line : from) {
            if (line != null) {
                given.add(line);
            }
        }
        used.addAll(given);
        entries.put(key, new Entry(value, given, isProposal));
    }

    void remove(String key) {
        entries.remove(key);
    }

    @Nullable String value(String key) {
        Entry entry = entries.get(key);
        return entry == null || entry.isProposal() ? null : entry.value();
    }

    /// Says what the operator should know of a line.
    ///
    /// @param line null: of the file as a whole
    void say(Finding.Kind kind, @Nullable CoturnLine line, String text) {
        if (line == null) {
            findings.add(new Finding(kind, 0, "", text));
        } else {
            used.add(line);
            findings.add(new Finding(kind, line.line(), line.source(), text));
        }
    }

    boolean isUsed(CoturnLine line) {
        return used.contains(line);
    }

    Map<String, Entry> entries() {
        return entries;
    }

    List<Finding> findings() {
        return findings;
    }

    static String quoted(String text) {
        return ConfigUtil.quoteString(text);
    }

    /// A list of texts as HOCON.
    static String list(Collection<?> values) {
        return values.stream()
                .map(value -> quoted(value.toString()))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}

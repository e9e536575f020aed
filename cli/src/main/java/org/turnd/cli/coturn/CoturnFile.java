package org.turnd.cli.coturn;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.coturn.CoturnOption.Takes;

/// A turnserver.conf, read as coturn reads it: one option a line, `name=value` or `name value`,
/// perhaps with the value in double quotes; `#` only at the start of a line begins a comment. Lines
/// of a command line, as in a container's arguments, are read as well.
///
/// @param lines the options in their order
/// @param findings lines that make no sense
record CoturnFile(List<CoturnLine> lines, List<Finding> findings) {
    private static final Pattern SETTING = Pattern.compile("([^ =\t]+)[ =\t]*(.*)");
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");
    private static final Pattern PROGRAM = Pattern.compile("(\\S*/)?turnserver\\s.*");
    private static final Pattern LATE_COMMENT = Pattern.compile("\\s+#.*");

    CoturnFile {
        lines = List.copyOf(lines);
        findings = List.copyOf(findings);
    }

    static CoturnFile read(String text) {
        var reader = new Reader();
        text.lines().forEach(reader::readLine);
        return new CoturnFile(reader.lines, reader.findings);
    }

    private static final class Reader {
        private final List<CoturnLine> lines = new ArrayList<>();
        private final List<Finding> findings = new ArrayList<>();
        private int number;

        void readLine(String raw) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                return;
            }
            if (line.startsWith("-") || PROGRAM.matcher(line).matches()) {
                readCommandLine(line);
                return;
            }
            Matcher setting = SETTING.matcher(line);
            if (setting.matches()) {
                add(setting.group(1), CoturnOptions.named(setting.group(1)), setting.group(2));
            } else {
                unreadable(Finding.Kind.LEFT_OUT, "this is no option");
            }
        }

        private void readCommandLine(String line) {
            List<String> words = WORD.matcher(line).results().map(found -> found.group()).toList();
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                if (word.length() < 2 || !word.startsWith("-")) {
                    continue;
                }
                boolean isLong = word.startsWith("--");
                int equals = isLong ? word.indexOf('=') : -1;
                String name =
                        isLong
                                ? word.substring(2, equals < 0 ? word.length() : equals)
                                : word.substring(1, 2);
                CoturnOption option =
                        isLong ? CoturnOptions.named(name) : CoturnOptions.ofLetter(name);
                String value = isLong ? "" : word.substring(2);
                if (equals > 0) {
                    value = word.substring(equals + 1);
                } else if (value.isEmpty() && takesNext(option, words, i)) {
                    i++;
                    value = words.get(i);
                }
                add(
                        word.substring(0, isLong && equals > 0 ? equals : word.length()),
                        option,
                        value);
            }
        }

        private static boolean takesNext(
                @Nullable CoturnOption option, List<String> words, int index) {
            return option != null
                    && option.takes() != Takes.FLAG
                    && index + 1 < words.size()
                    && !words.get(index + 1).startsWith("--");
        }

        private void add(String name, @Nullable CoturnOption option, String value) {
            if (option == null) {
                if (!name.matches("-c|-n|-h|--version")) {
                    unreadable(
                            Finding.Kind.LEFT_OUT,
                            "coturn has no option `%s` that turnd knows"
                                    .formatted(printable(name)));
                }
                return;
            }
            String bare = withoutQuotes(value);
            Matcher comment = LATE_COMMENT.matcher(bare);
            if (comment.find() && option.takes() != Takes.SECRET) {
                findings.add(
                        new Finding(
                                Finding.Kind.CHANGED,
                                number,
                                option.name(),
                                "coturn takes what stands behind `#` for a part of the value;"
                                        + " here it is a comment"));
                bare = comment.replaceFirst("");
            }
            lines.add(new CoturnLine(option, printable(bare), number));
        }

        private void unreadable(Finding.Kind kind, String why) {
            findings.add(new Finding(kind, number, "", why));
        }

        private static String withoutQuotes(String value) {
            boolean isQuoted =
                    value.length() > 1
                            && ((value.startsWith("\"") && value.endsWith("\""))
                                    || (value.startsWith("'") && value.endsWith("'")));
            return isQuoted ? value.substring(1, value.length() - 1) : value;
        }

        private static String printable(String text) {
            return text.replaceAll("\\p{Cntrl}", "?");
        }
    }
}

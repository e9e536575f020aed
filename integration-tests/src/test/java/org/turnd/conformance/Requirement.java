package org.turnd.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// One line of `conformance.tsv`.
///
/// @param id such as `F-02`, or `0/3` for a step of the processing order
/// @param level MUST, SHOULD or MAY as in the source; D is a decision of ours
/// @param text what is sent and what is expected
/// @param code classes that implement it though no comment in them names the id
/// @param remark a decision with its reason, or why no test proves it; may be empty
record Requirement(
        String id, String level, String source, String text, List<String> code, String remark) {

    /// Finds the ids in a text; `10.0.0.0/8` is none.
    static final Pattern ID = Pattern.compile("(?<![\\w.:])(?:[A-W]-\\d\\d|0/\\d{1,2})\\b");

    private static final String EXCEPTION = "exception: ";
    private static final int CELLS = 6;

    /// Reads the table; every line must be whole.
    static List<Requirement> read(Path table) throws IOException {
        List<Requirement> found = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(table)) {
            number++;
            if (line.startsWith("#")) {
                continue;
            }
            String[] cells = line.split("\t", -1);
            if (cells.length != CELLS || !ID.matcher(cells[0]).matches() || cells[3].isBlank()) {
                throw new IOException(
                        table + ":" + number + ": want id, level, source, text, code, remark");
            }
            List<String> code = cells[4].isBlank() ? List.of() : List.of(cells[4].split(", "));
            found.add(new Requirement(cells[0], cells[1], cells[2], cells[3], code, cells[5]));
        }
        return found;
    }

    /// The section's letter, or `0`.
    String section() {
        return id.substring(0, 1);
    }

    /// Says whether the remark is the reason why no test proves it.
    boolean isException() {
        return remark.startsWith(EXCEPTION);
    }

    /// The remark as it is printed.
    String reason() {
        return isException() ? remark.substring(EXCEPTION.length()) : remark;
    }
}

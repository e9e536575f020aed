package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `conformance.tsv` says of every requirement which test proves it, or why none does. Here the
/// table itself is proven: nothing is missing from it, and what it names is there.
class ConformanceTableTest {
    private static final Path TABLE = Path.of("src/test/resources/conformance.tsv");
    private static final List<String> MODULES =
            List.of("stun-codec", "turn-server", "integration-tests");
    private static final String TESTED = "tested";
    private static final List<String> UNTESTED = List.of("later issue", "not applicable");

    /// How many requirements each section has.
    private static final Map<String, Integer> SECTIONS =
            Map.of("A", 35, "C", 16, "D", 37, "F", 32, "G", 8, "H", 13, "I", 18, "J", 19);

    private static final int PROCESSING_STEPS = 12;

    /// What stands before the annotations of a method.
    private static final Pattern END_OF_MEMBER = Pattern.compile("(?m)(^    }|;)$");

    private record Row(int line, String id, String verdict, String where) {}

    private static List<Row> rows = List.of();
    private static Map<String, List<String>> sources = Map.of();

    @BeforeAll
    static void read() throws IOException {
        List<Row> found = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(TABLE)) {
            number++;
            if (!line.startsWith("#")) {
                String[] cells = line.split("\t", -1);
                assertEquals(3, cells.length, TABLE + ":" + number + ": id, verdict, where");
                found.add(new Row(number, cells[0], cells[1], cells[2]));
            }
        }
        rows = found;
        sources = readSources();
    }

    private static Map<String, List<String>> readSources() throws IOException {
        Map<String, List<String>> texts = new LinkedHashMap<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src/test/java"))) {
                for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
                    String name = String.valueOf(file.getFileName()).replace(".java", "");
                    texts.computeIfAbsent(name, key -> new ArrayList<>())
                            .add(Files.readString(file));
                }
            }
        }
        return texts;
    }

    @Test
    void listsEveryRequirementOnce() {
        List<String> expected = new ArrayList<>();
        for (int step = 0; step < PROCESSING_STEPS; step++) {
            expected.add("0/" + step);
        }
        SECTIONS.forEach((section, count) -> {
            for (int i = 1; i <= count; i++) {
                expected.add(String.format(Locale.ROOT, "%s-%02d", section, i));
            }
        });
        assertEquals(
                expected.stream().sorted().toList(), rows.stream().map(Row::id).sorted().toList());
    }

    @Test
    void namesOnlyTestsThatExist() {
        assertEquals(List.of(), rows.stream().flatMap(ConformanceTableTest::complaints).toList());
    }

    private static Stream<String> complaints(Row row) {
        String at = TABLE + ":" + row.line + ": " + row.id + ": ";
        if (UNTESTED.contains(row.verdict)) {
            return row.where.isBlank() ? Stream.of(at + "why not?") : Stream.empty();
        }
        if (!row.verdict.equals(TESTED)) {
            return Stream.of(at + "unknown verdict " + row.verdict);
        }
        return Stream.of(row.where.split(", "))
                .filter(test -> !exists(test, row.id))
                .map(test -> at + "there is no " + test);
    }

    private static boolean exists(String test, String id) {
        int hash = test.indexOf('#');
        return hash > 0
                && sources.getOrDefault(test.substring(0, hash), List.of()).stream()
                        .anyMatch(source -> isTest(source, test.substring(hash + 1), id));
    }

    /// Says whether there is a test method of this name. One of this package must also say in its
    /// display name that it is for this requirement.
    private static boolean isTest(String source, String method, String id) {
        int at = source.indexOf("    void " + method + "(");
        if (at < 0) {
            return false;
        }
        Matcher end = END_OF_MEMBER.matcher(source.substring(0, at));
        int from = 0;
        while (end.find()) {
            from = end.end();
        }
        String annotations = source.substring(from, at);
        boolean isOurs = source.startsWith("package org.turnd.server.engine;");
        return annotations.contains("Test") && (!isOurs || names(annotations, id));
    }

    // 0/1 is not named by 0/10.
    private static boolean names(String text, String id) {
        return Pattern.compile(Pattern.quote(id) + "(?!\\d)").matcher(text).find();
    }
}

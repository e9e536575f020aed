package org.turnd.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.ErrorReason;

/// Holds `docs/reference/error-codes.md` against the server: every cause of a refusal is on the
/// page, with each code that the sources answer it with. What a reader should know of one stands in
/// `error-codes.tsv`. With `-Dturnd.regenerate=true` it writes the page first.
class ErrorCodesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "error-codes.md");
    private static final Path SOURCES = Path.of("..", "turn-server", "src", "main");
    private static final Pattern REFUSAL =
            Pattern.compile("ErrorReason\\.([A-Z_]+),\\s*RefusalCause\\.([A-Z_]+)");

    /// What is said of a cause.
    private record Row(int code, String cause, String meaning, String advice) {
        static Row of(String line) {
            String[] cells = line.split("\t", -1);
            assertEquals(4, cells.length, line);
            return new Row(Integer.parseInt(cells[0]), cells[1], cells[2], cells[3]);
        }

        String key() {
            return code + " " + cause;
        }
    }

    @Test
    void everyRefusalIsExplained() throws IOException {
        List<Row> rows = rows();
        Set<String> explained = rows.stream().map(Row::key).collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>(refusals());
        missing.removeAll(explained);
        assertEquals(Set.of(), missing);

        Set<String> causes =
                Arrays.stream(RefusalCause.values())
                        .map(RefusalCause::name)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                causes,
                rows.stream().map(Row::cause).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        var page = new StringBuilder(INTRODUCTION);
        for (Row row : rows()) {
            ErrorReason reason = ErrorReason.of(row.code());
            assertNotNull(reason, row.key());
            page.append(
                    "| %d %s | `%s` | %s | %s |\n"
                            .formatted(
                                    row.code(),
                                    reason.phrase(),
                                    row.cause().toLowerCase(Locale.ROOT),
                                    row.meaning(),
                                    row.advice()));
        }
        if (Boolean.getBoolean("turnd.regenerate")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(
                page.toString(),
                Files.readString(PAGE),
                "stale: run this test with -Dturnd.regenerate=true");
    }

    private static List<Row> rows() throws IOException {
        try (InputStream in = ErrorCodesPageTest.class.getResourceAsStream("error-codes.tsv")) {
            var text =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().map(Row::of).toList();
        }
    }

    /// Code and cause of every refusal whose code doesn't depend on anything.
    private static Set<String> refusals() throws IOException {
        var found = new TreeSet<String>();
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(SOURCES)) {
            all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
        }
        for (Path file : files) {
            for (MatchResult refusal : REFUSAL.matcher(Files.readString(file)).results().toList()) {
                found.add(ErrorReason.valueOf(refusal.group(1)).code() + " " + refusal.group(2));
            }
        }
        return found;
    }

    private static final String INTRODUCTION =
            """
            # Error codes

            Generated from the server's causes of refusals; a test holds this page against them.

            Every error response of turnd has one of these codes (RFC 8489 §14.8, RFC 8656 §19, RFC 6062, RFC 8016). The
            cause stands in the log (`request_refused`) and in the metric `turnd_refused_requests_total`; clients are
            told the code alone. A browser shows the code in `icecandidateerror`; its own 701 means that it got no
            answer at all: a firewall, a wrong address or port, or TLS that failed.

            | Code | Cause | What it means | What to do |
            |---|---|---|---|
            """;
}

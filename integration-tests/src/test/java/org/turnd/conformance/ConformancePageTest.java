package org.turnd.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConformancePageTest {
    private static final Path ROOT = Path.of("..");
    private static final Path TABLE = Path.of("src/test/resources/conformance.tsv");
    private static final Path PAGE = ROOT.resolve("docs/conformance.md");
    private static final int REQUIREMENTS_MIN = 316;

    private final Sources sources = sources();
    private final ConformancePage page;

    ConformancePageTest() throws IOException {
        page = new ConformancePage(Requirement.read(TABLE), sources);
    }

    private static Sources sources() {
        try {
            return new Sources(ROOT.toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyRequirementIsProvenOrAnException() {
        assertEquals("", String.join("\n", page.complaints()));
    }

    @Test
    void noRequirementIsForgotten() throws IOException {
        int listed = Requirement.read(TABLE).size();

        assertTrue(listed >= REQUIREMENTS_MIN, "only " + listed);
    }

    @Test
    void pageIsUpToDate() throws IOException {
        String expected = page.markdown(new RfcTables(sources).markdown());
        if (Boolean.getBoolean("turnd.regenerate")) {
            Files.writeString(PAGE, expected);
        }
        String actual = Files.exists(PAGE) ? Files.readString(PAGE) : "";

        assertTrue(
                expected.equals(actual),
                "docs/conformance.md is stale; its head says how to regenerate it");
    }
}

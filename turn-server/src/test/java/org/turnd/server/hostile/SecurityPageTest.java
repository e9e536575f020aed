package org.turnd.server.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Keeps `docs/security.md` fresh: it names every test of this package, and no test that isn't
/// there.
class SecurityPageTest {
    private static final Path PAGE = Path.of("../docs/security.md");
    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern NAMED = Pattern.compile("\\b(\\w+Test)#(\\w+)");
    private static final Pattern METHOD =
            Pattern.compile(
                    "@(?:Test|ParameterizedTest)\\b(?:(?!\\n    }).)*?\\n    void (\\w+)\\(",
                    Pattern.DOTALL);

    @Test
    void namesEveryTestOfAnAttack() throws IOException {
        var missing = new TreeSet<String>();
        String page = Files.readString(PAGE);
        for (Map.Entry<String, String> test : sources().entrySet()) {
            if (test.getValue().contains("package org.turnd.server.hostile;")
                    && !test.getKey().equals(getClass().getSimpleName())) {
                Matcher method = METHOD.matcher(test.getValue());
                while (method.find()) {
                    missing.add(test.getKey() + "#" + method.group(1));
                }
            }
        }
        assertTrue(missing.size() > 20, missing::toString);
        missing.removeIf(name -> Pattern.compile(name + "\\b").matcher(page).find());
        assertEquals(new TreeSet<String>(), missing);
    }

    @Test
    void namesNoTestThatIsNotThere() throws IOException {
        Map<String, String> sources = sources();
        var unknown = new TreeSet<String>();
        Matcher named = NAMED.matcher(Files.readString(PAGE));
        while (named.find()) {
            String source = sources.getOrDefault(named.group(1), "");
            if (!source.contains("void " + named.group(2) + "(")) {
                unknown.add(named.group());
            }
        }
        assertEquals(new TreeSet<String>(), unknown);
    }

    private static Map<String, String> sources() throws IOException {
        var sources = new HashMap<String, String>();
        try (var files = Files.walk(TESTS)) {
            for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                sources.put(name, Files.readString(file));
            }
        }
        return sources;
    }
}

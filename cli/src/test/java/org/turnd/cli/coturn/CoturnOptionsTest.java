package org.turnd.cli.coturn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CoturnOptionsTest {
    private static final Path PAGE = Path.of("../docs/howto/migrating-from-coturn.md");
    private static final String BEGIN = "<!-- generated: options -->\n";
    private static final String END = "<!-- end of what is generated -->\n";
    private static final Path SHIPPED = Path.of("/etc/turnserver.conf");
    private static final Pattern USAGE = Pattern.compile("(?m)^ ?-.*");
    private static final Pattern LONG = Pattern.compile("(?<![\\w-])--([a-zA-Z][\\w-]+)");
    private static final Pattern SHORT = Pattern.compile("(?<![\\w-])-([a-zA-Z])(?![\\w-])");
    private static final Pattern SETTING = Pattern.compile("(?m)^#? ?([a-z][\\w-]+)=.*");

    /// Those that are about the command line itself.
    private static final Set<String> NO_SETTINGS = Set.of("c", "n", "h", "version");

    @Test
    void everyOptionOfTheInstalledCoturnIsKnown() throws Exception {
        String usage = usage();
        var unknown = new TreeSet<String>();
        int[] count = new int[1];
        USAGE.matcher(usage)
                .results()
                .forEach(found -> {
                    // Behind two tabs begins what it is for.
                    String names = found.group().split("\t", 2)[0];
                    LONG.matcher(names)
                            .results()
                            .map(name -> name.group(1))
                            .forEach(name -> {
                                count[0]++;
                                if (CoturnOptions.named(name) == null
                                        && !NO_SETTINGS.contains(name)) {
                                    unknown.add(name);
                                }
                            });
                    SHORT.matcher(names)
                            .results()
                            .map(name -> name.group(1))
                            .forEach(letter -> {
                                if (CoturnOptions.ofLetter(letter) == null
                                        && !NO_SETTINGS.contains(letter)) {
                                    unknown.add(letter);
                                }
                            });
                });
        assertEquals(Set.of(), unknown);
        assertTrue(count[0] > 100, count[0] + " options in\n" + usage);
    }

    @Test
    void everySettingOfTheShippedFileIsKnown() throws IOException {
        var unknown = new TreeSet<String>();
        int[] count = new int[1];
        SETTING.matcher(Files.readString(SHIPPED))
                .results()
                .map(found -> found.group(1))
                .forEach(name -> {
                    count[0]++;
                    if (CoturnOptions.named(name) == null) {
                        unknown.add(name);
                    }
                });
        assertEquals(Set.of(), unknown);
        assertTrue(count[0] > 60, () -> count[0] + " settings in " + SHIPPED);
    }

    @Test
    void namesAndLettersAreOnesOwn() {
        var names = new TreeSet<String>();
        var letters = new TreeSet<String>();
        for (CoturnOption option : CoturnOptions.all()) {
            assertTrue(names.add(option.name()), option.name());
            if (option.letter() != null) {
                assertTrue(letters.add(option.letter()), option.name());
            }
        }
    }

    @Test
    void thePageForOperatorsHasTheTable() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        assertTrue(begin > 0 && end > begin, "the page has no place for the table");
        String expected =
                page.substring(0, begin) + BEGIN + CoturnOptionsPage.table() + page.substring(end);
        if (Boolean.getBoolean("turnd.regenerate")) {
            Files.writeString(PAGE, expected);
        } else {
            assertEquals(
                    expected,
                    page,
                    "stale; regenerate it with: mvn -pl cli -am test -Dtest=CoturnOptionsTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dturnd.regenerate=true");
        }
    }

    private static String usage() throws Exception {
        Process process = new ProcessBuilder("turnserver", "-h").redirectErrorStream(true).start();
        try (var output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            return text;
        } finally {
            process.destroyForcibly();
        }
    }
}

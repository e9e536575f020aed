package org.turnd.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.docs.MarkdownPage.Block;
import org.turnd.server.config.ConfigLoader;
import org.turnd.server.config.ConfigProblem;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.config.LocalMachine;

/// Every command of the documentation is run, and does what its page says; every configuration in
/// it is one that turnd takes. What can't be run here stands in `commands.conf` with the reason.
@Timeout(240)
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /// What every configuration needs, and what the pages leave out.
    private static final Map<String, String> SECRETS =
            Map.of(
                    "TURND_AUTH_SECRET",
                    "c7Jq2xVw9LmT4kRb8Yzs",
                    "TURND_WEBHOOK_SECRET",
                    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    private static final Pattern DOTS = Pattern.compile("\"\\.\\.\\.\"");

    private final CommandRules rules = CommandRules.read();

    @TempDir private Path directory;

    @TestFactory
    List<DynamicTest> commandsDoWhatThePageSays() throws IOException {
        var pages = new ArrayList<DynamicTest>();
        for (MarkdownPage page : MarkdownPage.all(ROOT)) {
            List<DocumentedCommand> run =
                    DocumentedCommand.of(page, ROOT).stream()
                            .filter(command -> rules.of(command).notRun() == null)
                            .toList();
            if (!run.isEmpty()) {
                pages.add(DynamicTest.dynamicTest(run.getFirst().page(), () -> assertRun(run)));
            }
        }
        return pages;
    }

    private void assertRun(List<DocumentedCommand> commands) throws IOException {
        String page = commands.getFirst().page();
        try (var reader = new Reader(Files.createTempDirectory(directory, "page"), ROOT)) {
            List<String> wrong = reader.read(rules.preparation(page), commands, rules);
            assertEquals("", String.join("\n", wrong));
        }
    }

    @Test
    void everyRuleIsAboutACommand() throws IOException {
        for (MarkdownPage page : MarkdownPage.all(ROOT)) {
            DocumentedCommand.of(page, ROOT).forEach(rules::of);
        }
        assertEquals(List.of(), rules.unused());
    }

    @Test
    void testsThatRulesNameExist() throws IOException {
        try (Stream<Path> sources = Files.walk(ROOT)) {
            Set<String> tests =
                    sources.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith("Test.java"))
                            .map(name -> name.replace(".java", ""))
                            .collect(Collectors.toSet());
            var missing = new ArrayList<>(rules.namedTests());
            missing.removeAll(tests);
            assertEquals(List.of(), missing);
        }
    }

    /// Addresses and files of another machine are the only problems that a configuration in the
    /// text may have. Dots stand for a secret.
    @Test
    void configurationLoads() throws IOException {
        var wrong = new ArrayList<String>();
        for (MarkdownPage page : MarkdownPage.all(ROOT)) {
            for (Block block : page.blocks) {
                if (block.language().equals("hocon")) {
                    problemsOf(block).stream()
                            .filter(problem -> !isOfThisMachine(problem))
                            .forEach(problem ->
                                    wrong.add(ROOT.relativize(page.file) + ": " + problem));
                }
            }
        }
        assertEquals("", String.join("\n", wrong));
    }

    private List<ConfigProblem> problemsOf(Block block) throws IOException {
        Path file = directory.resolve("turnd.conf");
        var number = new AtomicInteger();
        String text =
                DOTS.matcher(block.text())
                        .replaceAll(dots ->
                                "\"nT8wQz4kYp2sVb6xJc9rLm3f" + number.incrementAndGet() + "\"");
        Files.writeString(file, text + "http.address = none\n");
        ConfigResult result = ConfigLoader.load(file, SECRETS, LocalMachine.look());
        return result instanceof ConfigResult.Refused refused ? refused.problems() : List.of();
    }

    private static boolean isOfThisMachine(ConfigProblem problem) {
        return problem.mayPass()
                || problem.found().startsWith("there is no file /etc/turnd/")
                || problem.found().endsWith("can't be read");
    }
}

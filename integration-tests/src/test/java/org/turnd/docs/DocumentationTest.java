package org.turnd.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.cli.Turnd;
import org.turnd.docs.MarkdownPage.Block;
import org.turnd.docs.MarkdownPage.Fragment;
import picocli.CommandLine.ParameterException;

/// What the documentation says can be followed: links lead somewhere, shell code is shell code, and
/// every `turnd` command in it is one that turnd understands.
@Timeout(40)
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> SHELL = List.of("sh", "console");

    /// A turnd command up to a comment, or to what the shell does with its output.
    private static final Pattern COMMAND =
            Pattern.compile(
                    "(?:^|[\\s(;|&])(?:\\./|/usr/bin/)?turnd((?: +[^\\s#|><;&()][^\\s()]*)+)");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    private final List<String> mistakes = new ArrayList<>();

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        for (MarkdownPage page : MarkdownPage.all(ROOT)) {
            for (Fragment link : page.links) {
                if (!link.text().matches("[a-z]+:.*")) {
                    note(page, link.line(), link.text(), brokenLink(page, link.text()));
                }
            }
        }
        assertNoMistakes();
    }

    @Test
    void everyTurndCommandIsUnderstood() throws IOException {
        int commands = 0;
        for (MarkdownPage page : MarkdownPage.all(ROOT)) {
            for (Block block : shell(page)) {
                for (Fragment line : block.lines()) {
                    Matcher command = COMMAND.matcher(line.text().replaceFirst("(^| +)#.*", ""));
                    while (command.find()) {
                        String arguments = command.group(1).strip();
                        commands++;
                        note(page, line.line(), "turnd " + arguments, misunderstood(arguments));
                    }
                }
            }
        }
        assertNoMistakes();
        assertTrue(commands > 30, () -> "found few commands");
    }

    @Test
    void everyShellBlockIsShell() throws Exception {
        for (MarkdownPage page : MarkdownPage.all(ROOT)) {
            for (Block block : shell(page)) {
                note(page, block.lines().getFirst().line(), "bash -n", badSyntax(block.text()));
            }
        }
        assertNoMistakes();
    }

    private static List<Block> shell(MarkdownPage page) {
        return page.blocks.stream().filter(block -> SHELL.contains(block.language())).toList();
    }

    private static @Nullable String brokenLink(MarkdownPage page, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path target =
                parts[0].isEmpty() ? page.file : page.file.resolveSibling(parts[0]).normalize();
        if (!Files.exists(target)) {
            return "no such file";
        }
        boolean there =
                parts.length == 1
                        || !target.toString().endsWith(".md")
                        || MarkdownPage.read(target).anchors.contains(parts[1]);
        return there ? null : "no such heading";
    }

    private static @Nullable String misunderstood(String arguments) {
        String[] words =
                WORD.matcher(arguments)
                        .results()
                        .map(word -> word.group().replaceAll("^(['\"])(.*)\\1$", "$2"))
                        .toArray(String[]::new);
        try {
            Turnd.commandLine().parseArgs(words);
            return null;
        } catch (ParameterException wrong) {
            return wrong.getMessage();
        }
    }

    private static @Nullable String badSyntax(String script) throws Exception {
        Process bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
        try (var input = bash.outputWriter(StandardCharsets.UTF_8)) {
            input.write(script);
        }
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return bash.waitFor() == 0 ? null : said.strip();
    }

    private void note(MarkdownPage page, int line, String what, @Nullable String mistake) {
        if (mistake != null) {
            mistakes.add(
                    "%s:%d: %s: %s".formatted(ROOT.relativize(page.file), line, what, mistake));
        }
    }

    private void assertNoMistakes() {
        assertEquals(List.of(), mistakes, () -> String.join("\n", mistakes));
    }
}

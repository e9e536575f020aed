package org.turnd.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.turnd.cli.Turnd;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Holds `docs/reference/commands.md` against the commands that there are. With
/// `-Dturnd.regenerate=true` it writes the page first.
class CommandsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "commands.md");

    private final StringBuilder page = new StringBuilder();

    @Test
    void theReferenceListsWhatThereIs() throws IOException {
        page.append(
                "# Commands\n\nGenerated from the program: a test holds this page against it.\n");
        page.append("`turnd COMMAND --help` shows the same, `turnd man` as a manual page.\n");
        CommandSpec root = Turnd.commandLine().getCommandSpec();
        describe(root);
        page.append("\n## Exit codes\n\n| Code | Meaning |\n|---|---|\n");
        root.usageMessage()
                .exitCodeList()
                .forEach((code, meaning) -> row(code.strip(), cell(meaning)));

        if (Boolean.getBoolean("turnd.regenerate")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(
                page.toString(),
                Files.readString(PAGE),
                "stale: run this test with -Dturnd.regenerate=true");
    }

    private void describe(CommandSpec command) {
        page.append("\n## ").append(command.qualifiedName(" ")).append("\n\n");
        page.append(prose(command.usageMessage().description())).append('\n');
        var options = command.options().stream().filter(option -> !option.hidden()).toList();
        if (!options.isEmpty() || !command.positionalParameters().isEmpty()) {
            page.append("\n| Argument | Meaning |\n|---|---|\n");
            command.positionalParameters().forEach(this::argument);
            options.forEach(this::argument);
        }
        command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(child -> !child.usageMessage().hidden() && !child.helpCommand())
                .distinct()
                .forEach(this::describe);
    }

    private void argument(ArgSpec argument) {
        String fallback = argument.defaultValue();
        row(
                label(argument),
                cell(prose(argument.description()))
                        + (fallback == null ? "" : " Default: `" + cell(fallback) + "`."));
    }

    private static String label(ArgSpec argument) {
        String value = argument.arity().max() == 0 ? "" : argument.paramLabel();
        return argument instanceof OptionSpec option
                ? (String.join(", ", option.names()) + " " + value).strip()
                : value;
    }

    private void row(String first, String second) {
        page.append("| `%s` | %s |\n".formatted(cell(first), second));
    }

    private static String prose(String[] sentences) {
        return Stream.of(sentences).map(Ansi.OFF::string).collect(Collectors.joining(" "));
    }

    /// A bar would end the cell.
    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}

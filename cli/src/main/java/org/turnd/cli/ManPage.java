package org.turnd.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// A manual page (`man(7)`) out of a command's own description.
final class ManPage {
    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    /// Returns the page of this command.
    static String of(CommandSpec command) {
        var page = new ManPage();
        page.head(command);
        page.synopsis(command);
        page.description(command);
        page.arguments(command);
        page.commands(command);
        page.exitCodes(command.root());
        return page.page.toString();
    }

    /// Returns the page's name, such as `turnd-config-print`.
    static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /// Returns the subcommands that have a page of their own.
    static List<CommandSpec> children(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(line -> line.getCommandSpec())
                .filter(child -> !child.usageMessage().hidden() && !child.helpCommand())
                .distinct()
                .toList();
    }

    private void head(CommandSpec command) {
        String name = name(command);
        line(".TH \"%s\" 1 \"\" \"turnd\" \"turnd\"".formatted(name.toUpperCase(Locale.ROOT)));
        line(".SH NAME");
        line(escape(name) + " \\- " + escape(first(command.usageMessage().description())));
    }

    private void synopsis(CommandSpec command) {
        line(".SH SYNOPSIS");
        line(".B " + escape(command.qualifiedName(" ")));
        for (OptionSpec option : options(command)) {
            line("[" + label(option) + "]");
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            line(label(parameter));
        }
        if (!children(command).isEmpty()) {
            line("\\fICOMMAND\\fR");
        }
    }

    private void description(CommandSpec command) {
        line(".SH DESCRIPTION");
        for (String sentence : command.usageMessage().description()) {
            line(escape(sentence));
            line(".br");
        }
    }

    private void arguments(CommandSpec command) {
        if (options(command).isEmpty() && command.positionalParameters().isEmpty()) {
            return;
        }
        line(".SH OPTIONS");
        command.positionalParameters().forEach(this::argument);
        options(command).forEach(this::argument);
    }

    private void argument(ArgSpec argument) {
        line(".TP");
        line(label(argument));
        line(escape(String.join(" ", argument.description())));
        String fallback = argument.defaultValue();
        if (fallback != null) {
            line("Default: " + escape(fallback) + ".");
        }
    }

    private void commands(CommandSpec command) {
        List<CommandSpec> children = children(command);
        if (children.isEmpty()) {
            return;
        }
        line(".SH COMMANDS");
        for (CommandSpec child : children) {
            line(".TP");
            line("\\fB" + escape(name(child)) + "\\fR(1)");
            line(escape(first(child.usageMessage().description())));
        }
    }

    private void exitCodes(CommandSpec root) {
        line(".SH EXIT STATUS");
        root.usageMessage()
                .exitCodeList()
                .forEach((code, meaning) -> {
                    line(".TP");
                    line("\\fB" + escape(code.strip()) + "\\fR");
                    line(escape(meaning) + ".");
                });
    }

    private static List<OptionSpec> options(CommandSpec command) {
        return command.options().stream().filter(option -> !option.hidden()).toList();
    }

    private static String label(ArgSpec argument) {
        String parameter =
                argument.arity().max() == 0 ? "" : " \\fI" + escape(argument.paramLabel()) + "\\fR";
        return argument instanceof OptionSpec option
                ? List.of(option.names()).stream()
                                .map(name -> "\\fB" + escape(name) + "\\fR")
                                .collect(Collectors.joining(", "))
                        + parameter
                : parameter.strip();
    }

    private static String first(String[] sentences) {
        String first = sentences.length == 0 ? "" : Ansi.OFF.string(sentences[0]);
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    /// Keeps text from being read as a request or an escape.
    private static String escape(String text) {
        String escaped = Ansi.OFF.string(text).replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}

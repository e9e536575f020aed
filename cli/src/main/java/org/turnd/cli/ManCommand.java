package org.turnd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `turnd man`: writes the manual, one page a command.
@Command(
        name = "man",
        description = {
            "Prints the manual page, or writes those of all commands into a directory.",
            "Read it with: turnd man | man -l -"
        })
final class ManCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIRECTORY",
            description = "Where to write turnd.1, turnd-run.1 and so on.")
    private @Nullable Path directory;

    @SuppressWarnings("NullAway.Init") // Picocli sets the field
    ManCommand() {}

    @Override
    public Integer call() throws IOException {
        if (directory == null) {
            spec.commandLine().getOut().print(ManPage.of(spec.root()));
            spec.commandLine().getOut().flush();
        } else {
            write(spec.root(), directory);
        }
        return ExitCode.OK;
    }

    private static void write(CommandSpec command, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(ManPage.name(command) + ".1"), ManPage.of(command));
        for (CommandSpec child : ManPage.children(command)) {
            write(child, directory);
        }
    }
}

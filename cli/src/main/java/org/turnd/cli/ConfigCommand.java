package org.turnd.cli;

import java.util.concurrent.Callable;
import org.turnd.cli.admin.EffectiveCommand;
import org.turnd.server.config.ConfigPrinter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `turnd config`.
@Command(
        name = "config",
        description = "Shows the configuration.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ConfigCommand.Print.class, EffectiveCommand.class})
final class ConfigCommand implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // Picocli sets the field
    ConfigCommand() {}

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Missing a command: turnd config print or effective");
    }

    /// `turnd config print`.
    @Command(
            name = "print",
            description =
                    "Prints every key with the value that takes effect and where it comes from;"
                            + " secrets are hidden.")
    static final class Print implements Callable<Integer> {
        @Spec private CommandSpec spec;
        @Mixin private ConfigSource source;

        @SuppressWarnings("NullAway.Init") // Picocli sets the fields
        Print() {}

        @Override
        public Integer call() throws ConfigurationFailure {
            var loaded = source.load(System.getenv());
            loaded.warnings()
                    .forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
            spec.commandLine().getOut().print(ConfigPrinter.print(loaded.values()));
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        }
    }
}

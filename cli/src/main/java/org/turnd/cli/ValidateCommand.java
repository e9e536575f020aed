package org.turnd.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.turnd.server.config.ConfigResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `turnd validate`.
@Command(
        name = "validate",
        description =
                "Checks a configuration and reports every problem with its place and its fix.")
final class ValidateCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ConfigSource source;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    ValidateCommand() {}

    @Override
    public Integer call() throws ConfigurationFailure {
        Map<String, String> environment = System.getenv();
        ConfigResult.Loaded loaded = source.load(environment);
        loaded.warnings()
                .forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
        spec.commandLine().getOut().println(source.name(environment) + ": valid");
        return ExitCode.OK;
    }
}

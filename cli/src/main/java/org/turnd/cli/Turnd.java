package org.turnd.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.turnd.cli.admin.DrainCommand;
import org.turnd.cli.admin.LogLevelCommand;
import org.turnd.cli.admin.ReloadCommand;
import org.turnd.cli.admin.SecretsCommand;
import org.turnd.cli.admin.SessionsCommand;
import org.turnd.cli.admin.TopCommand;
import org.turnd.cli.admin.UsersCommand;
import org.turnd.cli.bench.BenchCommand;
import org.turnd.cli.coturn.ImportCoturnCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `turnd` command: its subcommands and its exit codes.
@Command(
        name = "turnd",
        description = "A STUN/TURN server for WebRTC.",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        versionProvider = VersionCommand.Text.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:it worked; a daemon was told to stop and did",
            " 1:it failed at run time",
            " 2:the command line is wrong",
            "78:the configuration is wrong"
        })
public final class Turnd implements Runnable {
    /// Those that look at no other command, and so can be made alone.
    private static final Map<String, Class<?>> SOLITARY =
            Map.of(
                    "run", RunCommand.class,
                    "validate", ValidateCommand.class,
                    "credentials", CredentialsCommand.class,
                    "check", CheckCommand.class,
                    "bench", BenchCommand.class,
                    "import-coturn", ImportCoturnCommand.class,
                    "version", VersionCommand.class);

    private static final List<Class<?>> SUBCOMMANDS =
            List.of(
                    RunCommand.class,
                    InitCommand.class,
                    ValidateCommand.class,
                    ConfigCommand.class,
                    CredentialsCommand.class,
                    CheckCommand.class,
                    DoctorCommand.class,
                    BenchCommand.class,
                    ImportCoturnCommand.class,
                    SessionsCommand.class,
                    TopCommand.class,
                    UsersCommand.class,
                    SecretsCommand.class,
                    DrainCommand.class,
                    DrainCommand.Undo.class,
                    LogLevelCommand.class,
                    ReloadCommand.class,
                    VersionCommand.class,
                    CompletionCommand.class,
                    ManCommand.class,
                    CommandLine.HelpCommand.class);

    @Spec private CommandSpec spec;

    /// Made by Picocli.
    @SuppressWarnings("NullAway.Init") // Picocli sets the field
    public Turnd() {}

    /// Runs the command and ends the process with its exit code.
    public static void main(String[] args) {
        LogSetup.quiet();
        Class<?> only = args.length == 0 ? null : SOLITARY.get(args[0]);
        CommandLine line = only == null ? commandLine() : commandLine(List.of(only));
        System.exit(line.execute(args));
    }

    /// Returns the whole command with the subcommands that other jars bring.
    public static CommandLine commandLine() {
        CommandLine line = commandLine(SUBCOMMANDS);
        for (CommandExtension extension : ServiceLoader.load(CommandExtension.class)) {
            line.addSubcommand(extension.command());
        }
        return line;
    }

    /// Picocli reads every annotation of every command it is given: a daemon's start need not wait
    /// for the options of the others.
    private static CommandLine commandLine(List<Class<?>> subcommands) {
        CommandLine line = new CommandLine(new Turnd());
        subcommands.forEach(line::addSubcommand);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(new Failures());
        return line;
    }

    /// `turnd` alone shows what there is, and is a mistake.
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing a command");
    }

    /// One line for what the operator can act on; a stack trace only for what is our own bug.
    private static final class Failures implements CommandLine.IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(
                Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
            PrintWriter err = line.getErr();
            switch (failure) {
                case ConfigurationFailure e -> {
                    err.println(e.getMessage());
                    return e.exitCode();
                }
                case java.io.IOException e -> err.println("turnd: " + reason(e));
                default -> {
                    err.println("turnd: this is a bug in turnd; please report it");
                    failure.printStackTrace(err);
                }
            }
            return ExitCode.FAILURE;
        }

        private static String reason(Throwable failure) {
            var text = new StringBuilder(String.valueOf(failure.getMessage()));
            for (Throwable t = failure.getCause(); t != null; t = t.getCause()) {
                text.append(": ").append(t.getMessage());
            }
            return text.toString();
        }
    }
}

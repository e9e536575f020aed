package org.turnd.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `turnd version`.
@Command(
        name = "version",
        description = "Prints the version of turnd and of the Java that runs it.")
final class VersionCommand implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // Picocli sets the field
    VersionCommand() {}

    @Override
    public void run() {
        spec.commandLine().getOut().println(Text.line());
    }

    /// The text of `version` and `--version`.
    static final class Text implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {line()};
        }

        static String line() {
            return "turnd %s (Java %s, %s %s)"
                    .formatted(
                            org.turnd.server.Version.text(),
                            System.getProperty("java.version"),
                            System.getProperty("os.name"),
                            System.getProperty("os.arch"));
        }
    }
}

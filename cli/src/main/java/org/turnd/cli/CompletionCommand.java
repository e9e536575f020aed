package org.turnd.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `turnd completion`.
@Command(
        name = "completion",
        description = {
            "Prints the completion of bash and zsh.",
            "Use it with: source <(turnd completion)"
        })
final class CompletionCommand implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // Picocli sets the field
    CompletionCommand() {}

    @Override
    public void run() {
        var root = spec.root().commandLine();
        root.getOut().print(AutoComplete.bash(spec.root().name(), root));
        root.getOut().flush();
    }
}

package org.turnd.cli;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.turnd.cli.check.CheckJson;
import org.turnd.cli.check.CheckReport;
import org.turnd.cli.check.CheckText;
import org.turnd.cli.check.ServerCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `turnd check`.
@Command(
        name = "check",
        description = {
            "Asks servers what a browser would ask: their address for you, an allocation, a"
                    + " permission, and packets through the relay and back.",
            "Says for each failure what it probably means and what to do."
        })
public final class CheckCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "URL",
            arity = "0..*",
            description = "stun:, stuns:, turn: or turns: URLs, as in an RTCConfiguration.")
    private List<String> urls = new ArrayList<>();

    @Mixin private TargetServer target;

    @Option(names = "--json", description = "Print JSON.")
    private boolean isJson;

    /// Made by Picocli.
    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    public CheckCommand() {}

    @Override
    public Integer call() throws IOException, ConfigurationFailure {
        var chosen = target.choose(urls);
        var check = new ServerCheck(chosen.options(), InstantSource.system());
        var uris = chosen.uris();
        var reports = uris.stream().flatMap(uri -> check.check(uri).stream()).toList();
        var out = spec.commandLine().getOut();
        if (isJson) {
            out.println(CheckJson.of(reports));
        } else {
            out.print(new CheckText(spec.commandLine().getColorScheme().ansi()).of(reports));
        }
        out.flush();
        return reports.stream().allMatch(CheckReport::isGood) ? ExitCode.OK : ExitCode.FAILURE;
    }
}

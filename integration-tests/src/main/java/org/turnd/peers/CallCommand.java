package org.turnd.peers;

import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.turnd.peers.call.CallFailure;
import org.turnd.peers.call.CallOptions;
import org.turnd.peers.call.CallReport;
import org.turnd.peers.server.IceServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `turnd peers call`: whole sessions between two peers of this machine through a given server.
@Command(
        name = "call",
        description = {
            "Holds whole WebRTC sessions between two peers of this machine through a TURN server.",
            "Each has audio, video and files over a data channel, an ICE restart and a second video track; each is"
                    + " checked: who met how, frames decoded, sound heard, SHA-256 of the files."
        },
        mixinStandardHelpOptions = true)
final class CallCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--ice-server",
            required = true,
            paramLabel = "URL",
            description =
                    "The server, such as turn:192.0.2.1:3478?transport=tcp; may be given several times.")
    private List<String> urls = List.of();

    @Option(names = "--username", required = true, paramLabel = "U", description = "The user name.")
    private String username = "";

    @Option(
            names = "--credential",
            required = true,
            paramLabel = "P",
            description = "The password.")
    private String credential = "";

    @Option(
            names = "--calls",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many calls (${DEFAULT-VALUE}).")
    private int calls;

    @Option(
            names = "--concurrency",
            paramLabel = "M",
            defaultValue = "4",
            description = "How many of them at a time (${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "0",
            description = "How long a call goes on when all is checked (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--policy",
            converter = Choice.Policy.class,
            completionCandidates = Choice.Policy.class,
            defaultValue = "relay",
            description =
                    "Which candidates the peers may use: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private CandidatePolicy policy = CandidatePolicy.RELAY;

    @Option(names = "--json", description = "Print the reports as JSON.")
    private boolean json;

    @Override
    public Integer call() {
        var batch = new CallBatch(options(), calls, concurrency);
        try {
            var reports = hold(batch);
            var printer = new ReportPrinter(spec.commandLine().getOut());
            if (json) {
                printer.json(reports);
            } else {
                printer.table(reports);
            }
            return reports.stream().allMatch(CallReport::good) ? 0 : 1;
        } catch (CallFailure e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private CallOptions options() {
        if (calls < 1 || concurrency < 1 || seconds < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--calls and --concurrency are 1 or more, --seconds 0 or more");
        }
        for (var url : urls) {
            if (!url.startsWith("turn:") && !url.startsWith("turns:")) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--ice-server: expected turn:... or turns:..., found '" + url + "'");
            }
        }
        var servers = urls.stream().map(url -> new IceServer(url, username, credential)).toList();
        var options = CallOptions.through(servers).lasting(seconds);
        return policy == CandidatePolicy.ALL ? options.withAnyCandidates() : options;
    }

    private List<CallReport> hold(CallBatch batch) {
        if (json || !isTerminal()) {
            return batch.hold(() -> {});
        }
        try (ProgressBar bar =
                new ProgressBarBuilder()
                        .setTaskName("calls")
                        .setInitialMax(calls)
                        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                        .build()) {
            return batch.hold(bar::step);
        }
    }

    // The check knows JDK 22 to 24; since JDK 25 there is no console again where there is no
    // terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }
}

package org.turnd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.turnd.cli.dev.DevServer;
import org.turnd.cli.dev.DevState;
import org.turnd.server.StartFailure;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.RestCredential;
import org.turnd.stun.RestCredentials;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `turnd run`.
@Command(
        name = "run",
        description = {
            "Runs the server until it is told to stop.",
            "SIGTERM and SIGINT drain: no new allocations, and the end when the last one is over or"
                    + " the drain time is. A second signal ends it at once.",
            "SIGHUP, where there is no terminal, reads the configuration again."
        })
final class RunCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ArgGroup private Source source = new Source();

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    RunCommand() {}

    /// What to run: a configuration, or the server for development.
    static final class Source {
        @ArgGroup(exclusive = false)
        ConfigSource config = new ConfigSource();

        @Option(
                names = "--dev",
                description =
                        "For development: needs no configuration, listens on all addresses of this"
                                + " machine, lets private peers be reached.")
        boolean isDev;
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> environment = System.getenv();
        try {
            if (source.isDev) {
                runDev(DevServer.prepare(environment), environment);
            } else {
                runConfigured(environment);
            }
        } catch (StartFailure e) {
            e.problems().forEach(problem -> err().println("turnd: " + problem));
            err().flush();
            return ExitCode.FAILURE;
        } finally {
            LogSetup.close();
        }
        return ExitCode.OK;
    }

    private void runConfigured(Map<String, String> environment)
            throws ConfigurationFailure, IOException, StartFailure, InterruptedException {
        ConfigResult.Loaded loaded = source.config.load(environment);
        LogSetup.apply(loaded.settings().log());
        loaded.warnings().forEach(Daemon::warn);
        new Daemon(loaded, source.config.source(environment), environment).run(server -> {});
    }

    private void runDev(DevServer dev, Map<String, String> environment)
            throws IOException, StartFailure, InterruptedException {
        LogSetup.apply(dev.settings().log());
        var loaded = new ConfigResult.Loaded(dev.settings(), Switch.OFF, List.of(), List.of());
        new Daemon(loaded, RunCommand::nothingToRead, environment)
                .run(server -> greet(dev, server));
    }

    private static ConfigResult nothingToRead() throws IOException {
        throw new IOException(
                "a server started with --dev has no configuration to read again; restart it");
    }

    private void greet(DevServer dev, TurnServer server) throws IOException {
        RestCredential credential =
                RestCredentials.issue(
                        dev.settings().auth().secrets().getFirst().value(),
                        "dev",
                        Instant.now().plus(DevServer.CREDENTIAL_LIFETIME).getEpochSecond(),
                        dev.settings().auth().separator());
        DevState.of(System.getenv()).remember(server.listeners().getFirst().address().port());
        List<String> urls = IceServerUrls.of(server.listeners(), dev.host(), true);
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.println("*** DEVELOPMENT SERVER: peers in private networks and on this machine can be");
        out.println("*** reached through it. Do not let strangers have its credentials.");
        out.println();
        out.println("RTCConfiguration:");
        out.println(new RtcConfiguration(urls, credential).json());
        out.println();
        out.println("Check it with:");
        out.println("  " + System.getProperty("turnd.launcher", "turnd") + " check --dev");
        out.println();
        out.flush();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}

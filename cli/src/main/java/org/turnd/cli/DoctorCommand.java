package org.turnd.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.doctor.DoctorVisit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `turnd doctor`.
@Command(
        name = "doctor",
        description = {
            "Looks at the machine of a server and at its configuration: listeners, relays, the"
                    + " address that peers are told, the certificate, the kernel's limits, the clock.",
            "Says of each finding how to mend it. Run it where the server runs, best as its user."
        })
final class DoctorCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ConfigSource source;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "The name that clients use for the server; the certificate must have it.")
    private @Nullable String host;

    @Option(
            names = "--stun",
            paramLabel = "HOST[:PORT]",
            description =
                    "A STUN server in another network. It is asked which address this machine's"
                            + " packets come from; nobody is asked without this.")
    private @Nullable String stun;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "A PEM file with the only authorities that clients trust.")
    private @Nullable Path authorities;

    @Option(names = "--json", description = "Print JSON.")
    private boolean isJson;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    DoctorCommand() {}

    @Override
    public Integer call() throws IOException, ConfigurationFailure {
        var loaded = source.load(System.getenv());
        var visit = new DoctorVisit(loaded.settings(), loaded.warnings());
        try {
            if (host != null) {
                visit.clientsUse(host);
            }
            if (stun != null) {
                visit.ask(stun);
            }
            if (authorities != null) {
                visit.trust(authorities);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        var report = visit.examine();
        var out = spec.commandLine().getOut();
        if (isJson) {
            out.println(report.json());
        } else {
            out.print(report.text(spec.commandLine().getColorScheme().ansi()));
        }
        out.flush();
        return report.isGood() ? ExitCode.OK : ExitCode.FAILURE;
    }
}

package org.turnd.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.check.Retransmission;
import org.turnd.cli.check.TlsTrust;
import org.turnd.cli.dev.DevServer;
import org.turnd.stun.IceServerUri;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options that name servers, and what is shown to them.
///
/// For Picocli's `@Mixin`: `turnd check` and `turnd bench` understand the same.
public final class TargetServer {
    private static final int LONGEST_TIMEOUT_SECONDS = 60;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @ArgGroup private @Nullable Source source;

    @Option(names = "--username", paramLabel = "NAME", description = "The user name to show.")
    private @Nullable String username;

    @Option(
            names = "--credential",
            paramLabel = "PASSWORD",
            description = "The password, credential in an RTCIceServer.")
    private @Nullable String credential;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "A PEM file with the only authorities to trust for TLS.")
    private @Nullable Path authorities;

    @Option(
            names = "--insecure",
            description = "Take certificates that are not good, and say what is wrong with them.")
    private boolean isInsecure;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to wait for an answer, 1 to 60. ${DEFAULT-VALUE} by default.")
    private int timeoutSeconds;

    /// Whose server it is, when it is one's own.
    static final class Source {
        @ArgGroup(
                exclusive = false,
                heading =
                        "The server of a configuration: without URLs all of its listeners, without%n"
                                + "--username fresh credentials%n")
        private @Nullable ConfigSource config;

        @Option(names = "--dev", description = "The server of turnd run --dev, in the same way.")
        private boolean isDev;

        OwnServer server() throws IOException, ConfigurationFailure {
            return isDev || config == null
                    ? OwnServer.ofDevelopment(DevServer.last(System.getenv()))
                    : OwnServer.of(config.load(System.getenv()).settings());
        }
    }

    /// What the options come to.
    ///
    /// @param uris at least one
    /// @param options credentials, patience and trust
    public record Choice(List<IceServerUri> uris, ClientOptions options) {
        /// Copies the list.
        public Choice {
            uris = List.copyOf(uris);
        }
    }

    /// Made by Picocli.
    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    public TargetServer() {}

    /// Returns which servers are meant.
    ///
    /// @param urls as on the command line; empty for all of one's own server
    /// @throws ParameterException what is wrong on the command line
    public Choice choose(List<String> urls) throws IOException, ConfigurationFailure {
        var own = source == null ? null : source.server();
        if (own == null && urls.isEmpty()) {
            throw mistake(
                    "Which server? For example: "
                            + spec.qualifiedName()
                            + " turn:turn.example.org");
        }
        return new Choice(uris(urls.isEmpty() && own != null ? own.urls() : urls), options(own));
    }

    private List<IceServerUri> uris(List<String> urls) {
        var uris = new ArrayList<IceServerUri>();
        var problems = new ArrayList<String>();
        for (var url : urls) {
            switch (IceServerUri.parse(url)) {
                case IceServerUri.Valid(var uri) -> uris.add(uri);
                case IceServerUri.Problem(var text) -> problems.add(url + ": " + text);
            }
        }
        if (!problems.isEmpty()) {
            throw mistake(String.join(System.lineSeparator(), problems));
        }
        return uris;
    }

    private ClientOptions options(@Nullable OwnServer own) {
        if (timeoutSeconds < 1 || timeoutSeconds > LONGEST_TIMEOUT_SECONDS) {
            throw mistake("--timeout: expected 1 to 60 seconds; found " + timeoutSeconds);
        }
        var patience = Retransmission.RFC_8489.limitedTo(Duration.ofSeconds(timeoutSeconds));
        var shown = shown();
        return new ClientOptions(
                shown == null && own != null ? own.credential() : shown, patience, trust(own));
    }

    private @Nullable LongTermCredential shown() {
        if (username != null && credential != null) {
            return new LongTermCredential(username, credential);
        }
        if (username != null || credential != null) {
            throw mistake("--username and --credential belong together");
        }
        return null;
    }

    private TlsTrust trust(@Nullable OwnServer own) {
        var file = authorities == null && own != null ? own.authority() : authorities;
        try {
            var trust =
                    file == null ? TlsTrust.ofDefaultAuthorities() : TlsTrust.ofAuthorities(file);
            return isInsecure ? trust.overlookingProblems() : trust;
        } catch (IOException | CertificateException e) {
            throw mistake("--ca: cannot read certificates from " + file + ": " + e.getMessage());
        }
    }

    private ParameterException mistake(String text) {
        return new ParameterException(spec.commandLine(), text);
    }
}

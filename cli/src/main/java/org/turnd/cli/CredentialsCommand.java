package org.turnd.cli;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.dev.DevServer;
import org.turnd.server.config.OAuthSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.stun.RestCredential;
import org.turnd.stun.RestCredentials;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `turnd credentials`.
@Command(
        name = "credentials",
        description = {
            "Makes time-limited credentials and prints them as RTCConfiguration JSON.",
            "They are what a web application makes with the shared secret, or an authorization server"
                    + " with a key of oauth.keys: nothing is stored, and the server needn't run."
        })
final class CredentialsCommand implements Callable<Integer> {
    private static final Duration TTL_MAX = Duration.ofDays(366);

    @Spec private CommandSpec spec;

    @Mixin private ConfigSource source;

    @Option(names = "--dev", description = "For the server of turnd run --dev.")
    private boolean isDev;

    @Option(
            names = "--user",
            paramLabel = "ID",
            defaultValue = "",
            description = "Your own name for the user; it becomes part of the user name.")
    private String user;

    @Option(
            names = "--ttl",
            paramLabel = "DURATION",
            defaultValue = "1d",
            description = "How long they are good, such as 90s, 15m, 12h or 30d.")
    private String ttl;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "The name or address in the URIs, where the configuration doesn't tell.")
    private @Nullable String host;

    @Option(
            names = "--oauth",
            description = "A token (RFC 7635) with a key of oauth.keys, instead of a password.")
    private boolean isOAuth;

    @Option(
            names = "--kid",
            paramLabel = "KID",
            description =
                    "With --oauth, the key to make it with. Default: the first one that is good"
                            + " now.")
    private @Nullable String keyId;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    CredentialsCommand() {}

    @Override
    public Integer call() throws Exception {
        Duration lifetime = lifetime();
        @Nullable DevServer dev = isDev ? DevServer.last(System.getenv()) : null;
        ServerSettings settings =
                dev == null ? source.load(System.getenv()).settings() : dev.settings();
        String server = host;
        if (server == null) {
            server = dev == null ? ClientHost.of(settings) : dev.host();
        }
        List<String> urls = IceServerUrls.of(settings.listeners(), server, settings.tls() != null);
        RtcConfiguration configuration =
                isOAuth
                        ? new RtcConfiguration(urls, token(settings, lifetime))
                        : new RtcConfiguration(urls, password(settings, lifetime));
        spec.commandLine().getOut().println(configuration.json());
        return ExitCode.OK;
    }

    private RestCredential password(ServerSettings settings, Duration lifetime)
            throws ConfigurationFailure {
        List<Secret> secrets = settings.auth().secrets();
        if (secrets.isEmpty()) {
            throw new ConfigurationFailure(
                    source.name(System.getenv())
                            + " has no shared secret, so there are no time-limited credentials");
        }
        return RestCredentials.issue(
                secrets.getFirst().value(),
                user,
                Instant.now().plus(lifetime).getEpochSecond(),
                ':');
    }

    private OAuthCredential token(ServerSettings settings, Duration lifetime)
            throws ConfigurationFailure {
        OAuthSettings oauth = settings.auth().oauth();
        Instant now = Instant.now();
        List<OAuthSettings.SharedKey> keys = oauth == null ? List.of() : oauth.keys();
        for (OAuthSettings.SharedKey key : keys) {
            boolean wanted = keyId == null ? key.isLive(now) : key.id().equals(keyId);
            if (oauth != null && wanted) {
                return OAuthCredential.issue(
                        oauth.serverName(), key, now, lifetime.toSeconds(), new SecureRandom());
            }
        }
        throw new ConfigurationFailure(
                source.name(System.getenv())
                        + (keyId == null
                                ? " has no oauth.keys that are good now"
                                : " has no key " + keyId + " in oauth.keys"));
    }

    private Duration lifetime() {
        Duration lifetime = Durations.parse(ttl);
        if (lifetime == null || !lifetime.isPositive() || lifetime.compareTo(TTL_MAX) > 0) {
            throw new ParameterException(
                    spec.commandLine(), "--ttl: expected 1s to 366d, such as 12h; found " + ttl);
        }
        return lifetime;
    }
}

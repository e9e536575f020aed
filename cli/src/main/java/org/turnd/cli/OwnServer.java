package org.turnd.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.dev.DevServer;
import org.turnd.server.config.ServerSettings;
import org.turnd.stun.RestCredentials;

/// A server whose settings are at hand, as its clients find it.
///
/// @param urls of all its listeners
/// @param credential good for a few minutes, null if the settings allow to make none
/// @param authority a PEM file with what its certificate is signed by, null if it is public
record OwnServer(
        List<String> urls, @Nullable LongTermCredential credential, @Nullable Path authority) {
    private static final Duration CREDENTIAL_LIFETIME = Duration.ofMinutes(10);

    OwnServer {
        urls = List.copyOf(urls);
    }

    static OwnServer of(ServerSettings settings) throws IOException {
        return new OwnServer(
                urls(settings, ClientHost.of(settings)), credential(settings.auth()), null);
    }

    /// A development server signs its certificate itself.
    static OwnServer ofDevelopment(DevServer dev) {
        var settings = dev.settings();
        var tls = settings.tls();
        return new OwnServer(
                urls(settings, dev.host()),
                credential(settings.auth()),
                tls == null ? null : tls.certificateChain());
    }

    private static List<String> urls(ServerSettings settings, String host) {
        return IceServerUrls.of(settings.listeners(), host, settings.tls() != null);
    }

    private static @Nullable LongTermCredential credential(ServerSettings.Auth auth) {
        if (auth.secrets().isEmpty()) {
            return null;
        }
        var issued =
                RestCredentials.issue(
                        auth.secrets().getFirst().value(),
                        "check",
                        Instant.now().plus(CREDENTIAL_LIFETIME).getEpochSecond(),
                        ':');
        return new LongTermCredential(issued.username(), issued.password());
    }
}

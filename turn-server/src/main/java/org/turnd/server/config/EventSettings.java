package org.turnd.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;

/// Where events go besides the log.
///
/// @param auditFile null when there is no file for the audit
/// @param webhook null when nobody is called
/// @param tracing null when requests aren't traced
public record EventSettings(
        @Nullable AuditFile auditFile,
        @Nullable Webhook webhook,
        @Nullable TracingSettings tracing) {
    /// Nowhere.
    public static final EventSettings NONE = new EventSettings(null, null, null);

    /// A file of its own for the audit.
    ///
    /// @param bytes how long it may grow before the next one begins
    /// @param days how long old ones are kept
    public record AuditFile(Path path, int bytes, int days) {}

    /// An HTTP server that is told of events.
    ///
    /// @param secrets what its requests are signed with, each `whsec_` and Base64; more than one
    ///   while they change
    /// @param kinds what it is told of
    /// @param queue events at most that wait for it
    /// @param timeout how long one request may take
    /// @param giveUpAfter how long the same events are tried again
    /// @param plainHttp whether the URL may be one of HTTP to another machine
    public record Webhook(
            URI url,
            List<Secret> secrets,
            Set<EventKind> kinds,
            int queue,
            Duration timeout,
            Duration giveUpAfter,
            Switch plainHttp) {
        public Webhook {
            secrets = List.copyOf(secrets);
            kinds = Set.copyOf(kinds);
        }
    }
}

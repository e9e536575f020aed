package org.turnd.server.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;

/// Puts together where events go.
final class EventAssembly {
    private static final Set<EventKind> USUAL =
            EnumSet.of(
                    EventKind.ALLOCATION_CREATED,
                    EventKind.ALLOCATION_REFRESHED,
                    EventKind.ALLOCATION_ENDED);

    private final SettingsReader reader;
    private final List<String> warnings;

    EventAssembly(SettingsReader reader, List<String> warnings) {
        this.reader = reader;
        this.warnings = warnings;
    }

    EventSettings assemble(@Nullable Path configuration) {
        return new EventSettings(auditFile(configuration), webhook(), tracing());
    }

    private EventSettings.@Nullable AuditFile auditFile(@Nullable Path configuration) {
        Path path = reader.path(EventSchema.AUDIT_FILE, configuration);
        int bytes = reader.value(EventSchema.AUDIT_FILE_SIZE);
        int days = reader.value(EventSchema.AUDIT_FILE_DAYS);
        if (path == null) {
            return null;
        }
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            reader.addProblem(
                    EventSchema.AUDIT_FILE,
                    "there is no directory " + directory,
                    "the path of a file in a directory that exists",
                    "make the directory, and let the server's user write there");
        }
        return new EventSettings.AuditFile(path, bytes, days);
    }

    private EventSettings.@Nullable Webhook webhook() {
        URI url = reader.given(EventSchema.WEBHOOK_URL);
        List<Secret> secrets = reader.list(EventSchema.WEBHOOK_SECRET);
        boolean isPlainAllowed = reader.value(EventSchema.WEBHOOK_PLAIN_HTTP) == Switch.ON;
        List<EventKind> given = reader.list(EventSchema.WEBHOOK_EVENTS);
        if (!reader.isGiven(EventSchema.WEBHOOK_EVENTS)) {
            reader.setEffective(
                    EventSchema.WEBHOOK_EVENTS,
                    Hocon.list(USUAL.stream().map(EventKind::text).toList()));
        }
        if (url == null) {
            return null;
        }
        checkWebhook(url, secrets, isPlainAllowed);
        return new EventSettings.Webhook(
                url,
                secrets,
                reader.isGiven(EventSchema.WEBHOOK_EVENTS) ? Set.copyOf(given) : USUAL,
                reader.value(EventSchema.WEBHOOK_QUEUE),
                reader.value(EventSchema.WEBHOOK_TIMEOUT),
                reader.value(EventSchema.WEBHOOK_GIVE_UP),
                reader.value(EventSchema.WEBHOOK_PLAIN_HTTP));
    }

    private void checkWebhook(URI url, List<Secret> secrets, boolean isPlainAllowed) {
        if (secrets.isEmpty() && reader.isGood(EventSchema.WEBHOOK_SECRET)) {
            reader.addProblem(
                    EventSchema.WEBHOOK_URL,
                    "there is no webhook.secret for it",
                    "webhook.url and webhook.secret together",
                    "make one with `echo whsec_$(openssl rand -base64 32)`");
        }
        boolean isPlain = "http".equalsIgnoreCase(url.getScheme()) && !IpLiteral.isLoopback(url);
        if (isPlain && !isPlainAllowed) {
            reader.addProblem(
                    EventSchema.WEBHOOK_URL,
                    "plain HTTP to another machine",
                    "an HTTPS URL",
                    "write https://, or set webhook.plain-http = on");
        }
        warnings.add(
                "webhook.url: user names and client addresses are sent to %s%s"
                        .formatted(
                                url.getHost(), isPlain ? ", readable for everybody between" : ""));
    }

    private @Nullable TracingSettings tracing() {
        URI endpoint = reader.given(TracingSchema.ENDPOINT);
        Secret header = reader.given(TracingSchema.HEADER);
        double ratio = reader.value(TracingSchema.SAMPLE_RATIO);
        String service = reader.value(TracingSchema.SERVICE_NAME);
        Switch clientAddress = reader.value(TracingSchema.CLIENT_ADDRESS);
        int queue = reader.value(TracingSchema.QUEUE);
        if (endpoint == null) {
            return null;
        }
        boolean isReadable =
                "http".equalsIgnoreCase(endpoint.getScheme()) && !IpLiteral.isLoopback(endpoint);
        if (isReadable && header != null) {
            reader.addProblem(
                    TracingSchema.ENDPOINT,
                    "plain HTTP to another machine, with tracing.header",
                    "an HTTPS URL",
                    "write https://: everybody on the way would read the header");
        } else if (isReadable) {
            warnings.add(
                    "tracing.endpoint is without TLS: who reads the network there reads traces");
        }
        return new TracingSettings(endpoint, header, ratio, service, clientAddress, queue);
    }
}

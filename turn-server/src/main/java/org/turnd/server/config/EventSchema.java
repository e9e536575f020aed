package org.turnd.server.config;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;

/// The keys that say where events go, `audit.*` and `webhook.*`.
final class EventSchema {
    static final Setting<Path> AUDIT_FILE =
            Setting.unset(
                    "audit.path",
                    new OutputFileType(),
                    "The file that tells of each allocation who made it, its relayed address, the"
                            + " peers it lets in and what it relayed: one JSON object a line"
                            + " (`docs/reference/events.md`), readable for the server's user alone."
                            + " Unset, there is none. A new file begins every day, and when this one"
                            + " is full; old ones get the date and a number at their end. When the"
                            + " disk is too slow, events are dropped and counted.");
    static final Setting<Integer> AUDIT_FILE_SIZE =
            Setting.of(
                    "audit.file-size",
                    ValueTypes.size(64 << 10, 1 << 30),
                    "100MiB",
                    "How long `audit.path` may grow. All of them together take 100 times this"
                            + " much: beyond that the oldest are deleted.");
    static final Setting<Integer> AUDIT_FILE_DAYS =
            Setting.of(
                    "audit.days",
                    ValueTypes.integer(1, 3650),
                    "30",
                    "For how many days old audit files are kept. Mind the law.");

    static final Setting<URI> WEBHOOK_URL =
            Setting.unset(
                    "webhook.url",
                    new UrlType("https://example.org/turn-events"),
                    "The HTTPS URL that is told of events with POST requests"
                            + " (`docs/howto/webhook.md`): who made which allocation, and how much it"
                            + " relayed. Certificates are verified, redirects aren't followed. Plain"
                            + " HTTP is good for loopback only, unless `webhook.plain-http`"
                            + " is on. Secrets don't belong into it.");
    static final Setting<Secret> WEBHOOK_SECRET =
            Setting.list(
                            "webhook.secret",
                            new WebhookSecretType(),
                            null,
                            "What requests are signed with, in the form of Standard Webhooks. Several"
                                    + " while they change: each request has a signature of each.")
                    .secret();
    static final Setting<EventKind> WEBHOOK_EVENTS =
            Setting.list(
                    "webhook.events",
                    new KindType(),
                    "allocation_created, allocation_refreshed, allocation_ended",
                    "Which events it is told of.");
    static final Setting<Integer> WEBHOOK_QUEUE =
            Setting.of(
                    "webhook.queue",
                    ValueTypes.integer(1, 1_000_000),
                    "10000",
                    "Events at most that wait while the receiver is slow or away. More are dropped"
                            + " and counted; nobody waits for a webhook.");
    static final Setting<Duration> WEBHOOK_TIMEOUT =
            Setting.of(
                    "webhook.timeout",
                    ValueTypes.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
                    "10s",
                    "How long one request may take.");
    static final Setting<Duration> WEBHOOK_GIVE_UP =
            Setting.of(
                    "webhook.give-up-after",
                    ValueTypes.duration(Duration.ofSeconds(1), Duration.ofHours(24)),
                    "15m",
                    "How long events that the receiver doesn't take are tried again, at growing"
                            + " intervals, before they are dropped.");
    static final Setting<Switch> WEBHOOK_PLAIN_HTTP =
            Setting.of(
                    "webhook.plain-http",
                    ValueTypes.choice(Switch.class),
                    "off",
                    "Whether `webhook.url` may be `http:` to another machine: everybody on the"
                            + " way reads who talks to whom.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(
                    AUDIT_FILE,
                    AUDIT_FILE_SIZE,
                    AUDIT_FILE_DAYS,
                    WEBHOOK_URL,
                    WEBHOOK_SECRET,
                    WEBHOOK_EVENTS,
                    WEBHOOK_QUEUE,
                    WEBHOOK_TIMEOUT,
                    WEBHOOK_GIVE_UP,
                    WEBHOOK_PLAIN_HTTP);

    private EventSchema() {}

    private record OutputFileType() implements ValueType<Path> {
        private static final Pattern PATTERN = Pattern.compile("[%()\\\\]");

        @Override
        public String expected() {
            return "the path of a file that the server may write";
        }

        @Override
        public Path parse(String text) throws Mismatch {
            // Logback, which begins new files, reads patterns into these.
            if (PATTERN.matcher(text).find()) {
                throw new Mismatch("leave out %, (, ) and \\");
            }
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new Mismatch("write a path");
            }
        }
    }

    /// @param example one that is good
    record UrlType(String example) implements ValueType<URI> {
        @Override
        public String expected() {
            return "an HTTPS URL, as in " + example;
        }

        @Override
        public URI parse(String text) throws Mismatch {
            URI url;
            try {
                url = URI.create(text);
            } catch (IllegalArgumentException e) {
                throw new Mismatch("write a URL, with everything else than ASCII escaped");
            }
            boolean isHttp =
                    "https".equalsIgnoreCase(url.getScheme())
                            || "http".equalsIgnoreCase(url.getScheme());
            if (!isHttp || url.getHost() == null) {
                throw new Mismatch("begin with https:// and a host");
            }
            if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
                throw new Mismatch("leave out user, password and fragment");
            }
            return url;
        }
    }

    /// As Standard Webhooks has it: 24 to 64 bytes.
    private record WebhookSecretType() implements ValueType<Secret> {
        private static final String PREFIX = "whsec_";
        private static final int BYTES_MIN = 24;
        private static final int BYTES_MAX = 64;

        @Override
        public String expected() {
            return "whsec_ and 24 to 64 random bytes in Base64";
        }

        @Override
        public Secret parse(String text) throws Mismatch {
            try {
                int bytes =
                        text.startsWith(PREFIX)
                                ? Base64.getDecoder().decode(text.substring(PREFIX.length())).length
                                : 0;
                if (bytes >= BYTES_MIN && bytes <= BYTES_MAX) {
                    return new Secret(text);
                }
            } catch (IllegalArgumentException noBase64) {
                throw new Mismatch("make one with `echo whsec_$(openssl rand -base64 32)`");
            }
            throw new Mismatch("make one with `echo whsec_$(openssl rand -base64 32)`");
        }
    }

    private record KindType() implements ValueType<EventKind> {
        @Override
        public String expected() {
            return "one of "
                    + Arrays.stream(EventKind.values())
                            .map(EventKind::text)
                            .collect(Collectors.joining(", "));
        }

        @Override
        public EventKind parse(String text) throws Mismatch {
            for (EventKind kind : EventKind.values()) {
                if (kind.text().equals(text)) {
                    return kind;
                }
            }
            throw new Mismatch("write it with underscores, as in docs/reference/events.md");
        }
    }
}

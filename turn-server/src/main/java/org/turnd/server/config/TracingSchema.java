package org.turnd.server.config;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;

/// The keys of traces, `tracing.*`. [Schema] lists them among all others.
final class TracingSchema {
    static final Setting<URI> ENDPOINT =
            Setting.unset(
                    "tracing.endpoint",
                    new EventSchema.UrlType("http://127.0.0.1:4318/v1/traces"),
                    "The URL, with its path, of an OpenTelemetry collector that takes traces by OTLP"
                            + " over HTTP (JSON): a span of each Allocate, Refresh, CreatePermission,"
                            + " ChannelBind, Connect and ConnectionBind (`docs/howto/monitoring.md`)."
                            + " Unset, nothing is traced. Spans tell nothing of users, peers and"
                            + " media.");
    static final Setting<Secret> HEADER =
            Setting.<Secret>unset(
                            "tracing.header",
                            new HeaderType(),
                            "A header that the collector wants, as in `Authorization: Bearer ...`.")
                    .secret();
    static final Setting<Double> SAMPLE_RATIO =
            Setting.of(
                    "tracing.sample-ratio",
                    new RatioType(),
                    "1.0",
                    "Which part of the requests is traced, chosen at random. On a busy server take"
                            + " less.");
    static final Setting<String> SERVICE_NAME =
            Setting.of(
                    "tracing.service-name",
                    new NameType(),
                    "turnd",
                    "`service.name` of the traces.");
    static final Setting<Switch> CLIENT_ADDRESS =
            Setting.of(
                    "tracing.client-address",
                    ValueTypes.choice(Switch.class),
                    "off",
                    "Whether spans tell the client's address (`client.address`, `client.port`), which"
                            + " is personal data.");
    static final Setting<Integer> QUEUE =
            Setting.of(
                    "tracing.queue",
                    ValueTypes.integer(1, 1_000_000),
                    "2048",
                    "Requests at most that wait while the collector is slow or away. More are dropped"
                            + " and counted; nobody waits for a collector.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(ENDPOINT, HEADER, SAMPLE_RATIO, SERVICE_NAME, CLIENT_ADDRESS, QUEUE);

    private TracingSchema() {}

    private record RatioType() implements ValueType<Double> {
        private static final Pattern PATTERN = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,9})?");

        @Override
        public String expected() {
            return "a number from 0 to 1, as in 0.1";
        }

        @Override
        public Double parse(String text) throws Mismatch {
            double ratio = PATTERN.matcher(text).matches() ? Double.parseDouble(text) : -1;
            if (ratio < 0 || ratio > 1) {
                throw new Mismatch("write 0.1 for a tenth");
            }
            return ratio;
        }
    }

    private record NameType() implements ValueType<String> {
        private static final Pattern PATTERN = Pattern.compile("[\\x21-\\x7e]{1,100}");

        @Override
        public String expected() {
            return "a name of at most 100 characters without spaces";
        }

        @Override
        public String parse(String text) throws Mismatch {
            if (!PATTERN.matcher(text).matches()) {
                throw new Mismatch("write a name, as in turnd-frankfurt");
            }
            return text;
        }
    }

    private record HeaderType() implements ValueType<Secret> {
        private static final Pattern PATTERN =
                Pattern.compile("[A-Za-z0-9-]{1,100}: [\\x21-\\x7e][\\x20-\\x7e]{0,2000}");

        @Override
        public String expected() {
            return "the name of a header, a colon, a space and its value";
        }

        @Override
        public Secret parse(String text) throws Mismatch {
            if (!PATTERN.matcher(text).matches()) {
                throw new Mismatch("write it as `Authorization: Bearer ...`");
            }
            return new Secret(text);
        }
    }
}

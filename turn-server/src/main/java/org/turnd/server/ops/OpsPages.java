package org.turnd.server.ops;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operators' HTTP listener answers: a pure function of the request. Safe on every thread.
final class OpsPages {
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Metrics metrics;
    private final Readiness readiness;
    private final Liveness liveness;
    private final ExpositionFormats formats = ExpositionFormats.init();

    /// One answer.
    ///
    /// @param body written by nobody else
    record Page(int status, String contentType, String body) {}

    OpsPages(Metrics metrics, Readiness readiness, Liveness liveness) {
        this.metrics = metrics;
        this.readiness = readiness;
        this.liveness = liveness;
    }

    /// Answers a GET or HEAD of this path.
    ///
    /// @param accept the Accept header, null when there is none
    Page page(String path, @Nullable String accept) {
        return switch (path) {
            case "/metrics" -> metricsPage(accept);
            case "/livez" -> livePage();
            case "/readyz" -> readyPage();
            case "/" -> new Page(200, TEXT, "turnd: /metrics /livez /readyz\n");
            default -> new Page(404, TEXT, "There are /metrics, /livez and /readyz.\n");
        };
    }

    private Page livePage() {
        List<String> stuck = liveness.stuck();
        return stuck.isEmpty()
                ? new Page(200, TEXT, "alive\n")
                : new Page(503, TEXT, "stuck: " + String.join(", ", stuck) + "\n");
    }

    private Page readyPage() {
        List<String> missing = readiness.missing();
        var text = new StringBuilder(missing.isEmpty() ? "ready" : "not ready: ");
        text.append(String.join(", ", missing)).append('\n');
        readiness.degraded().forEach(one -> text.append("degraded: ").append(one).append('\n'));
        return new Page(missing.isEmpty() ? 200 : 503, TEXT, text.toString());
    }

    private Page metricsPage(@Nullable String accept) {
        ExpositionFormatWriter openMetrics = formats.getOpenMetricsTextFormatWriter();
        ExpositionFormatWriter writer =
                accept != null && openMetrics.accepts(accept)
                        ? openMetrics
                        : formats.getPrometheusTextFormatWriter();
        var out = new ByteArrayOutputStream(32 * 1024);
        try {
            writer.write(out, metrics.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array can't fail", e);
        }
        return new Page(200, writer.getContentType(), out.toString(StandardCharsets.UTF_8));
    }
}

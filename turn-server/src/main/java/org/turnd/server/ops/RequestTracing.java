package org.turnd.server.ops;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.config.TracingSettings;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;

/// Traces requests: each becomes a span that goes to an OpenTelemetry collector, by OTLP over HTTP
/// with JSON. The event loops only put spans into a queue; one virtual thread does all else.
///
/// [#onHandled] is called on every event loop, and doesn't block.
public final class RequestTracing implements OutletStatus, AutoCloseable {
    /// Requests at most in one message.
    static final int BATCH_MAX = 512;

    private static final int ATTEMPTS_MAX = 4;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final int OK = 200;

    /// What the specification has a client try again.
    private static final List<Integer> BUSY = List.of(429, 502, 503, 504);

    private static final Logger LOG = LoggerFactory.getLogger("org.turnd");

    private final TracingSettings settings;
    private final String head;
    private final long firstPauseMillis;
    private final LongSupplier nanoClock;
    private final InstantSource clock;
    private final EventQueue<RequestSpan> queue;
    private final LongAdder delivered = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;
    private final Thread worker = Thread.ofVirtual().name("turnd-traces").unstarted(this::run);
    private boolean isDown;

    private RequestTracing(
            TracingSettings settings,
            String version,
            Duration firstPause,
            LongSupplier nanoClock,
            InstantSource clock) {
        this.settings = settings;
        this.firstPauseMillis = firstPause.toMillis();
        this.nanoClock = nanoClock;
        this.clock = clock;
        head = head(settings.serviceName(), version);
        queue = new EventQueue<>(settings.queue());
        http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(TIMEOUT)
                        .executor(threads)
                        .build();
    }

    /// Begins to deliver.
    ///
    /// @param version of the server
    /// @param nanoClock the engines' time, such as `System::nanoTime`
    public static RequestTracing start(
            TracingSettings settings, String version, LongSupplier nanoClock, InstantSource clock) {
        return start(settings, version, Duration.ofMillis(500), nanoClock, clock);
    }

    /// @param firstPause before a batch is tried again; each next one is twice as long
    static RequestTracing start(
            TracingSettings settings,
            String version,
            Duration firstPause,
            LongSupplier nanoClock,
            InstantSource clock) {
        var tracing = new RequestTracing(settings, version, firstPause, nanoClock, clock);
        tracing.worker.start();
        return tracing;
    }

    private static String head(String serviceName, String version) {
        var json = new StringBuilder("{\"resourceSpans\":[{\"resource\":{\"attributes\":");
        RequestSpan.attribute(json, '[', "service.name", serviceName);
        RequestSpan.attribute(json, ',', "service.version", version);
        return json.append("]},\"scopeSpans\":[{\"scope\":{\"name\":\"org.turnd\"},\"spans\":[")
                .toString();
    }

    /// A request was answered or given up, as in [org.turnd.server.engine.EngineEvents#onHandled].
    /// Binding isn't traced: most of it keeps bindings of NATs alive.
    void onHandled(
            ClientPath client,
            StunMethod method,
            int errorCode,
            @Nullable RefusalCause cause,
            String realm,
            long arrivedNanos,
            long waitedNanos) {
        if (method == StunMethod.BINDING
                || ThreadLocalRandom.current().nextDouble() >= settings.sampleRatio()) {
            return;
        }
        Instant now = clock.instant();
        long endNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        long tookNanos = Math.max(0, nanoClock.getAsLong() - arrivedNanos);
        queue.offer(
                new RequestSpan(
                        method,
                        client.transport(),
                        endNanos - tookNanos,
                        endNanos,
                        waitedNanos,
                        errorCode,
                        cause,
                        realm,
                        settings.clientAddress() == Switch.ON ? client.client() : null));
    }

    private void run() {
        try {
            List<RequestSpan> batch = queue.take(BATCH_MAX);
            while (!batch.isEmpty()) {
                deliver(batch);
                batch = queue.take(BATCH_MAX);
            }
        } catch (InterruptedException e) {
            // By close(), whose patience has ended.
            queue.discard();
        }
    }

    private void deliver(List<RequestSpan> batch) throws InterruptedException {
        boolean arrived = false;
        try {
            arrived = hasArrived(body(batch));
        } finally {
            if (arrived) {
                delivered.add(batch.size());
            } else {
                queue.dropped(batch.size());
            }
        }
    }

    private String body(List<RequestSpan> batch) {
        var json = new StringBuilder(512 * (batch.size() + 1)).append(head);
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).appendTo(i == 0 ? json : json.append(','));
        }
        return json.append("]}]}]}").toString();
    }

    private boolean hasArrived(String body) throws InterruptedException {
        HttpRequest request = request(body);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (attempt > 0) {
                Thread.sleep(firstPauseMillis << (attempt - 1));
            }
            String failure;
            boolean isFinal = false;
            try {
                int status = http.send(request, BodyHandlers.discarding()).statusCode();
                failure = status == OK ? null : "HTTP status " + status;
                isFinal = !BUSY.contains(status);
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
            }
            tell(failure);
            if (failure == null || isFinal) {
                return failure == null;
            }
        }
        return false;
    }

    private HttpRequest request(String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(settings.endpoint())
                        .timeout(TIMEOUT)
                        .header("content-type", "application/json")
                        .header("user-agent", "turnd")
                        .POST(BodyPublishers.ofString(body));
        Secret header = settings.header();
        if (header != null) {
            int colon = header.value().indexOf(": ");
            request.setHeader(
                    header.value().substring(0, colon), header.value().substring(colon + 2));
        }
        return request.build();
    }

    /// Logs the first failure after a success, and the first success after a failure.
    private void tell(@Nullable String failure) {
        if (failure != null) {
            failures.increment();
        }
        if (failure != null && !isDown) {
            LOG.atWarn()
                    .setMessage("traces_failing")
                    .addKeyValue("host", settings.endpoint().getHost())
                    .addKeyValue("reason", LogText.safe(failure))
                    .log();
        } else if (failure == null && isDown) {
            LOG.atInfo()
                    .setMessage("traces_recovered")
                    .addKeyValue("host", settings.endpoint().getHost())
                    .addKeyValue("dropped", dropped())
                    .log();
        }
        isDown = failure != null;
    }

    @Override
    public long delivered() {
        return delivered.sum();
    }

    @Override
    public long dropped() {
        return queue.dropped();
    }

    @Override
    public long failures() {
        return failures.sum();
    }

    @Override
    public int queued() {
        return queue.size();
    }

    /// Delivers what waits, for two seconds at most, and drops the rest.
    @Override
    public void close() {
        queue.close();
        try {
            if (!worker.join(CLOSE)) {
                worker.interrupt();
                worker.join();
            }
        } catch (InterruptedException e) {
            worker.interrupt();
            Thread.currentThread().interrupt();
        }
        http.shutdownNow();
        threads.shutdownNow();
        queue.discard();
    }
}

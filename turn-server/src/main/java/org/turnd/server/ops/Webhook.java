package org.turnd.server.ops;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.config.EventKind;
import org.turnd.server.config.EventSettings;

/// Tells an HTTP server of events: in their order, several in one request, signed as Standard
/// Webhooks has it, and again until it takes them or patience ends. The event loops only put events
/// into a queue; one virtual thread does all else.
public final class Webhook implements EventOutlet, OutletStatus, AutoCloseable {
    /// Events at most in one request.
    static final int BATCH_EVENTS_MAX = 100;

    private static final long CLOSING_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger("org.turnd");

    private final EventSettings.Webhook settings;
    private final Set<EventKind> kinds;
    private final Patience patience;
    private final WebhookSignature signature;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final EventQueue<Event> queue;
    private final LongAdder delivered = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;
    private final Thread worker;
    private volatile long closeNanos;
    private boolean isDown;

    /// How long it waits for what.
    ///
    /// @param firstPause between the first two attempts; each next one is twice as long
    /// @param close how long [#close] goes on delivering
    record Patience(Duration firstPause, Duration longestPause, Duration close) {
        static final Patience USUAL =
                new Patience(Duration.ofMillis(500), Duration.ofMinutes(1), Duration.ofSeconds(5));
    }

    private Webhook(
            EventSettings.Webhook settings,
            Patience patience,
            InstantSource clock,
            RandomGenerator random) {
        this.settings = settings;
        this.kinds = settings.kinds();
        this.patience = patience;
        this.clock = clock;
        this.random = random;
        signature = new WebhookSignature(settings.secrets());
        queue = new EventQueue<>(settings.queue());
        http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.timeout())
                        .executor(threads)
                        .build();
        worker = Thread.ofVirtual().name("turnd-webhook").unstarted(this::run);
    }

    /// Begins to deliver.
    ///
    /// @param random for identifiers and pauses; cryptographically strong
    public static Webhook start(
            EventSettings.Webhook settings, InstantSource clock, RandomGenerator random) {
        return start(settings, Patience.USUAL, clock, random);
    }

    static Webhook start(
            EventSettings.Webhook settings,
            Patience patience,
            InstantSource clock,
            RandomGenerator random) {
        var webhook = new Webhook(settings, patience, clock, random);
        webhook.worker.start();
        return webhook;
    }

    @Override
    public boolean wants(EventKind kind) {
        return kinds.contains(kind);
    }

    @Override
    public void accept(Event event) {
        queue.offer(event);
    }

    private void run() {
        try {
            List<Event> batch = queue.take(BATCH_EVENTS_MAX);
            while (!batch.isEmpty()) {
                deliver(batch);
                batch = queue.take(BATCH_EVENTS_MAX);
            }
        } catch (InterruptedException e) {
            // By close(), whose patience has ended.
            queue.discard();
        }
    }

    private void deliver(List<Event> batch) throws InterruptedException {
        boolean arrived = false;
        try {
            arrived = hasArrived(new Message(newId(), body(batch)));
        } finally {
            if (arrived) {
                delivered.add(batch.size());
            } else {
                queue.dropped(batch.size());
            }
        }
    }

    private boolean hasArrived(Message message) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + settings.giveUpAfter().toNanos();
        long pauseNanos = patience.firstPause().toNanos();
        String failure = attempt(message);
        while (failure != null) {
            failures.increment();
            if (!isDown) {
                isDown = true;
                warn("webhook_failing", failure);
            }
            // Between half and all of it, so that servers which lost the same receiver don't all
            // come back at once.
            long jitteredNanos = pauseNanos / 2 + random.nextLong(pauseNanos / 2 + 1);
            if (!pause(jitteredNanos, giveUpNanos)) {
                warn("webhook_gave_up", failure);
                return false;
            }
            pauseNanos = Math.min(2 * pauseNanos, patience.longestPause().toNanos());
            failure = attempt(message);
        }
        if (isDown) {
            isDown = false;
            LOG.atInfo().setMessage("webhook_recovered").addKeyValue("host", host()).log();
        }
        return true;
    }

    /// Waits before the next attempt; not for long when the server is to end. Returns false when
    /// there is no time for another.
    private boolean pause(long nanos, long giveUpNanos) throws InterruptedException {
        boolean isClosing = closing.getCount() == 0;
        long pauseNanos = isClosing ? Math.min(nanos, CLOSING_PAUSE_NANOS) : nanos;
        long endNanos = isClosing && closeNanos - giveUpNanos < 0 ? closeNanos : giveUpNanos;
        if (endNanos - System.nanoTime() <= pauseNanos) {
            return false;
        }
        if (isClosing) {
            TimeUnit.NANOSECONDS.sleep(pauseNanos);
        } else {
            boolean closesMeanwhile = closing.await(pauseNanos, TimeUnit.NANOSECONDS);
            assert !closesMeanwhile || closing.getCount() == 0 : "only close() counts down";
        }
        return true;
    }

    /// Sends a message once. Returns what went wrong, or null.
    private @Nullable String attempt(Message message) throws InterruptedException {
        long seconds = clock.instant().getEpochSecond();
        HttpRequest request =
                HttpRequest.newBuilder(settings.url())
                        .header("content-type", "application/json")
                        .header("user-agent", "turnd")
                        .header("webhook-id", message.id())
                        .header("webhook-timestamp", Long.toString(seconds))
                        .header(
                                "webhook-signature",
                                signature.of(message.id(), seconds, message.body()))
                        .POST(BodyPublishers.ofString(message.body()))
                        .build();
        var response = http.sendAsync(request, BodyHandlers.discarding());
        try {
            int status =
                    response.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS).statusCode();
            return status / 100 == 2 ? null : "HTTP status " + status;
        } catch (TimeoutException e) {
            return "no answer in time";
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return cause instanceof IOException && cause.getMessage() != null
                    ? cause.getMessage()
                    : String.valueOf(cause);
        } finally {
            // Closes the connection of an answer that never ends.
            response.cancel(true);
        }
    }

    private String newId() {
        return "msg_"
                + HexFormat.of().toHexDigits(random.nextLong())
                + HexFormat.of().toHexDigits(random.nextLong());
    }

    private String body(List<Event> batch) {
        var body = new StringBuilder(512 * batch.size());
        body.append("{\"type\":\"turnd.events\",\"timestamp\":");
        JsonText.append(body, clock.instant().toString());
        body.append(",\"data\":{\"dropped\":").append(queue.dropped()).append(",\"events\":");
        char before = '[';
        for (Event event : batch) {
            body.append(before).append(event.json());
            before = ',';
        }
        return body.append("]}}").toString();
    }

    private void warn(String message, String reason) {
        LOG.atWarn()
                .setMessage(message)
                .addKeyValue("host", host())
                .addKeyValue("reason", LogText.safe(reason))
                .addKeyValue("queued", queued())
                .addKeyValue("dropped", dropped())
                .log();
    }

    /// The whole URL may hold more than a log should.
    private String host() {
        return String.valueOf(settings.url().getHost());
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

    /// Delivers what waits, for five seconds at most, and drops the rest.
    @Override
    public void close() {
        closeNanos = System.nanoTime() + patience.close().toNanos();
        closing.countDown();
        queue.close();
        try {
            if (!worker.join(patience.close())) {
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

    /// One POST, however often it is sent.
    private record Message(String id, String body) {}
}

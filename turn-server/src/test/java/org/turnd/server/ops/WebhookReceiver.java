package org.turnd.server.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;

/// An HTTP server on loopback that keeps what it gets.
final class WebhookReceiver implements AutoCloseable {
    private static final int SILENT = 0;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    private final List<Delivery> taken = new CopyOnWriteArrayList<>();
    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int usual = 204;
    private volatile @Nullable URI redirect;

    /// One request.
    record Delivery(Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        Config json() {
            return ConfigFactory.parseString(
                    body, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
        }

        List<String> ids() {
            return json().getConfigList("data.events").stream()
                    .map(event -> event.getString("id"))
                    .toList();
        }

        String signatureWith(String secret) {
            return new WebhookSignature(List.of(new Secret(secret)))
                    .of(header("webhook-id"), Long.parseLong(header("webhook-timestamp")), body);
        }
    }

    WebhookReceiver() {
        this(0);
    }

    WebhookReceiver(int port) {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port() + "/events");
    }

    /// Answers the next requests with these, and then as usual.
    void answer(Integer... statuses) {
        answers.addAll(List.of(statuses));
    }

    void refuse(boolean refuses) {
        usual = refuses ? 503 : 204;
    }

    void beSilentOnce() {
        answers.add(SILENT);
    }

    void beSilent() {
        usual = SILENT;
    }

    void redirectTo(URI url) {
        redirect = url;
        usual = 307;
    }

    /// Waits for the next request, taken or not.
    Delivery next() {
        try {
            Delivery next = deliveries.poll(30, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing was delivered");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Waits for the request with the event of this id.
    Delivery nextWith(String id) {
        Delivery next = next();
        while (!next.ids().contains(id)) {
            next = next();
        }
        return next;
    }

    int count() {
        return count.get();
    }

    /// The ids of all events that were answered with success, in their order.
    List<String> takenIds() {
        List<String> ids = new ArrayList<>();
        taken.forEach(delivery -> ids.addAll(delivery.ids()));
        return ids;
    }

    private void handle(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name, values.getFirst()));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var delivery = new Delivery(headers, body);
        Integer scripted = answers.poll();
        int status = scripted == null ? usual : scripted;
        if (status / 100 == 2) {
            taken.add(delivery);
        }
        count.incrementAndGet();
        deliveries.add(delivery);
        if (status == SILENT) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        URI elsewhere = redirect;
        if (elsewhere != null) {
            exchange.getResponseHeaders().set("location", elsewhere.toString());
        }
        exchange.sendResponseHeaders(status == SILENT ? 500 : status, -1);
        exchange.close();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}

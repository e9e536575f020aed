package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.TurnServer;
import org.turnd.server.auth.WebService;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.config.StoresSettings;
import org.turnd.server.config.TracingSettings;
import org.turnd.server.config.WebhookSettings;
import org.turnd.server.net.Eventually;
import org.turnd.server.net.TestClient;
import org.turnd.server.net.TestSettings;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Requests of real clients, whose traces arrive at a real HTTP server, or don't.
@Timeout(60)
class RequestTracingTest {
    private static final TransportAddress PEER = TestSettings.address("127.0.0.1", 47_001);

    private final List<JsonObject> messages = new CopyOnWriteArrayList<>();
    private final List<@Nullable String> tokens = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init") // opened before each test
    private WebService collector;

    private double ratio = 1;
    private Switch clientAddress = Switch.OFF;
    private int queue = 2048;

    @BeforeEach
    void open() throws Exception {
        collector = new WebService(null);
        collector.answer = exchange -> take(exchange, 200);
    }

    @AfterEach
    void close() {
        collector.close();
    }

    private void take(HttpExchange exchange, int status) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        tokens.add(exchange.getRequestHeaders().getFirst("X-Token"));
        if (status == 200) {
            bodies.add(body);
            messages.add(JsonParser.parseString(body).getAsJsonObject());
        }
        WebService.send(exchange, status, "{}");
    }

    private RequestTracing tracing() {
        return RequestTracing.start(
                new TracingSettings(
                        collector.url("/v1/traces"),
                        new Secret("X-Token: sesame"),
                        ratio,
                        "turnd-test",
                        clientAddress,
                        queue),
                "1.2.3",
                Duration.ofMillis(1),
                System::nanoTime,
                InstantSource.system());
    }

    private static TurnServer server(RequestTracing tracing, UnaryOperator<Auth> auth)
            throws Exception {
        var events =
                new EventPublisher(List.of(), tracing, System::nanoTime, InstantSource.system());
        return TurnServer.builder(
                        new TestSettings()
                                .auth(auth)
                                .relayTcp(4)
                                .listen(Protocol.UDP, "127.0.0.1", 0)
                                .listen(Protocol.TCP, "127.0.0.1", 0)
                                .build())
                .events(events)
                .start();
    }

    private static TestClient client(TurnServer server, int listener) throws Exception {
        TransportAddress address = server.listeners().get(listener).address();
        return listener == 0 ? TestClient.udp(address) : TestClient.tcp(address);
    }

    /// All spans that have come, by way of everything around them.
    private List<JsonObject> spans() {
        List<JsonObject> spans = new ArrayList<>();
        for (JsonObject message : messages) {
            JsonObject resource = only(message, "resourceSpans");
            assertEquals(
                    Map.of("service.name", "turnd-test", "service.version", "1.2.3"),
                    attributes(resource.getAsJsonObject("resource")));
            JsonObject scope = only(resource, "scopeSpans");
            for (JsonElement span : scope.getAsJsonArray("spans")) {
                assertWellFormed(span.getAsJsonObject());
                spans.add(span.getAsJsonObject());
            }
        }
        return spans;
    }

    private static JsonObject only(JsonObject object, String name) {
        assertEquals(1, object.getAsJsonArray(name).size());
        return object.getAsJsonArray(name).get(0).getAsJsonObject();
    }

    private static void assertWellFormed(JsonObject span) {
        assertTrue(text(span, "traceId").matches("[0-9a-f]{32}"), span::toString);
        assertTrue(text(span, "spanId").matches("[0-9a-f]{16}"), span::toString);
        long start = Long.parseLong(text(span, "startTimeUnixNano"));
        long end = Long.parseLong(text(span, "endTimeUnixNano"));
        assertTrue(start > 0 && start <= end, span::toString);
        long now = System.currentTimeMillis();
        assertTrue(Math.abs(now - end / 1_000_000) < 3_600_000, span::toString);
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }

    private static Map<String, String> attributes(JsonObject of) {
        Map<String, String> all = new HashMap<>();
        for (JsonElement one : of.getAsJsonArray("attributes")) {
            JsonObject value = one.getAsJsonObject().getAsJsonObject("value");
            all.put(
                    text(one.getAsJsonObject(), "key"),
                    value.entrySet().iterator().next().getValue().getAsString());
        }
        return all;
    }

    /// Name, transport, code and cause, as one line.
    private static String line(JsonObject span) {
        Map<String, String> has = attributes(span);
        return "%s %s %s %s"
                .formatted(
                        text(span, "name"),
                        has.get("turn.transport"),
                        has.get("turn.error_code"),
                        has.getOrDefault("turn.refusal_cause", "-"));
    }

    private List<String> lines() {
        return spans().stream().map(RequestTracingTest::line).sorted().toList();
    }

    @Test
    void eachKindOfRequestHasASpanWithItsAnswer() throws Exception {
        try (RequestTracing tracing = tracing()) {
            try (TurnServer server = server(tracing, auth -> auth);
                    TestClient udp = client(server, 0);
                    TestClient tcp = client(server, 1)) {
                udp.binding();
                udp.allocate();
                udp.request(StunMethod.REFRESH, new Lifetime(600));
                udp.request(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER));
                udp.request(
                        StunMethod.CHANNEL_BIND,
                        new ChannelNumber(0x4000),
                        new XorPeerAddress(PEER));
                udp.request(StunMethod.CHANNEL_BIND, new XorPeerAddress(PEER));
                tcp.request(StunMethod.CONNECT, new XorPeerAddress(PEER));
                tcp.request(StunMethod.CONNECTION_BIND, new ConnectionId(4711));
            }
            Eventually.holds(() -> tracing.delivered() == 9);
        }
        assertEquals(
                List.of(
                        "Allocate tcp 401 no_credentials",
                        "Allocate udp 0 -",
                        "Allocate udp 401 no_credentials",
                        "ChannelBind udp 0 -",
                        "ChannelBind udp 400",
                        "Connect tcp 437",
                        "ConnectionBind tcp 400",
                        "CreatePermission udp 0 -",
                        "Refresh udp 0 -"),
                lines().stream().map(line -> line.replaceAll("( 4(00|37)) .*", "$1")).toList());
        for (JsonObject span : spans()) {
            assertEquals(TestSettings.REALM, attributes(span).get("turn.realm"));
            assertEquals(2, span.get("kind").getAsInt(), "a server's");
            assertFalse(span.getAsJsonObject("status").has("code"), "a client's mistake is none");
            assertEquals(
                    attributes(span).get("turn.transport"),
                    attributes(span).get("network.transport"));
        }
    }

    @Test
    void spansTellNothingOfUsersAndPeersAndTheCollectorGetsItsHeader() throws Exception {
        try (RequestTracing tracing = tracing();
                TurnServer server = server(tracing, auth -> auth);
                TestClient client = client(server, 0)) {
            client.allocate();
            client.request(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER));
            Eventually.holds(() -> tracing.delivered() == 3);
            String all = String.join("\n", bodies);
            for (String secret : List.of(TestSettings.USER, "47001", "127.0.0.1", "sesame")) {
                assertFalse(all.contains(secret), () -> secret + " in " + all);
            }
            assertEquals("sesame", tokens.getFirst());
        }
    }

    @Test
    void clientsAddressesAreToldWhereThatIsWanted() throws Exception {
        clientAddress = Switch.ON;
        try (RequestTracing tracing = tracing();
                TurnServer server = server(tracing, auth -> auth);
                TestClient client = client(server, 0)) {
            client.allocate();
            Eventually.holds(() -> tracing.delivered() == 2);
            Map<String, String> has = attributes(spans().getFirst());
            assertEquals("127.0.0.1", has.get("client.address"));
            assertEquals(Integer.toString(client.wire().local().port()), has.get("client.port"));
        }
    }

    private static Auth stored(Auth auth, WebService store) {
        var webhook = new WebhookSettings(store.url("/"), new Secret("a-token"), null);
        var bounds = StoresSettings.Bounds.USUAL;
        return auth.with(new StoresSettings(bounds, Switch.OFF, null, null, null, null, webhook));
    }

    @Test
    void theWaitForAStoreIsAChild() throws Exception {
        try (var store = new WebService(null);
                RequestTracing tracing = tracing();
                TurnServer server = server(tracing, auth -> stored(auth, store));
                TestClient client = client(server, 0).as("bob", "builder")) {
            store.answer =
                    exchange -> WebService.send(exchange, 200, "{\"password\": \"builder\"}");
            client.allocate();
            Eventually.holds(() -> tracing.delivered() == 2);
            JsonObject child =
                    spans().stream()
                            .filter(span -> span.has("parentSpanId"))
                            .findFirst()
                            .orElseThrow();
            JsonObject parent =
                    spans().stream()
                            .filter(span ->
                                    text(span, "spanId").equals(text(child, "parentSpanId")))
                            .findFirst()
                            .orElseThrow();
            assertEquals("look up user", text(child, "name"));
            assertEquals(text(parent, "traceId"), text(child, "traceId"));
            assertEquals("Allocate udp 0 -", line(parent));
            assertEquals(text(parent, "startTimeUnixNano"), text(child, "startTimeUnixNano"));
            assertTrue(
                    Long.parseLong(text(child, "endTimeUnixNano"))
                            > Long.parseLong(text(child, "startTimeUnixNano")));
        }
    }

    @Test
    void aRequestThatADeadStoreLeavesUnansweredHasASpan() throws Exception {
        try (var store = new WebService(null);
                RequestTracing tracing = tracing();
                TurnServer server = server(tracing, auth -> stored(auth, store));
                TestClient client = client(server, 1).as("bob", "builder");
                TestClient silent = client(server, 0).as("bob", "builder")) {
            store.answer = exchange -> WebService.send(exchange, 500, "");
            client.request(StunMethod.ALLOCATE, new StunAttribute.RequestedTransport(17));
            silent.binding();
            var impatient =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    silent.request(
                                            StunMethod.ALLOCATE,
                                            new StunAttribute.RequestedTransport(17));
                                } catch (IOException expected) {
                                    // Nothing comes, as it shall be.
                                }
                            });
            Eventually.holds(() -> tracing.delivered() == 4);
            impatient.interrupt();
            assertEquals(
                    List.of(
                            "Allocate tcp 500 users_unavailable",
                            "Allocate udp 0 users_unavailable"),
                    spans().stream()
                            .filter(span -> span.getAsJsonObject("status").has("code"))
                            .filter(span -> !span.has("parentSpanId"))
                            .map(RequestTracingTest::line)
                            .sorted()
                            .toList());
        }
    }

    @Test
    void aCollectorThatIsSilentStallsNobody() throws Exception {
        var gate = new CountDownLatch(1);
        queue = 5;
        collector.answer = exchange -> gate.await();
        RequestTracing tracing = tracing();
        try (TurnServer server = server(tracing, auth -> auth);
                TestClient client = client(server, 0)) {
            client.allocate();
            for (int i = 0; i < 600; i++) {
                client.request(StunMethod.REFRESH, new Lifetime(600));
            }
            assertTrue(tracing.queued() <= 5, () -> tracing.queued() + " wait");
            assertTrue(tracing.dropped() > 0, "what doesn't fit is counted");
        } finally {
            tracing.close();
            gate.countDown();
        }
        assertEquals(602, tracing.dropped(), "and so is what was under way");
        assertEquals(0, tracing.delivered());
    }

    @Test
    void aBusyCollectorIsAskedAgainAndOneThatRefusesIsNot() throws Exception {
        var statuses = new AtomicInteger();
        collector.answer = exchange -> take(exchange, statuses.getAndIncrement() < 2 ? 503 : 200);
        try (RequestTracing tracing = tracing();
                TurnServer server = server(tracing, auth -> auth);
                TestClient client = client(server, 0)) {
            client.allocate();
            Eventually.holds(() -> tracing.delivered() == 2);
            assertEquals(2, tracing.failures());
            assertEquals(0, tracing.dropped());

            collector.answer = exchange -> take(exchange, 400);
            client.request(StunMethod.REFRESH, new Lifetime(600));
            Eventually.holds(() -> tracing.dropped() == 1);
            assertEquals(3, tracing.failures());
        }
    }

    @Test
    void onlyAPartIsTracedWhereThatIsWanted() throws Exception {
        ratio = 0;
        try (RequestTracing tracing = tracing();
                TurnServer server = server(tracing, auth -> auth);
                TestClient client = client(server, 0)) {
            client.allocate();
            client.request(StunMethod.REFRESH, new Lifetime(600));
            assertEquals(0, tracing.delivered() + tracing.queued() + tracing.dropped());
        }
        assertEquals(List.of(), messages);
    }
}

package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.turnd.server.engine.Counter;
import org.turnd.server.engine.EngineCounters;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.TransportAddress;

class OpsServerTest {
    private final List<EngineCounters> engines =
            List.of(new EngineCounters(), new EngineCounters());
    private final Readiness readiness = new Readiness(List.of());
    private final Liveness liveness = new Liveness();
    private final HttpClient client = HttpClient.newHttpClient();
    private OpsServer server;

    @BeforeEach
    void start() throws IOException {
        var metrics = new Metrics("1.2.3");
        EngineMetrics.register(metrics, engines);
        server = OpsServer.start(loopback(0), metrics, readiness, liveness);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void countsLiveTrafficOfAllShardsWhileItFlows() throws Exception {
        engines.get(0).add(Counter.BYTES_TO_PEERS, 1000);
        engines.get(1).add(Counter.BYTES_TO_PEERS, 234);
        engines.get(1).increment(RefusalCause.WRONG_PASSWORD);
        engines.get(0).increment(Counter.ALLOCATIONS_CREATED);

        String first = get("/metrics").body();
        engines.get(0).add(Counter.BYTES_TO_PEERS, 1);
        String second = get("/metrics").body();

        assertHasLine(first, "turnd_relayed_bytes_total{direction=\"to_peer\"} 1234.0");
        assertHasLine(first, "turnd_refused_requests_total{cause=\"wrong_password\"} 1.0");
        assertHasLine(first, "turnd_allocations 1.0");
        assertHasLine(first, "turnd_build_info{version=\"1.2.3\"} 1");
        assertHasLine(second, "turnd_relayed_bytes_total{direction=\"to_peer\"} 1235.0");
    }

    @Test
    void showsEveryCounterAndEveryCause() throws Exception {
        for (Counter counter : Counter.values()) {
            engines.get(0).add(counter, 7);
        }

        String body = get("/metrics").body();

        long shown =
                body.lines()
                        .filter(line -> line.startsWith("turnd_") && line.endsWith(" 7.0"))
                        .count();
        assertEquals(Counter.values().length, shown);
        long causes =
                body.lines().filter(line -> line.startsWith("turnd_refused_requests")).count();
        assertEquals(RefusalCause.values().length, causes);
    }

    @Test
    void speaksOpenMetricsWhenAskedTo() throws Exception {
        var request =
                HttpRequest.newBuilder(uri("/metrics"))
                        .header("Accept", "application/openmetrics-text");

        HttpResponse<String> response =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());

        assertTrue(response.body().endsWith("# EOF\n"));
    }

    @Test
    void namesWhatIsMissingUntilReady() throws Exception {
        readiness.unmet("listeners");
        readiness.unmet("draining");
        HttpResponse<String> before = get("/readyz");
        readiness.met("listeners");
        readiness.met("draining");
        HttpResponse<String> after = get("/readyz");

        assertEquals(503, before.statusCode());
        assertEquals("not ready: draining, listeners\n", before.body());
        assertEquals(200, after.statusCode());
        assertEquals(200, get("/livez").statusCode());
    }

    @Test
    void isNotAliveWhenALoopIsStuck() throws Exception {
        liveness.ask(() -> List.of("shard 1 has not turned for 12 s"));
        HttpResponse<String> stuck = get("/livez");
        liveness.ask(List::of);
        HttpResponse<String> well = get("/livez");

        assertEquals(503, stuck.statusCode());
        assertEquals("stuck: shard 1 has not turned for 12 s\n", stuck.body());
        assertEquals(200, well.statusCode());
    }

    @Test
    void answersOnlyWhatItHas() throws Exception {
        assertEquals(404, get("/etc/passwd").statusCode());
        assertEquals(200, get("/livez?probe=1").statusCode());
        assertTrue(raw("POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n").startsWith("HTTP/1.1 405 "));
        assertTrue(raw("hello\r\n\r\n").startsWith("HTTP/1.1 400 "));
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        String response = raw("HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n");

        assertTrue(response.startsWith("HTTP/1.1 200 "), response);
        assertTrue(response.contains("content-length: 6\r\n"), response);
        assertTrue(response.endsWith("\r\n\r\n"), response);
    }

    @Test
    void refusesRequestsThatAreTooLarge() throws Exception {
        String longLine = raw("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        String longHeader = raw("GET / HTTP/1.1\r\nX: " + "a".repeat(10_000) + "\r\n\r\n");
        String body = raw("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789");

        assertTrue(longLine.startsWith("HTTP/1.1 400 "), longLine);
        assertTrue(longHeader.startsWith("HTTP/1.1 400 "), longHeader);
        assertTrue(body.startsWith("HTTP/1.1 413 "), body);
    }

    @Test
    void answersOneRequestAConnection() throws Exception {
        String two = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";

        String response = raw(two + two);

        assertEquals(1, response.split("HTTP/1.1 200", -1).length - 1);
    }

    @Test
    void saysWhichAddressIsTaken() {
        var taken = server.address();

        IOException failure =
                assertThrows(
                        IOException.class,
                        () -> OpsServer.start(taken, new Metrics("1"), readiness, liveness));

        assertTrue(String.valueOf(failure.getMessage()).contains(taken.toString()));
    }

    @Test
    void noMetricHasALabelForUsersOrAddresses() throws Exception {
        String body = get("/metrics").body();

        for (String label : List.of("user", "username", "address", "client", "peer", "ip")) {
            assertFalse(
                    body.contains("{" + label + "=") || body.contains("," + label + "="), label);
        }
    }

    private static void assertHasLine(String body, String line) {
        assertTrue(body.lines().anyMatch(line::equals), () -> line + " is not in\n" + body);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://" + server.address() + path);
    }

    private String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.address().port())) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static TransportAddress loopback(int port) {
        return TransportAddress.of(InetAddress.ofLiteral("127.0.0.1"), port);
    }
}

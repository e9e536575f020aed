package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.EventKind;
import org.turnd.server.config.EventSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.net.TestSettings;

/// The receiver that `docs/howto/webhook.md` shows, run as it stands there.
@Timeout(60)
class WebhookPageTest {
    private static final Path PAGE = Path.of("..", "docs", "howto", "webhook.md");
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

    @TempDir Path directory;
    private Process receiver;
    private URI url;

    @BeforeEach
    void runTheExample() throws IOException {
        String page = Files.readString(PAGE);
        String fence = "```python\n";
        int begin = page.indexOf(fence) + fence.length();
        Path script = directory.resolve("receiver.py");
        Files.writeString(script, page.substring(begin, page.indexOf("```\n", begin)));
        int port = TestSettings.freePort();
        url = URI.create("http://127.0.0.1:" + port + "/turn-events");
        var builder = new ProcessBuilder("python3", script.toString(), String.valueOf(port));
        builder.environment().put("WEBHOOK_SECRET", SECRET);
        receiver = builder.redirectError(directory.resolve("stderr").toFile()).start();
    }

    @AfterEach
    void stop() {
        receiver.destroyForcibly();
    }

    @Test
    void takesWhatTheServerSendsAndNothingElse() throws Exception {
        try (var webhook = start(SECRET);
                var output = receiver.inputReader()) {
            webhook.accept(event("1-1"));
            webhook.accept(event("1-2"));
            assertEquals("allocation_ended 1-1 alice", output.readLine());
            assertEquals("allocation_ended 1-2 alice", output.readLine());

            String body = "{\"data\":{\"events\":[]}}";
            long now = Instant.now().getEpochSecond();
            assertEquals(204, post("msg_1", now, sign(SECRET, "msg_1", now, body), body));
            assertEquals(401, post("msg_2", now, sign(SECRET, "msg_1", now, body), body));
            assertEquals(401, post("msg_1", now, sign(SECRET, "msg_1", now, body), body + " "));
            assertEquals(401, post("msg_1", now + 1, sign(SECRET, "msg_1", now, body), body));
            long old = now - 600;
            assertEquals(401, post("msg_1", old, sign(SECRET, "msg_1", old, body), body));
            String other = "whsec_dGhlIG9sZCBzZWNyZXQgb2YgdGhpcyB0ZXN0IQ==";
            assertEquals(401, post("msg_1", now, sign(other, "msg_1", now, body), body));
        }
    }

    private Webhook start(String secret) {
        return Webhook.start(
                new EventSettings.Webhook(
                        url,
                        List.of(new Secret(secret)),
                        EnumSet.allOf(EventKind.class),
                        100,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Switch.OFF),
                new Webhook.Patience(
                        Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofSeconds(1)),
                InstantSource.system(),
                new SecureRandom());
    }

    private static String sign(String secret, String id, long seconds, String body) {
        return new WebhookSignature(List.of(new Secret(secret))).of(id, seconds, body);
    }

    private int post(String id, long seconds, String signature, String body) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(url)
                            .header("webhook-id", id)
                            .header("webhook-timestamp", String.valueOf(seconds))
                            .header("webhook-signature", signature)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            return http.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    private static Event event(String id) {
        return new Event(
                Instant.EPOCH,
                EventKind.ALLOCATION_ENDED,
                Map.of(EventField.ID, id, EventField.USERNAME, "alice"));
    }
}

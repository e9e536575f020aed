package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.auth.TestCertificate;
import org.turnd.server.auth.WebService;
import org.turnd.server.config.EventKind;
import org.turnd.server.config.EventSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.net.Eventually;

/// Events, which say who talks to whom, go to a server with the right certificate and to no other.
@Timeout(60)
class WebhookTlsTest {
    private static final Webhook.Patience SHORT =
            new Webhook.Patience(
                    Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(100));

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private final AtomicInteger requests = new AtomicInteger();

    @SuppressWarnings("NullAway.Init") // set before each test
    private SSLContext usual;

    @BeforeEach
    void remember() throws Exception {
        usual = SSLContext.getDefault();
    }

    @AfterEach
    void restore() {
        SSLContext.setDefault(usual);
    }

    @Test
    void whomTheMachineTrustsGetsThem() throws Exception {
        TestCertificate right = TestCertificate.in(directory);
        SSLContext.setDefault(right.client());
        try (var service = service(right);
                var webhook = start(service.url("/events"))) {
            webhook.accept(event());

            Eventually.holds(() -> webhook.delivered() == 1);
        }
    }

    @Test
    void aCertificateOfAnotherCaIsRefused() throws Exception {
        assertRefused(TestCertificate.in(directory), usual);
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        TestCertificate other =
                TestCertificate.of(
                        "DNS:hooks.example.org", Files.createTempDirectory(directory, ""));
        assertRefused(other, other.client());
    }

    private void assertRefused(TestCertificate shown, SSLContext trusted) throws Exception {
        SSLContext.setDefault(trusted);
        try (var service = service(shown);
                var webhook = start(service.url("/events"))) {
            webhook.accept(event());

            Eventually.holds(() -> webhook.failures() >= 3);

            assertEquals(0, webhook.delivered());
            assertEquals(0, requests.get(), "the server was told something");
        }
    }

    private WebService service(TestCertificate shown) throws Exception {
        var service = new WebService(shown.server());
        service.answer =
                exchange -> {
                    requests.incrementAndGet();
                    WebService.send(exchange, 204, "");
                };
        return service;
    }

    private static Webhook start(URI url) {
        return Webhook.start(
                new EventSettings.Webhook(
                        url,
                        List.of(new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")),
                        EnumSet.of(EventKind.ALLOCATION_CREATED),
                        100,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Switch.OFF),
                SHORT,
                InstantSource.system(),
                new SecureRandom());
    }

    private static Event event() {
        return new Event(
                Instant.EPOCH,
                EventKind.ALLOCATION_CREATED,
                Map.of(EventField.ID, "1", EventField.USERNAME, "alice"));
    }
}

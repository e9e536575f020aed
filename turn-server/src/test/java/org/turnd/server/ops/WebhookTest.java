package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.TurnServer;
import org.turnd.server.config.EventKind;
import org.turnd.server.config.EventSettings;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.net.TestClient;
import org.turnd.server.net.TestSettings;
import org.turnd.server.ops.WebhookReceiver.Delivery;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunMethod;

/// Deliveries to a real HTTP server, which takes them or doesn't.
@Timeout(60)
class WebhookTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
    private static final String OLD_SECRET = "whsec_dGhlIG9sZCBzZWNyZXQgb2YgdGhpcyB0ZXN0IQ==";
    private static final Webhook.Patience SHORT =
            new Webhook.Patience(
                    Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofSeconds(1));

    private final WebhookReceiver receiver = new WebhookReceiver();
    private Duration timeout = Duration.ofSeconds(10);
    private Duration giveUpAfter = Duration.ofMinutes(1);
    private int queue = 10_000;

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void aDeliveryIsSignedWithEachSecretAsStandardWebhooksHasIt() {
        try (var webhook = start(receiver.url())) {
            webhook.accept(event(1));
            Delivery delivery = receiver.next();

            assertEquals(
                    delivery.signatureWith(SECRET) + " " + delivery.signatureWith(OLD_SECRET),
                    delivery.header("webhook-signature"));
            assertTrue(delivery.header("webhook-id").startsWith("msg_"));
            assertEquals("application/json", delivery.header("content-type"));
            assertEquals("turnd.events", delivery.json().getString("type"));
            assertEquals(0, delivery.json().getInt("data.dropped"));
            assertEquals(List.of("1"), delivery.ids());
        }
    }

    /// The vector of the specification's own libraries.
    @Test
    void theSignatureIsThatOfOtherImplementations() {
        var signature =
                new WebhookSignature(List.of(new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));

        assertEquals(
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                signature.of("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"));
    }

    @Test
    void triesAgainUnderTheSameIdUntilTheReceiverTakesIt() {
        receiver.answer(500, 503, 301, 404);
        var webhook = start(receiver.url());
        webhook.accept(event(1));

        List<Delivery> attempts =
                IntStream.range(0, 5).mapToObj(attempt -> receiver.next()).toList();
        webhook.close();

        assertEquals(1, attempts.stream().map(d -> d.header("webhook-id")).distinct().count());
        assertEquals(1, webhook.delivered());
        assertEquals(0, webhook.dropped());
        assertEquals(4, webhook.failures());
    }

    @Test
    void followsNoRedirect() {
        try (var elsewhere = new WebhookReceiver()) {
            receiver.redirectTo(elsewhere.url());
            try (var webhook = start(receiver.url())) {
                webhook.accept(event(1));
                receiver.next();
                receiver.next();
            }
            assertEquals(0, elsewhere.count());
        }
    }

    @Test
    void triesAgainWhenNoAnswerComes() {
        timeout = Duration.ofMillis(100);
        receiver.beSilentOnce();
        try (var webhook = start(receiver.url())) {
            webhook.accept(event(1));

            assertEquals(
                    receiver.next().header("webhook-id"), receiver.next().header("webhook-id"));
        }
    }

    @Test
    void triesAgainWhenNobodyListens() {
        int port = receiver.port();
        receiver.close();
        try (var webhook = start(URI.create("http://127.0.0.1:" + port + "/"))) {
            webhook.accept(event(1));
            awaitFailures(webhook, 2);
            try (var late = new WebhookReceiver(port)) {
                assertEquals(List.of("1"), late.next().ids());
            }
        }
    }

    @Test
    void deliversEachEventOnceAndInOrder() {
        receiver.answer(500, 200, 500, 200);
        try (var webhook = start(receiver.url())) {
            IntStream.range(0, 1000).forEach(i -> webhook.accept(event(i)));
        }
        assertEquals(
                IntStream.range(0, 1000).mapToObj(String::valueOf).toList(), receiver.takenIds());
    }

    @Test
    void givesUpInTheEndAndSaysHowManyAreMissing() {
        giveUpAfter = Duration.ofMillis(50);
        receiver.refuse(true);
        try (var webhook = start(receiver.url())) {
            webhook.accept(event(1));
            while (webhook.dropped() == 0) {
                Thread.onSpinWait();
            }
            receiver.refuse(false);
            webhook.accept(event(2));
            Delivery second = receiver.nextWith("2");
            assertEquals(1, second.json().getInt("data.dropped"));
        }
    }

    @Test
    void closeDeliversWhatWaits() {
        receiver.answer(500);
        var webhook = start(receiver.url());
        IntStream.range(0, 2500).forEach(i -> webhook.accept(event(i)));
        webhook.close();

        assertEquals(2500, webhook.delivered());
        assertEquals(0, webhook.dropped());
        webhook.accept(event(1));
        assertEquals(1, webhook.dropped());
    }

    @Test
    void closeEndsAlsoWhenTheReceiverIsDeadAndCountsWhatIsLost() {
        receiver.beSilent();
        var webhook = start(receiver.url());
        IntStream.range(0, 500).forEach(i -> webhook.accept(event(i)));
        receiver.next();
        webhook.close();

        assertEquals(0, webhook.delivered());
        assertEquals(500, webhook.dropped());
        assertEquals(0, webhook.queued());
    }

    @Test
    void aDeadReceiverDisturbsNobody() throws Exception {
        queue = 100;
        receiver.beSilent();
        var settings = new TestSettings().listen(Protocol.UDP, "127.0.0.1", 0).build();
        int allocations = 2000;
        try (var webhook = start(receiver.url())) {
            var events =
                    new EventPublisher(List.of(webhook), System::nanoTime, InstantSource.system());
            try (var server = TurnServer.builder(settings).events(events).start();
                    var client = TestClient.udp(server.listeners().getFirst().address())) {
                for (int i = 0; i < allocations; i++) {
                    client.allocate();
                    client.request(StunMethod.REFRESH, new Lifetime(0));
                }
            }
            assertTrue(webhook.queued() <= queue, () -> webhook.queued() + " wait");
            long inHand = 2L * allocations - webhook.dropped() - webhook.queued();
            assertTrue(
                    inHand >= 1 && inHand <= Webhook.BATCH_EVENTS_MAX, () -> inHand + " in hand");
        }
    }

    @Test
    void tellsOnlyOfWhatItWasAskedFor() {
        try (var webhook = start(receiver.url())) {
            assertTrue(webhook.wants(EventKind.ALLOCATION_CREATED));
            assertFalse(webhook.wants(EventKind.PEER_PERMITTED));
        }
    }

    private Webhook start(URI url) {
        return Webhook.start(
                new EventSettings.Webhook(
                        url,
                        List.of(new Secret(SECRET), new Secret(OLD_SECRET)),
                        EnumSet.of(EventKind.ALLOCATION_CREATED, EventKind.ALLOCATION_ENDED),
                        queue,
                        timeout,
                        giveUpAfter,
                        Switch.OFF),
                SHORT,
                InstantSource.system(),
                new SecureRandom());
    }

    private static void awaitFailures(Webhook webhook, long count) {
        while (webhook.failures() < count) {
            Thread.onSpinWait();
        }
    }

    private static Event event(int id) {
        return new Event(
                Instant.EPOCH,
                EventKind.ALLOCATION_CREATED,
                Map.of(EventField.ID, String.valueOf(id), EventField.USERNAME, "alice"));
    }
}

package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.server.config.WebhookSettings;
import org.turnd.stun.IntegrityKey;

/// A web service that is asked for users, over real HTTP and HTTPS.
@Timeout(60)
class WebhookStoreTest {
    private static final String REALM = "example.org";
    private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);
    private static final Bounds BOUNDS =
            new Bounds(
                    Duration.ofMillis(500),
                    Bounds.USUAL.rememberKnown(),
                    Bounds.USUAL.rememberUnknown(),
                    100,
                    4,
                    16,
                    16,
                    20,
                    Bounds.USUAL.secretsInterval());

    private static WebhookStore store(WebService service, @Nullable Path ca) throws StoreFailure {
        var settings =
                new WebhookSettings(
                        service.url("/turn/users?from=turnd"),
                        new Secret("a-token-of-the-service"),
                        new Secret("signing-secret"));
        return new WebhookStore(settings, BOUNDS, () -> NOW, StoreTls.context(ca));
    }

    @Test
    void asksWithATokenAndASignature() throws Exception {
        try (var service = new WebService(null);
                var store = store(service, null)) {
            service.answer =
                    exchange -> {
                        byte[] body = exchange.getRequestBody().readAllBytes();
                        assertEquals("POST", exchange.getRequestMethod());
                        assertEquals(
                                "{\"username\":\"a\\\"lice\",\"realm\":\"example.org\"}",
                                new String(body, StandardCharsets.UTF_8));
                        var headers = exchange.getRequestHeaders();
                        boolean good =
                                "Bearer a-token-of-the-service"
                                                .equals(headers.getFirst("Authorization"))
                                        && "1900000000".equals(headers.getFirst("Turnd-Timestamp"))
                                        && ("sha256=" + hmac("1900000000.", body))
                                                .equals(headers.getFirst("Turnd-Signature"));
                        WebService.send(
                                exchange, good ? 200 : 403, "{\"password\": \"wonderland\"}");
                    };
            StoredUser user = store.find("a\"lice", REALM);
            assertNotNull(user);
            assertEquals(List.of(IntegrityKey.md5("a\"lice", REALM, "wonderland")), user.md5Keys());
            assertEquals(
                    List.of(IntegrityKey.sha256("a\"lice", REALM, "wonderland")),
                    user.sha256Keys());
        }
    }

    private static String hmac(String time, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(
                            "signing-secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(time.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void takesKeysAndAnEnd() throws Exception {
        try (var service = new WebService(null);
                var store = store(service, null)) {
            IntegrityKey key = IntegrityKey.md5("alice", REALM, "wonderland");
            String hex = HexFormat.of().formatHex(key.toByteArray());
            service.answer =
                    exchange ->
                            WebService.send(
                                    exchange,
                                    200,
                                    "{\"key\": \"%s\", \"valid-until\": 1900000060}"
                                            .formatted(hex));
            StoredUser user = store.find("alice", REALM);
            assertNotNull(user);
            assertEquals(List.of(key), user.md5Keys());
            assertEquals(NOW.plusSeconds(60), user.validUntil());
        }
    }

    @Test
    void nobodyIsKnownButToOkAndNobodyUnknownButToNotFound() throws Exception {
        try (var service = new WebService(null);
                var store = store(service, null)) {
            service.answer = exchange -> WebService.send(exchange, 404, "no such user");
            assertNull(store.find("bob", REALM));
            for (int status : new int[] {201, 204, 301, 302, 307, 400, 401, 403, 500, 503}) {
                service.answer =
                        exchange -> {
                            exchange.getResponseHeaders()
                                    .add("Location", service.url("/elsewhere").toString());
                            WebService.send(
                                    exchange,
                                    exchange.getRequestURI().getPath().equals("/elsewhere")
                                            ? 200
                                            : status,
                                    status == 204 ? "" : "{\"password\": \"x\"}");
                        };
                assertThrows(StoreFailure.class, () -> store.find("bob", REALM), "" + status);
            }
        }
    }

    @Test
    void failsOnAnswersThatMakeNoSense() throws Exception {
        try (var service = new WebService(null);
                var store = store(service, null)) {
            for (String body :
                    List.of(
                            "[]",
                            "\"x\"",
                            "{",
                            "null",
                            "{}",
                            "{\"password\": null}",
                            "{\"key\": \"xyz\"}",
                            "{\"key\": \"00\"}",
                            "{\"password\": \"x\", \"valid-until\": \"soon\"}",
                            "{\"password\": \""
                                    + "x".repeat(WebhookStore.ANSWER_BYTES_MAX)
                                    + "\"}")) {
                service.answer = exchange -> WebService.send(exchange, 200, body);
                assertThrows(StoreFailure.class, () -> store.find("bob", REALM), body);
            }
        }
    }

    @Test
    void doesNotWaitForASlowOrDeadService() throws Exception {
        var gate = new CountDownLatch(1);
        var service = new WebService(null);
        try (var store = store(service, null)) {
            service.answer = exchange -> gate.await();
            assertThrows(StoreFailure.class, () -> store.find("bob", REALM));
            gate.countDown();
            service.close();
            assertThrows(StoreFailure.class, () -> store.find("bob", REALM));
        } finally {
            gate.countDown();
            service.close();
        }
    }

    @Test
    void believesACertificateOfItsCaAlone(@TempDir Path directory) throws Exception {
        TestCertificate certificate = TestCertificate.in(directory);
        try (var service = new WebService(certificate.server());
                var trusting = store(service, certificate.certificate());
                var careful = store(service, null)) {
            service.answer = exchange -> WebService.send(exchange, 200, "{\"password\": \"x\"}");
            assertNotNull(trusting.find("bob", REALM));
            StoreFailure refused =
                    assertThrows(StoreFailure.class, () -> careful.find("bob", REALM));
            assertFalse(refused.isOfOneUser());
        }
        StoreFailure none =
                assertThrows(
                        StoreFailure.class, () -> StoreTls.context(directory.resolve("none.pem")));
        assertTrue(String.valueOf(none.getMessage()).startsWith("auth.stores.ca: "));
    }
}

package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.JwtSettings;
import org.turnd.server.config.RedisSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.server.config.WebhookSettings;

/// Stores at servers with a certificate of another CA, or for another name, over real TLS: they
/// learn nothing, neither who logs in nor with what they could say who may.
@Timeout(60)
class StoreCertificatesTest {
    private static final String REALM = "example.org";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @SuppressWarnings("NullAway.Init") // made before each test
    private TestCertificate right;

    @SuppressWarnings("NullAway.Init") // made before each test
    private TestCertificate ofAnotherName;

    private final AtomicInteger requests = new AtomicInteger();

    @BeforeEach
    void makeCertificates() throws Exception {
        right = TestCertificate.in(Files.createDirectory(directory.resolve("right")));
        ofAnotherName =
                TestCertificate.of(
                        "DNS:127.0.0.1.example.org,IP:127.0.0.2",
                        Files.createDirectory(directory.resolve("other")));
    }

    private WebService service(TestCertificate shown) throws Exception {
        var service = new WebService(shown.server());
        service.answer =
                exchange -> {
                    requests.incrementAndGet();
                    WebService.send(
                            exchange,
                            200,
                            exchange.getRequestURI().getPath().equals("/keys")
                                    ? "{\"keys\": []}"
                                    : "{\"password\": \"wonderland\"}");
                };
        return service;
    }

    private static WebhookStore webhook(WebService service, TestCertificate trusted)
            throws StoreFailure {
        return new WebhookStore(
                new WebhookSettings(service.url("/users"), new Secret("a-token"), null),
                Bounds.USUAL,
                InstantSource.system(),
                trusted.client());
    }

    @Test
    void aWebhookWithTheRightCertificateIsAsked() throws Exception {
        try (var service = service(right);
                var store = webhook(service, right)) {
            assertNotNull(store.find("alice", REALM));
        }
    }

    @Test
    void aWebhookWithACertificateOfAnotherCaIsRefused() throws Exception {
        try (var service = service(right);
                var store = webhook(service, ofAnotherName)) {
            assertCertificateRefused(() -> store.find("alice", REALM));
        }
    }

    @Test
    void aWebhookWithACertificateForAnotherNameIsRefused() throws Exception {
        try (var service = service(ofAnotherName);
                var store = webhook(service, ofAnotherName)) {
            assertCertificateRefused(() -> store.find("alice", REALM));
        }
    }

    @Test
    void keysOfTokensComeFromTheRightServerAlone() throws Exception {
        // Three base64url parts, whose header names a key that must be fetched.
        String token = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJpIn0." + "A".repeat(86);
        try (var service = service(right);
                var store = jwt(service, right)) {
            assertNull(store.find(token, REALM));
            assertTrue(requests.get() > 0, "the right server was asked");
        }
        requests.set(0);
        try (var service = service(ofAnotherName);
                var wrongName = jwt(service, ofAnotherName);
                var wrongCa = jwt(service, right)) {
            for (JwtStore store : List.of(wrongName, wrongCa)) {
                StoreFailure failure =
                        assertThrows(StoreFailure.class, () -> store.find(token, REALM));
                assertTrue(String.valueOf(failure.getMessage()).contains("SSL"), failure::toString);
            }
            assertEquals(0, requests.get());
        }
    }

    private static JwtStore jwt(WebService service, TestCertificate trusted) throws StoreFailure {
        return new JwtStore(
                new JwtSettings(service.url("/keys"), "i", "a", new Secret("k3Jz8vQ1xW5nB7mT2r")),
                Bounds.USUAL,
                trusted.client());
    }

    @Test
    void redisWithACertificateForAnotherNameIsRefused() throws Exception {
        try (var redis =
                        RedisServer.start(
                                directory,
                                "--tls-port-here",
                                "--port",
                                "0",
                                "--tls-cert-file",
                                ofAnotherName.certificate().toString(),
                                "--tls-key-file",
                                ofAnotherName.key().toString(),
                                "--tls-auth-clients",
                                "no");
                var store =
                        new RedisStore(
                                new RedisSettings(
                                        URI.create(redis.url()),
                                        null,
                                        null,
                                        RedisSettings.COTURN_USER_KEY,
                                        null),
                                Bounds.USUAL,
                                ofAnotherName.client())) {
            assertCertificateRefused(() -> store.find("alice", REALM));
        }
    }

    /// Fails for every user, because of the certificate, and before anything was said.
    private void assertCertificateRefused(Executable question) {
        StoreFailure failure = assertThrows(StoreFailure.class, question);
        assertFalse(failure.isOfOneUser());
        boolean isOfTls = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            isOfTls |= cause instanceof SSLException;
        }
        assertTrue(isOfTls, () -> "another failure: " + failure);
        assertEquals(0, requests.get(), "the server was told something");
    }
}

package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;

/// Where events go.
class EventSettingsTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

    @TempDir Path directory;

    @Test
    void nobodyIsToldUntilSomebodySaysSo() {
        assertEquals(EventSettings.NONE, loaded("").settings().log().events());
    }

    @Test
    void theAuditFileLiesBesideTheConfiguration() {
        EventSettings events =
                loaded("audit { path = audit.json, days = 7 }").settings().log().events();

        assertEquals(
                new EventSettings.AuditFile(directory.resolve("audit.json"), 100 << 20, 7),
                events.auditFile());
    }

    @Test
    void theDirectoryOfTheAuditFileMustBeThere() {
        assertTrue(refused("audit.path = logs/audit.json").contains("there is no directory logs"));
    }

    @Test
    void tracesAreOffUntilTheyHaveACollector() {
        assertNull(loaded("").settings().log().events().tracing());
        ConfigResult.Loaded loaded =
                loaded(
                        """
                        tracing { endpoint = "https://otel.example.org/v1/traces"
                          header = "Authorization: Bearer sesame" }
                        """);
        assertEquals(
                new TracingSettings(
                        URI.create("https://otel.example.org/v1/traces"),
                        new Secret("Authorization: Bearer sesame"),
                        1.0,
                        "turnd",
                        Switch.OFF,
                        2048),
                loaded.settings().log().events().tracing());
        assertEquals(List.of(), loaded.warnings());
        assertFalse(ConfigPrinter.print(loaded.values()).contains("sesame"));
    }

    @Test
    void aHeaderForTheCollectorIsNotSentInTheClear() {
        String remote = "tracing.endpoint = \"http://192.0.2.1:4318/v1/traces\"\n";
        assertTrue(
                refused(remote + "tracing.header = \"X-Key: sesame\"")
                        .contains("tracing.endpoint: plain HTTP to another machine"));
        assertEquals(
                List.of(
                        "tracing.endpoint is without TLS: who reads the network there reads traces"),
                loaded(remote).warnings());
        String local = "tracing.endpoint = \"http://127.0.0.1:4318/v1/traces\"\n";
        assertEquals(List.of(), loaded(local + "tracing.header = \"X-Key: sesame\"").warnings());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tracing.sample-ratio = 1.5",
                "tracing.sample-ratio = -0.1",
                "tracing.sample-ratio = often",
                "tracing.service-name = \"two words\"",
                "tracing.header = \"Authorization\"",
                "tracing.header = \"X: a\\r\\nY: b\"",
                "tracing.endpoint = \"ftp://127.0.0.1/\"",
                "tracing.queue = 0"
            })
    void whatMakesNoSenseOfTracingIsRefused(String line) {
        assertTrue(refused(line).contains(line.substring(0, line.indexOf(' '))), line);
    }

    @Test
    void theNameOfTheAuditFileIsNoPattern() {
        assertTrue(refused("audit.path = \"%d.json\"").contains("audit.path: found %d.json"));
    }

    @Test
    void theWebhookHasGenerousDefaultsAndIsWarnedOf() {
        ConfigResult.Loaded loaded = loaded(webhook("https://example.org/turn?server=a"));

        assertEquals(
                new EventSettings.Webhook(
                        URI.create("https://example.org/turn?server=a"),
                        List.of(new Secret(SECRET)),
                        Set.of(
                                EventKind.ALLOCATION_CREATED,
                                EventKind.ALLOCATION_REFRESHED,
                                EventKind.ALLOCATION_ENDED),
                        10_000,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(15),
                        Switch.OFF),
                loaded.settings().log().events().webhook());
        assertEquals(
                List.of("webhook.url: user names and client addresses are sent to example.org"),
                loaded.warnings());
        assertFalse(ConfigPrinter.print(loaded.values()).contains("MfKQ"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:8080/",
                "http://[::1]/",
                "http://localhost/",
                "HTTPS://a.b/"
            })
    void plainHttpIsGoodForThisMachine(String url) {
        assertEquals(1, loaded(webhook(url)).warnings().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org/",
                "http://localhost.example.org/",
                "http://192.0.2.1/",
                "ftp://example.org/",
                "https:///path",
                "https://user:word@example.org/",
                "example.org"
            })
    void otherUrlsAreRefused(String url) {
        assertTrue(refused(webhook(url)).contains("turnd.conf:1: webhook.url: "));
    }

    @Test
    void plainHttpToAnotherMachineMustBeAskedForAndIsWarnedOf() {
        ConfigResult.Loaded loaded =
                loaded(webhook("http://192.0.2.1/") + "\nwebhook.plain-http = on");

        assertTrue(loaded.warnings().getFirst().endsWith("readable for everybody between"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "whsec_", "whsec_c2hvcnQ=", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2La"})
    void aWeakSecretIsRefusedAndNotShown(String secret) {
        String refused =
                refused(
                        "webhook.url = \"https://a.b/\"\nwebhook.secret = [\"%s\"]"
                                .formatted(secret));

        assertTrue(refused.contains("webhook.secret: "), refused);
        assertTrue(secret.length() < 10 || !refused.contains(secret), refused);
    }

    @Test
    void aUrlNeedsASecret() {
        String refused = refused("webhook.url = \"https://example.org/\"");

        assertTrue(refused.contains("there is no webhook.secret for it"), refused);
    }

    @Test
    void anUnknownEventIsRefused() {
        String refused = refused(webhook("https://a.b/") + "\nwebhook.events = [allocated]");

        assertTrue(refused.contains("webhook.events: found allocated"), refused);
    }

    private static String webhook(String url) {
        return "webhook.url = \"%s\"\nwebhook.secret = \"%s\"".formatted(url, SECRET);
    }

    private ConfigResult.Loaded loaded(String text) {
        return new ConfigFixture(directory).loaded(text);
    }

    private String refused(String text) {
        return new ConfigFixture(directory).refused(text);
    }
}

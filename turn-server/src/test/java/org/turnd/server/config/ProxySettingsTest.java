package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ServerSettings.Listener;

/// Listeners for proxies.
class ProxySettingsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @SuppressWarnings("NullAway.Init") // made before each test
    private ConfigFixture config;

    @BeforeEach
    void makeFixture() {
        config = new ConfigFixture(directory);
    }

    @Test
    @Tag("T-01")
    void noListenerIsForProxiesUnlessItIsNamed() {
        ServerSettings settings = config.loaded("").settings();
        assertTrue(settings.listeners().stream().noneMatch(Listener::proxied));
        assertEquals(List.of(), settings.trustedProxies());
    }

    @Test
    @Tag("T-01")
    void namesListenersAndWhoIsTrustedThere() {
        ConfigResult.Loaded loaded =
                config.loaded(
                        """
                        listeners { udp = "0.0.0.0:3478", tcp = [] }
                        proxy-protocol {
                          udp = "192.0.2.1:3480"
                          tcp = "192.0.2.1:3480"
                          trusted = [10.0.0.0/8, "2001:db8::1"]
                        }
                        """);
        ServerSettings settings = loaded.settings();
        assertEquals(
                List.of(
                        "UDP 0.0.0.0:3478 false",
                        "UDP 192.0.2.1:3480 true",
                        "TCP 192.0.2.1:3480 true"),
                settings.listeners().stream()
                        .map(one -> one.protocol() + " " + one.address() + " " + one.proxied())
                        .toList());
        assertEquals(2, settings.trustedProxies().size());
        assertTrue(
                loaded.warnings().stream().anyMatch(line -> line.startsWith("proxy-protocol:")),
                () -> loaded.warnings().toString());
    }

    @Test
    @Tag("T-01")
    void somebodyMustBeTrusted() {
        String text = config.refused("proxy-protocol.tcp = \"192.0.2.1:3480\"");
        assertTrue(
                text.contains(
                        "proxy-protocol.trusted: no proxy is trusted, so nobody could connect"),
                text);
    }

    @Test
    @Tag("T-01")
    void aPortIsNotSharedWithOtherClients() {
        String text =
                config.refused(
                        """
                        listeners.tcp = "0.0.0.0:3478"
                        proxy-protocol { tcp = "192.0.2.1:3478", trusted = 10.0.0.0/8 }
                        """);
        assertTrue(
                text.contains(
                        "proxy-protocol.tcp: 192.0.2.1:3478 is already taken by listeners.tcp"),
                text);
    }

    @Test
    @Tag("T-01")
    void tlsBehindAProxyNeedsACertificate() {
        String text =
                config.refused("proxy-protocol { tls = \"192.0.2.1:3480\", trusted = 10.0.0.0/8 }");
        assertTrue(text.contains("proxy-protocol.tls: there is no certificate"), text);
    }
}

package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.config.ServerSettings.BehaviorDiscovery;
import org.turnd.server.config.ServerSettings.Stun;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.TransportAddress;

/// What Binding does beyond RFC 8489.
class StunSettingsTest {
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
    @Tag("B-07")
    void classicStunIsOffUntilItIsSwitchedOnAndSaysSo() {
        assertEquals(Stun.PLAIN, config.loaded("").settings().stun());
        ConfigResult.Loaded on = config.loaded("classic-stun = on");
        assertEquals(Switch.ON, on.settings().stun().classic());
        assertTrue(
                on.warnings().stream().anyMatch(line -> line.startsWith("classic-stun = on")),
                () -> on.warnings().toString());
        assertEquals(Stun.PLAIN, config.loaded("classic-stun = off").settings().stun());
    }

    @Test
    @Tag("N-10")
    void discoveryIsOffUntilThereAreAddressesAndSaysSo() {
        assertNull(config.loaded("").settings().stun().discovery());
        ConfigResult.Loaded on =
                config.loaded("behavior-discovery.addresses = [192.0.2.1, 192.0.2.2]");
        assertEquals(
                new BehaviorDiscovery(
                        addresses("192.0.2.1", "192.0.2.2"),
                        addresses("192.0.2.1", "192.0.2.2"),
                        3478,
                        3479,
                        10),
                on.settings().stun().discovery());
        assertTrue(
                on.warnings().stream().anyMatch(line -> line.startsWith("behavior-discovery.")),
                () -> on.warnings().toString());
    }

    @Test
    @Tag("N-02")
    void pairsAreSortedByFamilyWithWhatClientsSeeInstead() {
        BehaviorDiscovery discovery =
                config.loaded(
                                """
                                behavior-discovery {
                                  addresses = [10.0.0.1, "2001:db8::1", 10.0.0.2, "2001:db8::2"]
                                  external-addresses = [192.0.2.1, "2001:db8::1", 192.0.2.2, "2001:db8::2"]
                                  ports = [5000, 3478]
                                  requests-per-second = 3
                                }
                                """)
                        .settings()
                        .stun()
                        .discovery();
        assertEquals(
                new BehaviorDiscovery(
                        addresses("10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2"),
                        addresses("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"),
                        5000,
                        3478,
                        3),
                discovery);
    }

    @Test
    @Tag("N-02")
    void listensWhereDiscoveryNeedsItAndNowhereTwice() {
        List<String> udp =
                config
                        .loaded(
                                """
                                listeners { udp = ["0.0.0.0:3478", "192.0.2.1:3479"], tcp = [] }
                                behavior-discovery.addresses = [192.0.2.1, 192.0.2.2]
                                """)
                        .settings()
                        .listeners()
                        .stream()
                        .map(one -> one.address().toString())
                        .toList();
        assertEquals(List.of("0.0.0.0:3478", "192.0.2.1:3479", "192.0.2.2:3479"), udp);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    addresses = [192.0.2.1]                        | IPv4 has one address
                    addresses = [192.0.2.1, 192.0.2.1]             | IPv4 has the same address twice
                    addresses = [192.0.2.1, 192.0.2.2, 192.0.2.3]  | IPv4 has 3 addresses
                    addresses = [192.0.2.1, "2001:db8::1"]         | IPv4 has one address
                    addresses = [0.0.0.0, 192.0.2.1]               | found 0.0.0.0
                    addresses = ["192.0.2.1:3478", 192.0.2.2]      | found 192.0.2.1:3478
                    ports = [3478]                                 | found [3478]
                    ports = [3478, 3478]                           | found [3478, 3478]
                    ports = [3478, 0]                              | found 0
                    requests-per-second = 0                        | found 0
                    external-addresses = [192.0.2.1, 192.0.2.2]    | it doesn't match
                    """)
    @Tag("N-03")
    void saysWhatIsWrongWithDiscovery(String line, String problem) {
        String text = config.refused("behavior-discovery." + line);
        assertTrue(text.contains("turnd.conf:1: behavior-discovery."), text);
        assertTrue(text.contains(problem), text);
        assertTrue(text.contains("fix: "), text);
    }

    @Test
    @Tag("N-03")
    void discoveryPortsAreNoRelayPorts() {
        String text =
                config.refused(
                        """
                        relay.ipv4 = 192.0.2.1
                        behavior-discovery { addresses = [192.0.2.1, 192.0.2.2], ports = [3478, 50000] }
                        """);
        assertTrue(text.contains("the port of 192.0.2.1:50000 is one of the relays'"), text);
    }

    private static List<TransportAddress> addresses(String... hosts) {
        return Stream.of(hosts)
                .map(host -> TransportAddress.of(InetAddress.ofLiteral(host), 0))
                .toList();
    }
}

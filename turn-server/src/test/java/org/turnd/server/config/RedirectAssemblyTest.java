package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.RedirectSettings.Occasion;
import org.turnd.server.config.RedirectSettings.Target;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.TransportAddress;

/// What the configuration says of other servers, and what would send clients round in circles.
class RedirectAssemblyTest {
    private static final TransportAddress OTHER = TransportAddress.ipv4(0xC0000209, 3478);

    @TempDir Path directory;
    private ConfigFixture config;

    @BeforeEach
    void inADirectory() {
        config = new ConfigFixture(directory);
    }

    private static TransportAddress address(String host) {
        return TransportAddress.of(InetAddress.ofLiteral(host), 3478);
    }

    @Test
    void sendsNobodyAnywhereByDefault() {
        RedirectSettings redirect = config.loaded("").settings().redirect();
        assertEquals(List.of(), redirect.to());
        assertEquals(List.of(), redirect.anycastTo());
        assertEquals(Switch.OFF, redirect.beforeAuthentication());
    }

    @Test
    void takesWhatIsSaid() {
        Loaded loaded =
                config.loaded(
                        """
                        redirect {
                          to = ["192.0.2.9:3478", "tls:[2001:db8::9]:443"]
                          domain = "t\u00FCrn2.example.org"
                        }
                        """);
        RedirectSettings redirect = loaded.settings().redirect();
        assertEquals(new Target(null, OTHER), redirect.to().getFirst());
        assertEquals(Protocol.TLS, redirect.to().getLast().protocol());
        assertEquals(443, redirect.to().getLast().address().port());
        assertEquals(List.of(Occasion.DRAINING, Occasion.FULL), redirect.when());
        assertEquals("xn--trn2-0ra.example.org", redirect.domain());
        assertEquals(List.of(), loaded.warnings());
    }

    @Test
    @Tag("T-03")
    void knowsTheAnycastAddressesOfTurn() {
        RedirectSettings redirect =
                config.loaded(
                                """
                                listeners.udp = ["192.0.0.10:3478", "[2001:1::2]:3478", "198.51.100.7:3478"]
                                redirect.anycast-to = "198.51.100.7:3478"
                                """)
                        .settings()
                        .redirect();
        assertTrue(redirect.isAnycast(address("192.0.0.10")));
        assertTrue(redirect.isAnycast(address("2001:1::2")));
        assertEquals(false, redirect.isAnycast(address("198.51.100.7")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redirect.to = \"192.0.2.9\" | redirect.to: found 192.0.2.9",
                "redirect.to = \"sctp:192.0.2.9:3478\" | redirect.to: found sctp:192.0.2.9:3478",
                "redirect.to = \"0.0.0.0:3478\" | redirect.to: found 0.0.0.0:3478",
                "redirect.to = \"192.0.2.9:0\" | redirect.to: found 192.0.2.9:0",
                "redirect.when = always | redirect.when: there is no redirect.to",
                "redirect.when = tired | redirect.when: found tired",
                "redirect.domain = \"a b.example\" | redirect.domain: found a b.example",
                "redirect.anycast-to = \"192.0.0.10:1\" | redirect.anycast-to: 192.0.0.10:1 is an",
                "listeners.udp = \"192.0.0.10:3478\" | listeners.udp: 192.0.0.10:3478 is an anycast",
                "listeners.tcp = \"192.0.0.10:3478\" | listeners.tcp: 192.0.0.10:3478 is an anycast",
            })
    @Tag("C-15")
    void refusesWhatIsNone(String text, String found) {
        String shown = config.refused(text);
        assertTrue(shown.contains(found), shown);
    }

    @ParameterizedTest
    @CsvSource({
        "198.51.100.7:3478, true",
        "tcp:198.51.100.7:3478, true",
        "tls:198.51.100.7:3478, false",
        "198.51.100.7:3479, false",
        "198.51.100.8:3478, false",
        "203.0.113.5:3478, true",
        "[2001:db8::7]:3478, true",
        "[2001:db8::8]:3478, false",
    })
    @Tag("R-05")
    void sendsNobodyToThisServerItself(String target, boolean isItself) {
        String text =
                "relay.external-ipv4 = \"203.0.113.5\"\nredirect.to = \"%s\"".formatted(target);
        if (isItself) {
            String shown = config.refused(text);
            assertTrue(shown.contains("is this server itself"), shown);
        } else {
            config.loaded(text);
        }
    }

    @Test
    @Tag("W-03")
    void warnsOfWhatIsRisky() {
        List<String> warnings =
                config.loaded(
                                """
                                redirect {
                                  to = "192.0.2.9:3478"
                                  when = [always]
                                  before-authentication = on
                                }
                                """)
                        .warnings();
        assertEquals(2, warnings.size(), warnings::toString);
    }
}

package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.config.ConfigFixture.IPV4_ONLY;
import static org.turnd.server.config.ConfigFixture.IPV6;
import static org.turnd.server.config.ConfigFixture.PUBLIC;
import static org.turnd.server.config.ConfigFixture.SECRET;
import static org.turnd.server.config.ConfigFixture.effective;
import static org.turnd.server.config.ConfigFixture.expectLoaded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.ConfigResult.Refused;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.TransportAddress;

/// Names in the place of addresses of this machine.
class LocalNamesTest {
    private static final Map<String, String> WITH_SECRET = Map.of("TURND_AUTH_SECRET", SECRET);
    private static final TransportAddress LOOPBACK = TransportAddress.ipv4(0x7F000001, 0);
    private static final TransportAddress ELSEWHERE = TransportAddress.ipv4(0xCB007105, 0);
    private static final TransportAddress LINK_LOCAL = new TransportAddress(0xFE80L << 48, 0x10, 0);
    private static final Map<String, List<TransportAddress>> HOSTS =
            Map.of(
                    "turn.example.org", List.of(PUBLIC, IPV6),
                    "half.example.org", List.of(PUBLIC, ELSEWHERE),
                    "far.example.org", List.of(ELSEWHERE),
                    "link.example.org", List.of(LINK_LOCAL),
                    "eth1", List.of(LOOPBACK));

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private final List<String> lookedUp = new ArrayList<>();
    private final LocalMachine machine =
            new LocalMachine(
                    List.of(LOOPBACK, PUBLIC, IPV6, LINK_LOCAL),
                    Map.of(
                            "eth0",
                            List.of(PUBLIC, IPV6),
                            "lo",
                            List.of(LOOPBACK),
                            "eth1",
                            List.of()),
                    this::addresses,
                    PUBLIC,
                    IPV6);

    @SuppressWarnings("NullAway.Init") // set before each test
    private ConfigFixture config;

    private List<TransportAddress> addresses(String host) throws IOException {
        lookedUp.add(host);
        List<TransportAddress> found = HOSTS.get(host);
        if (found == null) {
            throw new IOException(host + " can't be resolved");
        }
        return found;
    }

    @BeforeEach
    void inADirectory() {
        config = new ConfigFixture(directory);
    }

    private Loaded loaded(String text) {
        return expectLoaded(config.load(text, WITH_SECRET, machine));
    }

    private static List<String> at(Loaded loaded, Protocol protocol) {
        return loaded.settings().listeners().stream()
                .filter(listener -> listener.protocol() == protocol)
                .map(Listener::address)
                .map(TransportAddress::toString)
                .toList();
    }

    @Test
    void anInterfaceMeansAllItsAddressesAndAHostThoseOfThisMachine() {
        Loaded loaded =
                loaded(
                        """
                        listeners.udp = "eth0:3478"
                        listeners.tcp = ["turn.example.org:3478", "lo:3479"]
                        proxy-protocol { tcp = "eth0:9000", trusted = "10.0.0.1" }
                        """);
        List<String> both = List.of("198.51.100.7:3478", "[2001:db8::7]:3478");
        assertEquals(both, at(loaded, Protocol.UDP));
        assertEquals(
                List.of(
                        both.getFirst(),
                        both.getLast(),
                        "127.0.0.1:3479",
                        "198.51.100.7:9000",
                        "[2001:db8::7]:9000"),
                at(loaded, Protocol.TCP));
        assertEquals(
                "[\"198.51.100.7:3478\", \"[2001:db8::7]:3478\"]",
                effective(loaded, "listeners.udp").text());
    }

    @Test
    void aStarMeansBothFamiliesThatTheMachineHas() {
        assertEquals(
                List.of("0.0.0.0:443", "[::]:443"),
                at(loaded("listeners.tcp = \"*:443\""), Protocol.TCP));
        Loaded ipv4 =
                expectLoaded(config.load("listeners.tcp = \"*:443\"", WITH_SECRET, IPV4_ONLY));
        assertEquals(List.of("0.0.0.0:443"), at(ipv4, Protocol.TCP));
    }

    @Test
    void aWildcardOfAFamilyThatTheMachineHasNotIsLeftOutWithAWord() {
        Loaded loaded =
                expectLoaded(
                        config.load(
                                "listeners.udp = [\"0.0.0.0:3478\", \"[::]:3478\"]",
                                WITH_SECRET,
                                IPV4_ONLY));
        assertEquals(List.of("0.0.0.0:3478"), at(loaded, Protocol.UDP));
        assertTrue(
                loaded.warnings()
                        .contains(
                                "listeners.udp = [::]:3478: this machine has no IPv6 address, so"
                                        + " nobody is served there"),
                loaded.warnings()::toString);
    }

    @Test
    void twoNamesOfOneAddressAreOneListenerAndAreLookedUpOnce() {
        Loaded loaded =
                loaded(
                        """
                        listeners.udp = ["198.51.100.7:3478", "eth0:3478", "turn.example.org:3478"]
                        listeners.tcp = "turn.example.org:3478"
                        """);
        assertEquals(List.of("198.51.100.7:3478", "[2001:db8::7]:3478"), at(loaded, Protocol.UDP));
        assertEquals(List.of("turn.example.org"), lookedUp);
    }

    @Test
    void addressesOfAHostThatAreElsewhereAreLeftOutWithAWord() {
        Loaded loaded = loaded("listeners.udp = \"half.example.org:3478\"");
        assertEquals(List.of("198.51.100.7:3478"), at(loaded, Protocol.UDP));
        assertTrue(
                loaded.warnings()
                        .contains(
                                "listeners.udp = half.example.org:3478: of its addresses"
                                        + " 203.0.113.5 are not this machine's"),
                loaded.warnings()::toString);
    }

    @Test
    void relaysTakeTheAddressOfTheirFamily() {
        Loaded loaded = loaded("relay { ipv4 = eth0, ipv6 = turn.example.org }");
        assertEquals(PUBLIC, loaded.settings().relay().ipv4());
        assertEquals(IPV6, loaded.settings().relay().ipv6());
        assertEquals("\"2001:db8::7\"", effective(loaded, "relay.ipv6").text());
    }

    @Test
    void whatCannotBeFoundIsToldWithItsLineAndMayPass() {
        ConfigResult result =
                config.load(
                        """
                        listeners.udp = [
                          "eth0:3478"
                          "eth7:3478"
                        ]
                        listeners.tcp = ["far.example.org:3478", "eth1:3478"]
                        relay.ipv4 = link.example.org
                        relay.ipv6 = lo
                        """,
                        WITH_SECRET,
                        machine);
        var refused = assertInstanceOf(Refused.class, result);
        assertEquals(
                List.of(
                        "3 there is no interface eth7, and eth7 can't be resolved",
                        "5 far.example.org is 203.0.113.5, and this machine has no such address",
                        "5 the interface eth1 has no address now",
                        "6 link.example.org is fe80::10, and this machine has no such address",
                        "7 lo has no IPv6 address"),
                refused.problems().stream()
                        .map(problem -> problem.origin().line() + " " + problem.found())
                        .toList());
        assertTrue(refused.mayPass());
    }

    @Test
    void aMachineMayGetItsAddressesLater() {
        var bare = new LocalMachine(List.of(LOOPBACK), null, null);
        ConfigResult result = config.load("", WITH_SECRET, bare);
        assertTrue(assertInstanceOf(Refused.class, result).mayPass());
        result = config.load("relay { ipv4 = none, ipv6 = none }", WITH_SECRET, bare);
        assertFalse(assertInstanceOf(Refused.class, result).mayPass());
    }

    @Test
    void aMistakeBesideItStays() {
        ConfigResult result =
                config.load("listeners.udp = \"eth7:1\"\nshards = many", WITH_SECRET, machine);
        assertFalse(assertInstanceOf(Refused.class, result).mayPass());
    }

    @Test
    void thisMachineKnowsItsLoopbackByInterfaceAndByName() throws IOException {
        LocalMachine here = LocalMachine.look();
        List<TransportAddress> lo = here.interfaces().getOrDefault("lo", List.of());
        assertTrue(lo.contains(LOOPBACK), lo::toString);
        assertTrue(here.names().addresses("localhost").contains(LOOPBACK));
    }
}

package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.config.LocalMachine.Candidate;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

class LocalMachineTest {
    @Test
    void findsTheInterfaceOfTheIpv4DefaultRoute() {
        String head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU";
        String lan = "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0";
        String far = "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0";
        String near = "eth1\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0";
        String half = "tun0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000080\t0\t0\t0";

        assertEquals(
                "eth1", LocalMachine.ipv4DefaultInterface(List.of(head, lan, far, half, near)));
        assertNull(LocalMachine.ipv4DefaultInterface(List.of(head, lan, "", half)));
    }

    @Test
    void findsTheInterfaceOfTheIpv6DefaultRoute() {
        String zero = "0".repeat(32);
        String unreachable =
                "%s 00 %s 00 %s ffffffff 00000001 00000000 00200200       lo"
                        .formatted(zero, zero, zero);
        String route =
                "%s 00 %s 00 fe800000000000000000000000000001 00000400 00000005 00000000 00000003"
                        .formatted(zero, zero);
        String lan =
                "20010db8000000000000000000000000 40 %s 00 %s 00000100 00000001 00000000 00000001"
                        .formatted(zero, zero);

        assertEquals(
                "eth0",
                LocalMachine.ipv6DefaultInterface(
                        List.of(unreachable, lan + " eth9", route + "     eth0")));
        assertNull(LocalMachine.ipv6DefaultInterface(List.of(unreachable, lan + " eth9")));
    }

    @Test
    void defaultRouteWinsThenAPublicAddress() {
        var bridge = new Candidate(address("172.17.0.1"), false, true);
        var other = new Candidate(address("198.41.0.4"), false, true);
        var routed = new Candidate(address("10.0.0.5"), true, true);
        var ipv6 = new Candidate(address("2a00::5"), true, true);

        assertEquals(
                address("10.0.0.5"),
                LocalMachine.best(List.of(bridge, other, ipv6, routed), AddressFamily.IPV4));
        assertEquals(
                address("198.41.0.4"),
                LocalMachine.best(List.of(bridge, other, ipv6), AddressFamily.IPV4));
        assertEquals(
                address("2a00::5"), LocalMachine.best(List.of(bridge, ipv6), AddressFamily.IPV6));
        assertNull(LocalMachine.best(List.of(bridge), AddressFamily.IPV6));
    }

    @Test
    void privacyAddressesComeLast() {
        var unstable =
                LocalMachine.unstableIpv6(
                        List.of(
                                "2a000000000000000000000000000005 02 40 00 01     eth0",
                                "2a000000000000000000000000000006 02 40 00 80     eth0",
                                "2a000000000000000000000000000007 02 40 00 a0     eth0",
                                ""));
        assertEquals(Set.of(address("2a00::5"), address("2a00::7")), unstable);

        var passing = new Candidate(address("2a00::5"), true, false);
        var lasting = new Candidate(address("2a00::6"), true, true);
        assertEquals(
                address("2a00::6"),
                LocalMachine.best(List.of(passing, lasting), AddressFamily.IPV6));
        assertEquals(address("2a00::5"), LocalMachine.best(List.of(passing), AddressFamily.IPV6));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, true",
        "172.31.255.255, true",
        "192.168.1.1, true",
        "100.64.0.0, true",
        "100.127.255.255, true",
        "127.0.0.1, true",
        "169.254.1.1, true",
        "fd00::1, true",
        "fc00::1, true",
        "::1, true",
        "100.63.255.255, false",
        "100.128.0.0, false",
        "198.41.0.4, false",
        "2a00::1, false",
        "fbff::1, false",
    })
    void knowsPrivateAddresses(String text, boolean isPrivate) {
        assertEquals(isPrivate, LocalMachine.isPrivate(address(text)));
    }

    @Test
    void looksAtThisMachine() {
        LocalMachine machine = LocalMachine.look();
        assertTrue(machine.owns(address("127.0.0.1").withPort(80)), machine::toString);
        TransportAddress primary = machine.primaryIpv4();
        assertTrue(primary == null || machine.owns(primary), machine::toString);
    }

    private static TransportAddress address(String text) {
        TransportAddress address = IpLiteral.parse(text);
        assertNotNull(address, text);
        return address;
    }
}

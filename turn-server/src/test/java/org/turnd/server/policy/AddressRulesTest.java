package org.turnd.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.config.CidrBlock;
import org.turnd.server.config.IpLiteral;
import org.turnd.server.config.ServerSettings;
import org.turnd.stun.TransportAddress;

class AddressRulesTest {
    private static final AddressRules DEFAULTS = rules(List.of(), List.of());

    /// The last public address before, the first of the range, its last, the next public one; a
    /// dash where the neighbour is denied for another reason or does not exist.
    @ParameterizedTest
    @CsvSource({
        "-, 0.0.0.0, 0.255.255.255, 1.0.0.0",
        "9.255.255.255, 10.0.0.0, 10.255.255.255, 11.0.0.0",
        "100.63.255.255, 100.64.0.0, 100.127.255.255, 100.128.0.0",
        "126.255.255.255, 127.0.0.0, 127.255.255.255, 128.0.0.0",
        "168.63.129.15, 168.63.129.16, 168.63.129.16, 168.63.129.17",
        "169.253.255.255, 169.254.0.0, 169.254.255.255, 169.255.0.0",
        "172.15.255.255, 172.16.0.0, 172.31.255.255, 172.32.0.0",
        "191.255.255.255, 192.0.0.0, 192.0.0.255, 192.0.1.0",
        "192.0.1.255, 192.0.2.0, 192.0.2.255, 192.0.3.0",
        "192.88.98.255, 192.88.99.0, 192.88.99.255, 192.88.100.0",
        "192.167.255.255, 192.168.0.0, 192.168.255.255, 192.169.0.0",
        "198.17.255.255, 198.18.0.0, 198.19.255.255, 198.20.0.0",
        "198.51.99.255, 198.51.100.0, 198.51.100.255, 198.51.101.0",
        "203.0.112.255, 203.0.113.0, 203.0.113.255, 203.0.114.0",
        "223.255.255.255, 224.0.0.0, 255.255.255.255, -",
        "-, ::, ::ffff:ffff, ::1:0:0",
        "::fffe:ffff:ffff:ffff, ::ffff:0:0:0, ::ffff:0:ffff:ffff, ::ffff:1:0:0",
        "64:ff9b:0:ffff:ffff:ffff:ffff:ffff, 64:ff9b:1::, 64:ff9b:1:ffff:ffff:ffff:ffff:ffff, "
                + "64:ff9b:2::",
        "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 100::, 100::1:ffff:ffff:ffff:ffff, 100:0:0:2::",
        "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 2001::, "
                + "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff, 2001:200::",
        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db8::, "
                + "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db9::",
        "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 2002::, "
                + "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 2003::",
        "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 3fff::, "
                + "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff, 3fff:1000::",
        "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 5f00::, "
                + "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 5f01::",
        "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, fc00::, "
                + "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, fe00::",
        "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff, fe80::, "
                + "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, -",
        "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ff00::, "
                + "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, -",
    })
    @Tag("S-01")
    @Tag("S-02")
    @Tag("S-03")
    @Tag("S-04")
    void deniesBothEndsOfEveryRangeAndNothingBeside(
            String before, String first, String last, String after) {
        assertDenied(first);
        assertDenied(last);
        if (!before.equals("-") && !before.startsWith("feff")) {
            assertPermitted(before);
        }
        if (!after.equals("-")) {
            assertPermitted(after);
        }
    }

    /// What scanners try, and what they forget.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "::",
                "127.0.0.1",
                "127.0.0.8",
                "127.255.255.254",
                "::1",
                "240.0.0.1",
                "255.255.255.255",
                "169.254.169.254",
                "100.100.100.200",
                "168.63.129.16",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "::10.0.0.1",
                "::169.254.169.254",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b::a83f:8110",
                "64:ff9b:1::7f00:1",
                "64:ff9b:1:7f:0:1::",
                "2002:7f00:1::1",
                "2002:a9fe:a9fe::",
                "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                "2001:2::1",
                "fec0::1",
                "fe80::1",
                "fc00::1",
                "fd00:ec2::254",
                "100::1",
                "ff02::1",
                "2600::5efe:10.0.0.1",
                "2600::200:5efe:127.0.0.1",
            })
    @Tag("S-01")
    @Tag("S-02")
    @Tag("S-03")
    void deniesWhatScannersTry(String peer) {
        assertDenied(peer);
        assertFalse(permits(DEFAULTS, peer, 80));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "64:ff9b::8.8.8.8",
                "2600::5efe:8.8.8.8",
                "2606:4700:4700::1111",
                "2a00::1",
            })
    void permitsPublicPeers(String peer) {
        assertPermitted(peer);
        assertTrue(permits(DEFAULTS, peer, 80));
    }

    @Test
    void builtInRangesAreWellFormed() {
        assertEquals(DeniedByDefault.RANGES.size(), DeniedByDefault.blocks().size());
    }

    @Test
    @Tag("S-04")
    void allowWinsOverDenyAndOverTheBuiltInRanges() {
        var rules = rules(List.of("10.1.0.0/16", "8.8.8.8"), List.of("8.8.0.0/16", "10.0.0.0/8"));
        assertTrue(permits(rules, "10.1.255.255"));
        assertTrue(permits(rules, "8.8.8.8"));
        assertFalse(permits(rules, "8.8.8.9"));
        assertFalse(permits(rules, "10.2.0.0"));
    }

    @Test
    @Tag("S-02")
    void deniedIpv4AlsoCountsInsideIpv6() {
        var rules = rules(List.of(), List.of("8.8.8.0/24"));
        assertFalse(permits(rules, "8.8.8.8"));
        assertFalse(permits(rules, "::ffff:8.8.8.8"));
        assertFalse(permits(rules, "64:ff9b::8.8.8.8"));
        assertFalse(permits(rules, "2600::5efe:8.8.8.8"));
        assertTrue(permits(rules, "64:ff9b::8.8.9.8"));
    }

    @Test
    @Tag("S-02")
    @Tag("S-04")
    void allowedIpv4DoesNotOpenItsIpv6Forms() {
        var rules = rules(List.of("127.0.0.0/8", "0.0.0.0/0"), List.of());
        assertTrue(permits(rules, "127.0.0.1"));
        for (String form : List.of("::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::")) {
            assertFalse(permits(rules, form), form);
        }
        assertFalse(permits(rules, "2600::5efe:127.0.0.1"));
        assertTrue(permits(rules(List.of("64:ff9b::/96"), List.of()), "64:ff9b::127.0.0.1"));
    }

    @Test
    void wholeFamilyIsNotTheOtherFamily() {
        var allIpv6 = rules(List.of("::/0"), List.of());
        assertTrue(permits(allIpv6, "::1"));
        assertTrue(permits(allIpv6, "fe80::1"));
        assertFalse(permits(allIpv6, "127.0.0.1"));
        var noIpv6 = rules(List.of(), List.of("::/0"));
        assertTrue(permits(noIpv6, "8.8.8.8"));
        assertFalse(permits(noIpv6, "2606:4700:4700::1111"));
        assertFalse(permits(noIpv6, "::fffe:ffff:ffff"));
        assertFalse(permits(noIpv6, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
    }

    // S-05
    @Test
    @Tag("S-05")
    void ownListenersAreNeverPeers() {
        var own = List.of(address("8.8.8.8").withPort(3478), address("2a00::1").withPort(443));
        var everything = List.of("0.0.0.0/0", "::/0");
        var rules = new AddressRules(blocks(everything), List.of(), own, List.of());

        assertFalse(permits(rules, "8.8.8.8", 3478));
        assertFalse(permits(rules, "2a00::1", 443));
        assertTrue(permits(rules, "8.8.8.8", 3479));
        assertTrue(permits(rules, "8.8.8.9", 3478));
        assertTrue(permits(rules, "8.8.8.8"));
    }

    // S-05
    @Test
    @Tag("S-05")
    void ownMachineIsNoPeerUnlessAllowed() {
        var own = List.of(address("8.8.8.8"), address("2a00::1"));
        var rules = new AddressRules(List.of(), List.of(), List.of(), own);
        assertFalse(permits(rules, "8.8.8.8"));
        assertFalse(permits(rules, "2a00::1", 9));
        assertFalse(permits(rules, "64:ff9b::8.8.8.8"));
        assertTrue(permits(rules, "8.8.8.9"));

        var peers = new ServerSettings.Peers(List.of("8.8.8.8/32"), List.of());
        assertTrue(permits(AddressRules.of(peers, List.of(), own), "8.8.8.8"));
    }

    @Test
    void lookupAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var rules =
                new AddressRules(
                        blocks(List.of("10.0.0.0/8")),
                        List.of(),
                        List.of(address("8.8.8.8").withPort(3478)),
                        List.of());
        long[] lows = new long[64];
        Arrays.setAll(lows, i -> TransportAddress.ipv4Low(i * 0x0403_0201));
        int warmUp = countPermitted(rules, lows, 20_000);

        long before = threads.getCurrentThreadAllocatedBytes();
        int permitted = countPermitted(rules, lows, 20_000);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertEquals(warmUp, permitted);
        assertEquals(0, allocated);
    }

    private static int countPermitted(AddressRules rules, long[] lows, int rounds) {
        int permitted = 0;
        for (int i = 0; i < rounds; i++) {
            long low = lows[i & 63];
            permitted += rules.permits(0, low, 80) ? 1 : 0;
            permitted += rules.permits(0x0064_FF9B_0000_0000L, low & 0xFFFF_FFFFL) ? 1 : 0;
            permitted += rules.permits(low << 24, low) ? 1 : 0;
        }
        return permitted;
    }

    private static AddressRules rules(List<String> allow, List<String> deny) {
        return new AddressRules(blocks(allow), blocks(deny), List.of(), List.of());
    }

    private static List<CidrBlock> blocks(List<String> texts) {
        var blocks = new ArrayList<CidrBlock>();
        texts.forEach(text -> blocks.add(CidrBlock.parse(text)));
        return blocks;
    }

    private static boolean permits(AddressRules rules, String peer) {
        TransportAddress address = address(peer);
        return rules.permits(address.high(), address.low());
    }

    private static boolean permits(AddressRules rules, String peer, int port) {
        TransportAddress address = address(peer);
        return rules.permits(address.high(), address.low(), port);
    }

    private static void assertDenied(String peer) {
        assertFalse(permits(DEFAULTS, peer), () -> peer + " must be denied");
    }

    private static void assertPermitted(String peer) {
        assertTrue(permits(DEFAULTS, peer), () -> peer + " must be permitted");
    }

    private static TransportAddress address(String text) {
        TransportAddress address = IpLiteral.parse(text);
        if (address == null) {
            throw new IllegalArgumentException(text);
        }
        return address;
    }
}

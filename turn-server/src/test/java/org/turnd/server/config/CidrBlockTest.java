package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.TransportAddress;

class CidrBlockTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, 10.255.255.255",
        "0.0.0.0/0, 0.0.0.0, 255.255.255.255",
        "192.0.2.7, 192.0.2.7, 192.0.2.7",
        "192.0.2.7/32, 192.0.2.7, 192.0.2.7",
        "::ffff:10.0.0.0/104, 10.0.0.0, 10.255.255.255",
        "2001:db8::/32, 2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::/64, 2001:db8::, 2001:db8::ffff:ffff:ffff:ffff",
        "2001:db8::/65, 2001:db8::, 2001:db8::7fff:ffff:ffff:ffff",
        "::/0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "::1, ::1, ::1",
    })
    void hasAFirstAndALastAddress(String text, String first, String last) {
        CidrBlock block = CidrBlock.parse(text);
        assertEquals(first, new TransportAddress(block.high(), block.low(), 0).host());
        assertEquals(last, new TransportAddress(block.lastHigh(), block.lastLow(), 0).host());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1/8 | the block of this size begins at 10.0.0.0/8",
                "2001:db8::1/64 | the block of this size begins at 2001:db8::/64",
                "10.0.0.0/33 | the prefix length is not 0 to 32",
                "10.0.0.0/ | the prefix length is not 0 to 32",
                "10.0.0.0/-1 | the prefix length is not 0 to 32",
                "::/129 | the prefix length is not 0 to 128",
                "example.org | not an IP address",
                "10.0.0/8 | not an IP address",
            })
    void refusesWithAReason(String text, String reason) {
        var refused = assertThrows(IllegalArgumentException.class, () -> CidrBlock.parse(text));
        assertEquals(reason, refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "127.1",
                "1",
                "010.0.0.1",
                "1.2.3.256",
                "1.2.3.4.5",
                "1.2.3.",
                "localhost",
                "fe80::1%eth0",
                "[::1]",
                ":",
                ":::",
                "1:2:3",
                "12345::",
                "::1 ",
                "1.2.3.4:80",
                "\u0661.1.1.1"
            })
    void refusesWhatIsNoAddress(String text) {
        assertNull(IpLiteral.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1:3478, 192.0.2.1:3478",
        "[2001:db8::1]:0, [2001:db8::1]:0",
        "0.0.0.0:65535, 0.0.0.0:65535",
        "[::]:443, [::]:443",
    })
    void readsAnAddressWithItsPort(String text, String canonical) {
        TransportAddress address = IpLiteral.parseWithPort(text);
        assertNotNull(address);
        assertEquals(canonical, address.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1",
                "192.0.2.1:",
                "192.0.2.1:65536",
                "192.0.2.1:99999",
                ":3478",
                "::1:80",
                "[::1]",
                "[192.0.2.1]:80",
                "host:80",
                "192.0.2.1:-1",
                "192.0.2.1:123456"
            })
    void refusesWhatIsNoAddressWithPort(String text) {
        assertNull(IpLiteral.parseWithPort(text));
    }

    @Test
    void mappedFormIsTheIpv4Address() {
        assertEquals(IpLiteral.parse("10.0.0.1"), IpLiteral.parse("::ffff:10.0.0.1"));
    }
}

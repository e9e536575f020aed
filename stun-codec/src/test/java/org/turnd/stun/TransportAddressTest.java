package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransportAddressTest {
    private static TransportAddress of(String literal, int port) throws UnknownHostException {
        return TransportAddress.of(InetAddress.getByName(literal), port);
    }

    @Test
    void holdsIpv4InItsMappedForm() throws UnknownHostException {
        TransportAddress address = of("192.0.2.1", 3478);
        assertEquals(new TransportAddress(0, 0x0000FFFFC0000201L, 3478), address);
        assertEquals(TransportAddress.ipv4(0xC0000201, 3478), address);
        assertEquals(0xC0000201, address.ipv4Address());
        assertTrue(address.isIpv4());
        assertEquals(AddressFamily.IPV4, address.family());
        assertEquals("192.0.2.1:3478", address.toString());
        assertEquals("192.0.2.1", address.host());
    }

    @Test
    void takesAMappedAddressForIpv4() throws UnknownHostException {
        assertEquals(of("192.0.2.1", 1), of("::ffff:192.0.2.1", 1));
        assertFalse(of("::192.0.2.1", 1).isIpv4());
        assertFalse(of("64:ff9b::c000:201", 1).isIpv4());
    }

    @Test
    void writesIpv6InItsShortestForm() throws UnknownHostException {
        assertEquals("[2001:db8::1]:3478", of("2001:db8:0:0:0:0:0:1", 3478).toString());
        assertEquals("[::]:0", of("::", 0).toString());
        assertEquals("[::1]:1", of("::1", 1).toString());
        assertEquals("1::", of("1::", 1).host());
        assertEquals("2001:db8:0:1:1:1:1:1", of("2001:db8::1:1:1:1:1", 1).host());
        assertEquals("2001:0:0:1::1", of("2001:0:0:1:0:0:0:1", 1).host());
        assertEquals("2001:db8::1:0:0:1", of("2001:db8:0:0:1:0:0:1", 1).host());
        assertEquals("fe80::abcd", of("fe80::ABCD", 1).host());
    }

    @Test
    void survivesTheWayThroughTheJdk() {
        RandomMessages random = new RandomMessages(1);
        for (int i = 0; i < 1000; i++) {
            TransportAddress address = random.address();
            assertEquals(address, TransportAddress.of(address.toInetSocketAddress()));
            assertEquals(address, TransportAddress.of(address.toInetAddress(), address.port()));
            assertTrue(address.isIpv4() || Ipv6Text.isValid(address.host()), address.host());
        }
    }

    @Test
    void changesThePortOnly() {
        TransportAddress address = TransportAddress.ipv4(1, 2);
        assertEquals(TransportAddress.ipv4(1, 3), address.withPort(3));
        assertNotEquals(address, address.withPort(3));
    }

    @Test
    void refusesWhatIsNoAddress() {
        assertThrows(IllegalArgumentException.class, () -> new TransportAddress(0, 0, -1));
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("host.invalid", 1);
        assertThrows(IllegalArgumentException.class, () -> TransportAddress.of(unresolved));
    }

    @Test
    void tellsIpv6LiteralsFromOtherText() {
        for (String literal :
                List.of(
                        "::",
                        "::1",
                        "1::",
                        "1:2:3:4:5:6:7:8",
                        "::ffff:1.2.3.4",
                        "1::8",
                        "a::B:c",
                        "1:2:3:4:5:6:1.2.3.4",
                        "1:2:3:4:5:6:7::")) {
            assertTrue(Ipv6Text.isValid(literal), literal);
        }
        for (String other :
                List.of(
                        "",
                        ":",
                        ":::",
                        "1",
                        "1:2:3:4:5:6:7",
                        "1:2:3:4:5:6:7:8:9",
                        "1::2::3",
                        "12345::",
                        "g::",
                        "::1.2.3",
                        "::256.1.1.1",
                        "1.2.3.4::",
                        "::01.2.3.4",
                        "1:2:3:4:5:6:7:8::",
                        "fe80::1%eth0",
                        "::1 ",
                        "1:2:3:4:5:6:7:1.2.3.4")) {
            assertFalse(Ipv6Text.isValid(other), other);
        }
    }

    @Test
    void comparesOctetsByContent() {
        byte[] bytes = {1, 2, (byte) 0xFF};
        Octets octets = Octets.of(bytes);
        bytes[0] = 9;
        octets.toByteArray()[0] = 9;
        assertEquals(Octets.hex("0102ff"), octets);
        assertEquals(Octets.hex("0102ff").hashCode(), octets.hashCode());
        assertNotEquals(Octets.hex("0102fe"), octets);
        assertEquals("0102ff", octets.toString());
        assertEquals(3, octets.length());
        assertEquals((byte) 0xFF, octets.at(2));
    }
}

package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.TransportAddress;

/// Where length fields end: datagrams that fit their transport, but not what they are wrapped in.
class LargestDatagramTest {
    private static final int IPV4_DATAGRAM_MAX = 65_507;
    private static final int IPV6_DATAGRAM_MAX = 65_527;

    /// 65,532 bytes of attributes, less an XOR-PEER-ADDRESS of IPv6 and the header of DATA.
    private static final int IPV6_INDICATION_DATA_MAX = 65_504;

    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress IPV6_PEER = address("2001:db8::55", 5000);
    private static final RequestedAddressFamily IPV6 = new RequestedAddressFamily(2);

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.tcp();

    @Test
    @DisplayName("I-09 the largest datagram of an IPv4 peer fits into a Data indication")
    void wrapsTheLargestIpv4Datagram() {
        TransportAddress relay = client.allocate();
        client.createPermission(PEER);
        byte[] data = new byte[IPV4_DATAGRAM_MAX];
        client.assertGotData(PEER, data, fixture.peerSends(relay, PEER, data));
    }

    @Test
    @DisplayName("I-09 a datagram of an IPv6 peer that no Data indication can hold: dropped")
    void dropsAnIpv6DatagramThatNoIndicationCanHold() {
        TransportAddress relay = client.allocate(IPV6);
        client.createPermission(IPV6_PEER);
        byte[] fits = new byte[IPV6_INDICATION_DATA_MAX];
        client.assertGotData(IPV6_PEER, fits, fixture.peerSends(relay, IPV6_PEER, fits));
        for (int length = fits.length + 1; length <= IPV6_DATAGRAM_MAX; length++) {
            assertEquals(List.of(), fixture.peerSends(relay, IPV6_PEER, new byte[length]));
        }
        assertEquals(IPV6_DATAGRAM_MAX - fits.length, fixture.count(Counter.DROPPED_TOO_LONG));
    }

    @Test
    @DisplayName("J-10 as ChannelData the largest datagram of an IPv6 peer fits")
    void wrapsTheLargestIpv6DatagramInChannelData() {
        TransportAddress relay = client.allocate(IPV6);
        client.channelBind(0x4000, IPV6_PEER);
        byte[] data = new byte[IPV6_DATAGRAM_MAX];
        assertEquals(
                List.of(client.gotChannelData(0x4000, data)),
                fixture.peerSends(relay, IPV6_PEER, data));
    }

    @Test
    @DisplayName("J-19 what a stream can send from relay to relay is dropped where it can't fit")
    void dropsWhatCannotBeHandedOver() {
        TestClient other = fixture.udp();
        TransportAddress relay = client.allocate(IPV6);
        TransportAddress otherRelay = other.allocate(IPV6);
        client.channelBind(0x4000, otherRelay);
        other.createPermission(relay);
        byte[] fits = new byte[IPV6_INDICATION_DATA_MAX];
        other.assertGotData(relay, fits, client.channelData(0x4000, fits));
        assertEquals(List.of(), client.channelData(0x4000, new byte[fits.length + 1]));
        assertEquals(List.of(), client.channelData(0x4000, new byte[0xFFFF]));
    }
}

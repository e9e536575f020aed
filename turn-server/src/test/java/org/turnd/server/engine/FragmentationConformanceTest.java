package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.DontFragment;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// DONT-FRAGMENT (RFC 8656 §3.7, §7.2, §11.2, §13 to §15) on a data plane that can set DF, and on
/// one that can't.
class FragmentationConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress PEER_IPV6 = address("2001:db8:9::55", 5000);
    private static final TransportAddress CLIENT_IPV6 = address("2001:db8:77::1", 4000);
    private static final byte[] DATA = {1, 2, 3};
    private static final DontFragment DF = new DontFragment();
    private static final RequestedAddressFamily IPV6 = new RequestedAddressFamily(2);

    private final EngineFixture fixture = new EngineFixture();

    @BeforeEach
    void canSetDf() {
        fixture.sink.setsDontFragment = true;
    }

    private static List<Output> send(
            TestClient client, TransportAddress peer, StunAttribute... more) {
        return client.feed(
                client.indication(StunMethod.SEND)
                        .put(new XorPeerAddress(peer), new Data(Octets.of(DATA)))
                        .put(more)
                        .bytes());
    }

    private static Output whole(TransportAddress relay, TransportAddress peer) {
        return new Output.WholeToPeer(relay, peer, Octets.of(DATA));
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    @Tag("F-04")
    @Tag("I-05")
    @Tag("K-03")
    @Tag("K-08")
    @DisplayName(
            "I-05, K-03 IPv4 to IPv4: DF on that datagram only, whatever the client comes over")
    void setsDfOnThatDatagramOnly(Transport transport) {
        TransportAddress from = address("198.51.100.20", 4000);
        TestClient client =
                transport == Transport.UDP
                        ? fixture.udp(0, from)
                        : fixture.stream(transport, 0, from);
        TransportAddress relay = client.allocate(DF);
        client.createPermission(PEER);
        client.channelBind(0x4000, PEER);
        assertEquals(List.of(whole(relay, PEER)), send(client, PEER, DF));
        assertEquals(List.of(Output.ToPeer.of(relay, PEER, DATA)), send(client, PEER));
        assertEquals(
                List.of(Output.ToPeer.of(relay, PEER, DATA)), client.channelData(0x4000, DATA));
    }

    @Test
    @Tag("K-03")
    @DisplayName("K-03 DONT-FRAGMENT in a Send needs none in the Allocate")
    void needsNoAnnouncement() {
        TestClient client = fixture.udp();
        TransportAddress relay = client.allocate();
        client.createPermission(PEER);
        assertEquals(List.of(whole(relay, PEER)), send(client, PEER, DF));
    }

    @Test
    @Tag("K-06")
    @DisplayName("K-06 over UDP, IPv6 to IPv6, IPv6 to IPv4 and IPv4 to IPv6: ignored")
    void ignoresItBetweenFamilies() {
        for (boolean canSetDf : new boolean[] {true, false}) {
            EngineFixture other = new EngineFixture();
            other.sink.setsDontFragment = canSetDf;
            TestClient ipv6 = other.udp(0, CLIENT_IPV6);
            TransportAddress first = ipv6.allocate(IPV6);
            ipv6.createPermission(PEER_IPV6);
            assertEquals(
                    List.of(Output.ToPeer.of(first, PEER_IPV6, DATA)), send(ipv6, PEER_IPV6, DF));
            TestClient toIpv4 = other.udp(0, CLIENT_IPV6.withPort(4001));
            TransportAddress second = toIpv4.allocate();
            toIpv4.createPermission(PEER);
            assertEquals(List.of(Output.ToPeer.of(second, PEER, DATA)), send(toIpv4, PEER, DF));
            TestClient toIpv6 = other.udp();
            TransportAddress third = toIpv6.allocate(IPV6);
            toIpv6.createPermission(PEER_IPV6);
            assertEquals(
                    List.of(Output.ToPeer.of(third, PEER_IPV6, DATA)), send(toIpv6, PEER_IPV6, DF));
        }
    }

    @Test
    @Tag("K-08")
    @DisplayName("K-08 over TCP it counts for IPv6, too")
    void obeysItForStreamsOverIpv6() {
        TestClient client = fixture.stream(Transport.TCP, 0, CLIENT_IPV6);
        TransportAddress relay = client.allocate(IPV6, DF);
        client.createPermission(PEER_IPV6);
        assertEquals(List.of(whole(relay, PEER_IPV6)), send(client, PEER_IPV6, DF));
        assertEquals(List.of(Output.ToPeer.of(relay, PEER_IPV6, DATA)), send(client, PEER_IPV6));
    }

    @Test
    @Tag("I-05")
    @DisplayName("I-05 DF can't be set: the Send is dropped")
    void dropsWhatCannotBeDone() {
        fixture.sink.setsDontFragment = false;
        TestClient udp = fixture.udp();
        TestClient tcp = fixture.tcp();
        for (TestClient client : List.of(udp, tcp)) {
            client.allocate();
            client.createPermission(PEER);
            assertEquals(List.of(), send(client, PEER, DF));
            assertEquals(1, send(client, PEER).size());
        }
        assertEquals(2, fixture.count(Counter.DROPPED_BAD_INDICATION));
    }

    @Test
    @Tag("I-05")
    @DisplayName("I-05 permission and policy come before: DONT-FRAGMENT opens no door")
    void asksForPermissionAllTheSame() {
        TestClient client = fixture.udp();
        client.allocate(DF);
        assertEquals(List.of(), send(client, PEER, DF));
        client.createPermission(PEER);
        fixture.peers.deny(PEER);
        assertEquals(List.of(), send(client, PEER, DF));
    }

    @Test
    @Tag("F-04")
    @DisplayName("F-04 DF can't be set: 420 lists DONT-FRAGMENT, and nothing is left behind")
    void refusesWhatCannotBeDone() {
        fixture.sink.setsDontFragment = false;
        assertRefused(fixture.udp().askAllocate(DF));
        assertRefused(fixture.tcp().askAllocate(DF));
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    @Tag("F-05")
    @DisplayName("F-05 IPv4 to IPv6 over UDP, where the DF bit of what comes can't be seen: 420")
    void refusesToTranslateUnseen() {
        TestClient client = fixture.udp();
        assertRefused(client.askAllocate(DF, IPV6));
        assertRefused(client.askAllocate(DF, new AdditionalAddressFamily(2)));
        client.allocate(DF, new RequestedAddressFamily(1));
        // Nothing is translated for these.
        fixture.udp(0, CLIENT_IPV6).allocate(DF, IPV6);
        fixture.udp(0, CLIENT_IPV6.withPort(4001)).allocate(DF);
        fixture.tcp().allocate(DF, IPV6);
    }

    @Test
    @Tag("F-05")
    @Tag("F-31")
    @DisplayName("F-05 a reserved IPv6 port, the same: 420, and the port goes back")
    void refusesToTranslateUnseenOnAReservedPort() {
        EngineFixture small =
                new EngineFixture(options -> {
                    options.minPort = 50_000;
                    options.maxPort = 50_001;
                    options.quarantineSeconds = 0;
                });
        small.sink.setsDontFragment = true;
        ReservationToken token =
                small.udp().askAllocate(new EvenPort(true), IPV6).get(ReservationToken.class);
        assertRefused(small.udp().askAllocate(token, DF));
        assertEquals(1, small.engine.allocationCount());
        small.advance(1);
        small.udp().allocate(IPV6);
    }

    private static void assertRefused(TestClient.Exchange refused) {
        assertEquals(420, refused.errorCode());
        assertEquals(
                List.of(AttributeType.DONT_FRAGMENT), refused.get(UnknownAttributes.class).types());
        assertEquals(List.of(), refused.effects());
    }
}

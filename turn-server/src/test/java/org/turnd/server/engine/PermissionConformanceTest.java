package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MessageIntegrityValue;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section H: permissions and CreatePermission.
class PermissionConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress SAME_HOST = PEER.withPort(6000);
    private static final TransportAddress OTHER_PEER = address("192.0.2.56", 5000);
    private static final TransportAddress PEER_IPV6 = address("2001:db8:9::55", 5000);
    private static final byte[] DATA = {1, 2, 3};
    private static final int[] MALFORMED = {0, 3, 1, 2, 3, 4, 5, 6};

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    @Test
    @DisplayName(
            "H-01 no XOR-PEER-ADDRESS: 400; one malformed among good ones: 400, none installed")
    @Tag("W-13")
    void installsAllOrNothing() {
        TransportAddress relayed = client.allocate();
        assertEquals(400, client.refusal(StunMethod.CREATE_PERMISSION));
        byte[] oneMalformed =
                client.sign(
                                client.request(StunMethod.CREATE_PERMISSION)
                                        .put(new XorPeerAddress(PEER))
                                        .raw(AttributeType.XOR_PEER_ADDRESS, MALFORMED))
                        .bytes();
        assertEquals(400, client.exchange(oneMalformed).errorCode());
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
    }

    @Test
    @DisplayName("H-02 several peers of both families in one request")
    void installsPermissionsForSeveralPeers() {
        client.allocate(new AdditionalAddressFamily(AddressFamily.IPV6.code()));
        client.createPermission(PEER, OTHER_PEER, PEER_IPV6);
        for (TransportAddress peer : List.of(PEER, OTHER_PEER, PEER_IPV6)) {
            assertEquals(1, client.send(peer, DATA).size());
        }
    }

    @Test
    @DisplayName("H-03 the port says nothing, on either side")
    void ignoresThePort() {
        TransportAddress relayed = client.allocate();
        client.createPermission(PEER.withPort(0));
        client.assertGotData(PEER, DATA, fixture.peerSends(relayed, PEER, DATA));
        client.assertGotData(SAME_HOST, DATA, fixture.peerSends(relayed, SAME_HOST, DATA));
    }

    @Test
    @DisplayName("H-04 a family the allocation doesn't have: 443, none installed")
    void refusesPeersOfAnotherFamily() {
        client.allocate();
        assertEquals(443, refusal(PEER, PEER_IPV6));
        assertEquals(List.of(), client.send(PEER, DATA));
    }

    @Test
    @DisplayName("H-05 S-06 a denied peer among allowed ones: 403, none installed")
    void refusesDeniedPeers() {
        client.allocate();
        fixture.peers.denyHost(OTHER_PEER);
        assertEquals(403, refusal(PEER, OTHER_PEER));
        assertEquals(List.of(), client.send(PEER, DATA));
    }

    @Test
    @DisplayName("H-06 too many permissions: 508, none installed; refreshing is always possible")
    @Tag("S-09")
    void boundsPermissions() {
        EngineFixture two = new EngineFixture(options -> options.permissionsMax = 2);
        TestClient bounded = two.udp();
        bounded.allocate();
        bounded.createPermission(PEER, SAME_HOST);
        assertEquals(
                508,
                bounded.refusal(
                        StunMethod.CREATE_PERMISSION,
                        new XorPeerAddress(OTHER_PEER),
                        new XorPeerAddress(address("192.0.2.57", 1))));
        assertEquals(List.of(), bounded.send(OTHER_PEER, DATA));
        bounded.createPermission(OTHER_PEER);
        bounded.createPermission(PEER, OTHER_PEER);
        two.advance(301);
        bounded.createPermission(address("192.0.2.58", 1), address("192.0.2.59", 1));
    }

    @Test
    @DisplayName("H-07 a permission lasts 300 s, and again 300 s when installed anew")
    void lastsThreeHundredSeconds() {
        TransportAddress relayed = client.allocate();
        client.createPermission(PEER);
        fixture.advanceNanos(300 * EngineFixture.SECOND - 1);
        client.assertGotData(PEER, DATA, fixture.peerSends(relayed, PEER, DATA));
        client.createPermission(PEER);
        fixture.advanceNanos(300 * EngineFixture.SECOND - 1);
        client.assertGotData(PEER, DATA, fixture.peerSends(relayed, PEER, DATA));
        fixture.advanceNanos(1);
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
        assertEquals(1, fixture.count(Counter.DROPPED_NO_PERMISSION));
    }

    @Test
    @DisplayName("H-08 ChannelBind installs a permission for 300 s, not 600 s")
    void getsAPermissionFromChannelBind() {
        TransportAddress relayed = client.allocate();
        client.channelBind(0x4000, PEER);
        client.assertGotData(SAME_HOST, DATA, fixture.peerSends(relayed, SAME_HOST, DATA));
        fixture.advance(300);
        assertEquals(List.of(), fixture.peerSends(relayed, SAME_HOST, DATA));
        client.channelBind(0x4000, PEER);
        client.assertGotData(SAME_HOST, DATA, fixture.peerSends(relayed, SAME_HOST, DATA));
    }

    @Test
    @DisplayName("H-09 data in either direction refreshes no permission")
    void isNotRefreshedByData() {
        TransportAddress relayed = client.allocate();
        client.channelBind(0x4000, PEER);
        for (int i = 0; i < 30; i++) {
            fixture.advance(10);
            client.send(PEER, DATA);
            client.channelData(0x4000, DATA);
            if (i < 29) {
                assertEquals(1, fixture.peerSends(relayed, PEER, DATA).size());
            }
        }
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
    }

    @Test
    @DisplayName("H-10 from another IP address: dropped in silence")
    void dropsStrangers() {
        TransportAddress relayed = client.allocate();
        client.createPermission(PEER);
        assertEquals(List.of(), fixture.peerSends(relayed, OTHER_PEER, DATA));
    }

    @Test
    @DisplayName("H-11 permissions belong to one allocation, not to the client or the user")
    void keepsPermissionsOfAllocationsApart() {
        client.allocate();
        client.createPermission(PEER);
        TestClient same = fixture.udp(1, client.address());
        TransportAddress relayed = same.allocate();
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
        assertEquals(List.of(), same.send(PEER, DATA));
    }

    @Test
    @DisplayName("H-12 the success needs no attributes but the integrity")
    void answersWithIntegrityAlone() {
        EngineFixture silent = new EngineFixture(options -> options.software = null);
        TestClient asking = silent.udp();
        asking.allocate();
        TestClient.Exchange success =
                asking.ask(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER));
        assertEquals(1, success.answer().attributes().size());
        assertEquals(
                MessageIntegrity.SHA1_LENGTH,
                success.get(MessageIntegrityValue.class).value().length());
        assertEquals(null, success.answer().first(Software.class));
    }

    @Test
    @DisplayName("H-13 CreatePermission doesn't refresh a channel")
    void doesNotRefreshChannels() {
        TransportAddress relayed = client.allocate(new Lifetime(3600));
        client.channelBind(0x4000, PEER);
        fixture.advance(599);
        client.createPermission(PEER);
        fixture.advance(1);
        client.assertGotData(PEER, DATA, fixture.peerSends(relayed, PEER, DATA));
        assertEquals(List.of(), client.channelData(0x4000, DATA));
    }

    private int refusal(TransportAddress... peers) {
        XorPeerAddress[] attributes = new XorPeerAddress[peers.length];
        for (int i = 0; i < peers.length; i++) {
            attributes[i] = new XorPeerAddress(peers[i]);
        }
        return client.refusal(StunMethod.CREATE_PERMISSION, attributes);
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Whom a server doesn't relay to unless it is told to, asked over real sockets.
@Timeout(60)
class RefusedPeersTest {
    private static int code(TestClient client, StunMethod method, StunAttribute... attributes)
            throws Exception {
        ErrorCode error = client.request(method, attributes).first(ErrorCode.class);
        return error == null ? 0 : error.code();
    }

    private static void assertRefused(TestClient client, TransportAddress peer) throws Exception {
        var attribute = new XorPeerAddress(peer);
        assertEquals(403, code(client, StunMethod.CREATE_PERMISSION, attribute), peer::toString);
        assertEquals(
                403,
                code(client, StunMethod.CHANNEL_BIND, new ChannelNumber(0x4000), attribute),
                peer::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "127.0.0.2",
                "169.254.169.254",
                "192.0.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "10.0.0.1",
                "172.16.0.1",
                "192.168.0.1",
                "100.64.0.1",
            })
    @Tag("S-02")
    @Tag("S-03")
    @Tag("S-04")
    @Tag("S-06")
    void ipv4(String peer) throws Exception {
        try (var server = new TestSettings().allow().listen(Protocol.UDP, "127.0.0.1", 0).start();
                var client = TestClient.udp(server.listeners().getFirst().address())) {
            client.allocate();
            assertRefused(client, TestSettings.address(peer, 5000));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                "2001::7f00:1",
                "2002:7f00:1::1",
                "2002:808:808::1",
                "::127.0.0.1",
                "::8.8.8.8",
                "64:ff9b::127.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b:1::8.8.8.8",
                "fe80::1",
                "fec0::1",
                "fd00::1",
                "ff02::1",
            })
    @Tag("S-01")
    @Tag("S-02")
    @Tag("S-03")
    @Tag("S-06")
    void ipv6(String peer) throws Exception {
        try (var server = new TestSettings().allow().listen(Protocol.UDP, "127.0.0.1", 0).start();
                var client = TestClient.udp(server.listeners().getFirst().address())) {
            client.allocateIpv6();
            assertRefused(client, TestSettings.address(peer, 5000));
        }
    }

    @Test
    @Tag("S-04")
    @Tag("S-05")
    @Tag("K-12")
    void ownListenersAreNoPeersWhateverIsAllowed() throws Exception {
        var settings =
                new TestSettings()
                        .allow("0.0.0.0/0", "::/0")
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .listen(Protocol.TCP, "127.0.0.1", 0);
        try (var server = settings.start();
                var client = TestClient.udp(server.listeners().getFirst().address());
                var other = TestClient.udp(server.listeners().getFirst().address())) {
            client.allocate();
            for (var listener : server.listeners()) {
                var peer = new XorPeerAddress(listener.address());
                assertEquals(
                        403,
                        code(client, StunMethod.CHANNEL_BIND, new ChannelNumber(0x4000), peer));
            }
            // Another relay at the same address is one.
            client.bindChannel(0x4000, other.allocate());
            client.bindChannel(0x4001, TestSettings.address("10.0.0.1", 5000));
        }
    }

    @Test
    @Tag("S-12")
    void relaysAreBoundToTheRelayAddressAlone() throws Exception {
        try (var server = new TestSettings().listen(Protocol.UDP, "127.0.0.1", 0).start();
                var client = TestClient.udp(server.listeners().getFirst().address())) {
            int port = client.allocate().port();
            // Were it a wildcard, this address would be in use.
            var besides = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), port);
            try (var neighbour = new DatagramSocket(besides)) {
                assertEquals(port, neighbour.getLocalPort());
            }
        }
    }

    @Test
    @Tag("S-12")
    void relaysAreClosedWithTheirAllocation() throws Exception {
        try (var server = new TestSettings().listen(Protocol.UDP, "127.0.0.1", 0).start();
                var client = TestClient.udp(server.listeners().getFirst().address())) {
            TransportAddress relayed = client.allocate();
            client.request(StunMethod.REFRESH, new StunAttribute.Lifetime(0));
            try (var next = new DatagramSocket(relayed.toInetSocketAddress())) {
                assertEquals(relayed.port(), next.getLocalPort());
            }
        }
    }
}

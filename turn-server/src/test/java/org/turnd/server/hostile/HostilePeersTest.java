package org.turnd.server.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.engine.Counter;
import org.turnd.server.net.Eventually;
import org.turnd.server.net.TestSettings;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Relays used to reach what lies behind the firewall.
@Timeout(60)
class HostilePeersTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final byte TCP = 6;
    private static final byte IPV6 = 2;

    private static TurnServer start(TestSettings settings) throws Exception {
        return settings.relayTcp(8)
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0)
                .start();
    }

    private static TransportAddress peer(String host) {
        return TestSettings.address(host, 80);
    }

    private static RawMessage permission(TransportAddress... peers) {
        var message = new RawMessage(StunMethod.CREATE_PERMISSION);
        for (TransportAddress peer : peers) {
            message.peer(peer);
        }
        return message;
    }

    private static TransportAddress relayed(Attacker client) throws Exception {
        XorRelayedAddress relayed = client.allocate().first(XorRelayedAddress.class);
        assertNotNull(relayed);
        return relayed == null ? peer("127.0.0.1") : relayed.address();
    }

    // CVE-2018-4056 to -4059, CVE-2020-26262 and what scanners try: at once, by 403, and no
    // connection is tried.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "127.0.0.1",
                "127.255.255.254",
                "10.0.0.1",
                "172.31.255.254",
                "192.168.0.1",
                "100.100.100.200",
                "168.63.129.16",
                "169.254.169.254",
                "192.0.0.192",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255"
            })
    void internalServicesThroughATcpRelay(String host) throws Exception {
        try (var server = start(new TestSettings().allow());
                var client = Attacker.tcp(server)) {
            client.challenge();
            var allocate =
                    new RawMessage(StunMethod.ALLOCATE)
                            .attribute(AttributeType.REQUESTED_TRANSPORT, TCP, TCP, TCP, TCP);
            assertEquals(0, client.askSigned(allocate).code());
            var connect = new RawMessage(StunMethod.CONNECT).peer(peer(host));
            assertEquals(403, client.askSigned(connect).code());
        }
    }

    // CVE-2026-27624, CVE-2026-53450: an IPv4 address that comes as ::ffff:a.b.c.d is no IPv6 peer,
    // and what is denied as IPv4 can't be reached so.
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "8.8.8.8"})
    void ipv4MappedPeers(String host) throws Exception {
        try (var server = start(new TestSettings().allow("127.0.0.1/32"));
                var client = Attacker.udp(server)) {
            client.challenge();
            var allocate =
                    new RawMessage(StunMethod.ALLOCATE)
                            .udp()
                            .attribute(
                                    AttributeType.REQUESTED_ADDRESS_FAMILY, IPV6, IPV6, IPV6, IPV6);
            assertEquals(0, client.askSigned(allocate).code());
            for (var message :
                    List.of(
                            new RawMessage(StunMethod.CREATE_PERMISSION),
                            new RawMessage(StunMethod.CHANNEL_BIND).channel(0x4000))) {
                assertEquals(400, client.askSigned(message.peerInIpv6(peer(host))).code());
            }
        }
    }

    // 6to4, Teredo, ISATAP, NAT64 and the forms that nobody uses any more: RefusedPeersTest tries
    // the ranges; here is IPv4 within IPv6 that would route.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "64:ff9b::a00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::a00:1",
                "2002:a00:1::1",
                "2002:7f00:1::1",
                "2001:0:4136:e378:8000:63bf:f5ff:fffe",
                "2620:0:1::5efe:10.0.0.1",
                "2620:0:1::200:5efe:127.0.0.1",
                "::ffff:0:127.0.0.1",
                "::127.0.0.1",
                "::"
            })
    void ipv4WithinIpv6Peers(String host) throws Exception {
        try (var server = start(new TestSettings().allow());
                var client = Attacker.udp(server)) {
            client.challenge();
            var allocate =
                    new RawMessage(StunMethod.ALLOCATE)
                            .udp()
                            .attribute(
                                    AttributeType.REQUESTED_ADDRESS_FAMILY, IPV6, IPV6, IPV6, IPV6);
            assertEquals(0, client.askSigned(allocate).code());
            assertEquals(403, client.askSigned(permission(peer(host))).code());
        }
    }

    // A CreatePermission for a peer that is allowed and one that isn't gave both.
    @Test
    void mixedCreatePermission() throws Exception {
        try (var server = start(new TestSettings().allow("127.0.0.0/8"));
                var client = Attacker.udp(server);
                var socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            TransportAddress relayed = relayed(client);
            TransportAddress good = TransportAddress.of(LOOPBACK, socket.getLocalPort());
            for (var message :
                    List.of(
                            permission(good, peer("10.0.0.1")),
                            permission(peer("10.0.0.1"), good))) {
                assertEquals(403, client.askSigned(message).code());
            }
            assertNoPermission(server, relayed, socket);
        }
    }

    private static void assertNoPermission(
            TurnServer server, TransportAddress relayed, DatagramSocket peer) throws Exception {
        long before = dropped(server);
        peer.send(new DatagramPacket(new byte[] {1}, 1, relayed.toInetSocketAddress()));
        Eventually.holds(() -> dropped(server) == before + 1);
    }

    private static long dropped(TurnServer server) {
        return server.shards().stream()
                .mapToLong(shard -> shard.engineCounters().get(Counter.DROPPED_NO_PERMISSION))
                .sum();
    }

    // MESSAGE-INTEGRITY covers what stands before it: who is in between can add the rest.
    @Test
    void attributesAfterTheIntegrity() throws Exception {
        try (var server = start(new TestSettings());
                var client = Attacker.udp(server);
                var socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            TransportAddress relayed = relayed(client);
            TransportAddress victim = TransportAddress.of(LOOPBACK, socket.getLocalPort());
            var late = client.sign(new RawMessage(StunMethod.CREATE_PERMISSION)).peer(victim);
            assertEquals(400, client.ask(late).code());
            assertNoPermission(server, relayed, socket);
            // Nor does such a LIFETIME end the allocation.
            assertEquals(
                    0,
                    client.ask(client.sign(new RawMessage(StunMethod.REFRESH)).lifetime(0)).code());
            assertEquals(0, client.askSigned(permission(victim)).code());
            byte[] data = {4, 2};
            socket.send(new DatagramPacket(data, 2, relayed.toInetSocketAddress()));
            byte[] indication = client.wire().receive();
            assertArrayEquals(new byte[] {0, 0x17}, Arrays.copyOf(indication, 2));
        }
    }

    // A relay must not open what its server itself listens at, whatever is allowed.
    @Test
    void ownListenersThroughATcpRelay() throws Exception {
        try (var server = start(new TestSettings().allow("0.0.0.0/0", "::/0"));
                var client = Attacker.tcp(server)) {
            client.challenge();
            var allocate =
                    new RawMessage(StunMethod.ALLOCATE)
                            .attribute(AttributeType.REQUESTED_TRANSPORT, TCP, TCP, TCP, TCP);
            assertEquals(0, client.askSigned(allocate).code());
            for (var listener : server.listeners()) {
                var connect = new RawMessage(StunMethod.CONNECT).peer(listener.address());
                assertEquals(403, client.askSigned(connect).code());
            }
        }
    }
}

package org.turnd.server.net;

import java.util.ArrayList;
import java.util.List;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.DontFragment;
import org.turnd.stun.StunAttribute.Icmp;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// A server in a network namespace of its own, whose clients send where nobody answers but ICMP. It
/// prints what they are told; [RelayedErrorsTest] starts it.
final class RelayedErrors {
    private static final int CHANNEL = 0x4001;

    private RelayedErrors() {}

    public static void main(String... arguments) throws Exception {
        var settings =
                new TestSettings()
                        .plane(DataPlane.NATIVE)
                        .shards(1)
                        .relays("10.9.0.1", "fd00:9::1")
                        .allow("10.0.0.0/8", "fd00::/16")
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .listen(Protocol.TCP, "127.0.0.1", 0);
        try (var network = new RoutedNetwork();
                TurnServer server = settings.start()) {
            TransportAddress udp = server.listeners().get(0).address();
            TransportAddress tcp = server.listeners().get(1).address();
            try (var client = TestClient.udp(udp);
                    var client6 = TestClient.tcp(tcp)) {
                client.allocate();
                client6.allocateIpv6();
                send("closed port", client, RoutedNetwork.ROUTER.withPort(9), 10);
                send("closed port", client6, RoutedNetwork.ROUTER6.withPort(9), 10);
                sendOnChannel(client, RoutedNetwork.ROUTER.withPort(10));
                send("no way there", client, TestSettings.address("10.7.0.9", 7), 10);
                send("no way there", client6, TestSettings.address("fd00:7::9", 7), 10);
                var small = TestSettings.address("10.6.0.9", 7);
                send("too big", client, small, 1000, new DontFragment());
                send(
                        "too big for the first link",
                        client,
                        TestSettings.address("10.6.0.10", 7),
                        2000,
                        new DontFragment());
                send("too big", client6, TestSettings.address("fd00:6::9", 7), 1400);
            }
            network.run("sysctl -qw net.ipv4.ip_default_ttl=1 net.ipv6.conf.near.hop_limit=1");
            try (var client = TestClient.tcp(tcp);
                    var client6 = TestClient.tcp(tcp)) {
                client.allocate();
                client6.allocateIpv6();
                send("too far", client, TestSettings.address("10.6.0.9", 7), 10);
                send("too far", client6, TestSettings.address("fd00:6::9", 7), 10);
            }
        }
    }

    private static void send(
            String what,
            TestClient client,
            TransportAddress peer,
            int length,
            StunAttribute... more)
            throws Exception {
        client.request(StunMethod.CREATE_PERMISSION, new XorPeerAddress(peer));
        List<StunAttribute> all = new ArrayList<>(List.of(more));
        all.add(new XorPeerAddress(peer));
        all.add(new Data(Octets.of(new byte[length])));
        client.wire()
                .send(
                        TestClient.encode(
                                StunMethod.SEND,
                                StunClass.INDICATION,
                                all.toArray(StunAttribute[]::new)));
        print(what, client);
    }

    private static void sendOnChannel(TestClient client, TransportAddress peer) throws Exception {
        client.bindChannel(CHANNEL, peer);
        client.sendChannelData(CHANNEL, new byte[10]);
        print("closed port, on a channel", client);
    }

    private static void print(String what, TestClient client) throws Exception {
        StunMessage message = client.receiveStun();
        List<String> attributes = new ArrayList<>();
        for (StunAttribute attribute : message.attributes()) {
            attributes.add(
                    switch (attribute) {
                        case XorPeerAddress peer -> peer.address().toString();
                        case Icmp icmp ->
                                "type %d, code %d, data %d"
                                        .formatted(icmp.icmpType(), icmp.code(), icmp.data());
                        default -> attribute.toString();
                    });
        }
        System.out.printf(
                "%s: %s %s, %s%n",
                what, message.method(), message.messageClass(), String.join(", ", attributes));
    }
}

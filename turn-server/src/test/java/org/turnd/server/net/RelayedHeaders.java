package org.turnd.server.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// A server in a network namespace of its own, whose loopback interface has an MTU of 1500. It
/// prints the IP headers of what is relayed, as they are on the wire; [RelayedHeadersTest] starts
/// it, and names the data plane.
final class RelayedHeaders implements AutoCloseable {
    private static final int CHANNEL = 0x4001;

    /// Expedited forwarding and ECT(1).
    private static final int EF_ECT1 = 0xB8 | 0x01;

    private static final int HOP_LIMIT = 40;
    private static final int LARGE = 2000;

    private final TurnServer server;
    private final NativePlane ends = new NativePlane(UdpOptions.DEFAULTS);
    private final PacketCapture ipv4 = new PacketCapture(true);
    private final PacketCapture ipv6 = new PacketCapture(false);

    private RelayedHeaders(DataPlane plane) throws Exception {
        server =
                new TestSettings()
                        .plane(plane)
                        .shards(1)
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .listen(Protocol.UDP, "::1", 0)
                        .listen(Protocol.TCP, "127.0.0.1", 0)
                        .start();
    }

    @Override
    public void close() {
        ends.close();
        server.close();
        ipv4.close();
        ipv6.close();
    }

    public static void main(String... arguments) throws Exception {
        for (String command : List.of("ip link set lo mtu 1500", "ip link set lo up")) {
            new ProcessBuilder(command.split(" ")).inheritIO().start().waitFor();
        }
        try (var headers = new RelayedHeaders(DataPlane.valueOf(arguments[0]))) {
            headers.overUdp("IPv4 to IPv4", 0, false);
            headers.overUdp("IPv4 to IPv6", 0, true);
            headers.overUdp("IPv6 to IPv4", 1, false);
            headers.overUdp("IPv6 to IPv6", 1, true);
            headers.overTcp("TCP to IPv4", false);
            headers.overTcp("TCP to IPv6", true);
            headers.withoutHopsLeft();
        }
    }

    private TransportAddress listener(int index) {
        return server.listeners().get(index).address();
    }

    private void overUdp(String what, int listener, boolean toIpv6) throws Exception {
        var wire = new MarkedWire(ends, listener(listener));
        var client = new TestClient(wire);
        TransportAddress relayed = toIpv6 ? client.allocateIpv6() : client.allocate();
        var peer = new MarkedWire(ends, relayed);
        client.bindChannel(CHANNEL, peer.local());
        mark(wire, EF_ECT1);
        client.sendChannelData(CHANNEL, new byte[10]);
        int sentLabel = next(listener(listener)).label();
        PacketCapture.Header first = next(peer.local());
        print(what, "ChannelData", first);
        if (sentLabel != 0 && sentLabel == first.label()) {
            System.out.println(what + ": the flow label is copied");
        }
        peer.receive();
        send(client, peer, 10);
        print(what, "Send", next(peer.local()));
        peer.receive();
        send(client, peer, 10, new DontFragment());
        print(what, "Send with DONT-FRAGMENT", next(peer.local()));
        peer.receive();
        send(client, peer, LARGE);
        print(what, "large Send", next(peer.local()));
        peer.receive();
        mark(peer, 0x2A);
        ipv4.skip();
        ipv6.skip();
        peer.send(new byte[10], relayed);
        print(what, "and back", next(wire.local()));
        wire.receive();
    }

    private static void mark(MarkedWire wire, int trafficClass) {
        wire.sends = trafficClass;
        wire.hopLimit = HOP_LIMIT;
    }

    private void overTcp(String what, boolean toIpv6) throws Exception {
        try (var client = TestClient.tcp(listener(2))) {
            TransportAddress relayed = toIpv6 ? client.allocateIpv6() : client.allocate();
            var peer = new MarkedWire(ends, relayed);
            client.bindChannel(CHANNEL, peer.local());
            client.sendChannelData(CHANNEL, new byte[10]);
            print(what, "ChannelData", next(peer.local()));
            send(client, peer, 10, new DontFragment());
            print(what, "Send with DONT-FRAGMENT", next(peer.local()));
            send(client, peer, LARGE);
            print(what, "large Send", next(peer.local()));
            send(client, peer, LARGE, new DontFragment());
            // Whatever it came to, this comes after it.
            send(client, peer, 11, new DontFragment());
            peer.send(new byte[] {42}, relayed);
            for (int i = 0; i < 3; i++) {
                peer.receive();
            }
            byte[] next = peer.receive();
            System.out.printf("%s, large Send with DONT-FRAGMENT: ", what);
            if (next.length != 11) {
                System.out.println("arrived");
            }
            print(client);
        }
    }

    /// Prints what the client was told before it got the peer's byte.
    private static void print(TestClient client) throws Exception {
        List<String> told = new ArrayList<>();
        for (byte[] message = client.wire().receive();
                message[0] != CHANNEL >> 8;
                message = client.wire().receive()) {
            var decoded = TestClient.decode(message);
            Icmp icmp = decoded.first(Icmp.class);
            XorPeerAddress peer = decoded.first(XorPeerAddress.class);
            told.add(
                    peer == null
                            ? decoded.toString()
                            : "port " + (peer.address().port() == 0 ? "0" : "known"));
            told.add(String.valueOf(icmp));
        }
        System.out.println(told.isEmpty() ? "nothing told" : String.join(", ", told));
    }

    private void withoutHopsLeft() throws Exception {
        var wire = new MarkedWire(ends, listener(0));
        var client = new TestClient(wire);
        TransportAddress relayed = client.allocate();
        var peer = new MarkedWire(ends, relayed);
        client.bindChannel(CHANNEL, peer.local());
        for (int hopLimit : new int[] {1, 2}) {
            wire.hopLimit = hopLimit;
            client.sendChannelData(CHANNEL, new byte[] {(byte) hopLimit});
        }
        System.out.println("hop limit 1 to the peer: " + isFirst(peer, 0));
        for (int hopLimit : new int[] {1, 2}) {
            peer.hopLimit = hopLimit;
            peer.send(new byte[] {(byte) hopLimit}, relayed);
        }
        System.out.println("hop limit 1 to the client: " + isFirst(wire, 4));
        System.out.println(
                "counted: "
                        + server.shards()
                                .getFirst()
                                .counters()
                                .get(ShardCounters.Counter.HOP_LIMITS_EXCEEDED));
    }

    private static String isFirst(Wire wire, int at) throws IOException {
        if (wire.receive()[at] == 2) {
            return "dropped";
        }
        wire.receive();
        return "arrived";
    }

    private PacketCapture.Header next(TransportAddress to) throws IOException {
        return (to.isIpv4() ? ipv4 : ipv6).nextTo(to.port());
    }

    private static void print(String what, String message, PacketCapture.Header header) {
        System.out.printf("%s, %s: %s%n", what, message, header);
    }

    private static void send(TestClient client, Wire peer, int length, StunAttribute... more)
            throws IOException {
        StunAttribute[] attributes =
                Stream.concat(
                                Stream.of(
                                        new XorPeerAddress(peer.local()),
                                        new Data(Octets.of(new byte[length]))),
                                Stream.of(more))
                        .toArray(StunAttribute[]::new);
        client.wire().send(TestClient.encode(StunMethod.SEND, StunClass.INDICATION, attributes));
    }
}

package org.turnd.server.net;

import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.DontFragment;
import org.turnd.stun.StunAttribute.Icmp;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// A server without any capability that sets DF, counts hop limits down and hears of ICMP errors.
/// It prints what came of it; [UnprivilegedServerTest] starts it.
final class UnprivilegedServer {
    private UnprivilegedServer() {}

    public static void main(String... arguments) throws Exception {
        Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .forEach(line -> System.out.println(line.replace("\t", " ")));
        var settings =
                new TestSettings()
                        .plane(DataPlane.NATIVE)
                        .shards(2)
                        .listen(Protocol.UDP, "127.0.0.1", 0);
        try (TurnServer server = settings.start();
                var plane = new NativePlane(UdpOptions.DEFAULTS)) {
            var wire = new MarkedWire(plane, server.listeners().getFirst().address());
            var client = new TestClient(wire);
            var peer = new MarkedWire(plane, client.allocate());
            TransportAddress nobody;
            try (var gone = new DatagramSocket(peer.local().withPort(0).toInetSocketAddress())) {
                nobody = peer.local().withPort(gone.getLocalPort());
            }
            client.request(StunMethod.CREATE_PERMISSION, new XorPeerAddress(peer.local()));
            wire.sends = 0xB8;
            wire.hopLimit = 40;
            wire.send(whole(peer.local()));
            System.out.println("to the peer: " + peer.receive().length + " byte");
            wire.send(whole(nobody));
            System.out.println("to nobody: " + client.receiveStun().first(Icmp.class));
        }
    }

    private static byte[] whole(TransportAddress peer) {
        return TestClient.encode(
                StunMethod.SEND,
                StunClass.INDICATION,
                new XorPeerAddress(peer),
                new DontFragment(),
                new Data(Octets.of(new byte[1])));
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.StartFailure;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.BehaviorDiscovery;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Stun;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChangeRequest;
import org.turnd.stun.StunAttribute.MappedAddress;
import org.turnd.stun.StunAttribute.OtherAddress;
import org.turnd.stun.StunAttribute.Padding;
import org.turnd.stun.StunAttribute.ResponseOrigin;
import org.turnd.stun.StunAttribute.ResponsePort;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// NAT behaviour discovery over real sockets at two loopback addresses, two shards at each.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(60)
class NatDiscoveryWireTest {
    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private TurnServer start(String one, String two) throws Exception {
        List<TransportAddress> addresses =
                List.of(TestSettings.address(one, 0), TestSettings.address(two, 0));
        int first = TestSettings.freePort();
        int second = TestSettings.freePort();
        while (second == first) {
            second = TestSettings.freePort();
        }
        var discovery = new BehaviorDiscovery(addresses, addresses, first, second, 1000);
        var settings =
                new TestSettings()
                        .plane(plane)
                        .stun(new Stun(Switch.OFF, discovery))
                        .listen(Protocol.TCP, "127.0.0.1", 0);
        for (Listener listener : discovery.listeners()) {
            TransportAddress address = listener.address();
            settings.listen(Protocol.UDP, address.host(), address.port());
        }
        return settings.start();
    }

    private static List<TransportAddress> udp(TurnServer server) {
        return server.listeners().stream()
                .filter(one -> one.protocol() == Protocol.UDP)
                .map(Listener::address)
                .toList();
    }

    /// A client that hears answers from everywhere.
    private record Client(DatagramSocket socket) implements AutoCloseable {
        record Heard(TransportAddress from, StunMessage message) {}

        static Client open() throws SocketException {
            var socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
            socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
            return new Client(socket);
        }

        TransportAddress local() {
            return TransportAddress.of(socket.getLocalAddress(), socket.getLocalPort());
        }

        void send(TransportAddress to, StunAttribute... attributes) throws Exception {
            byte[] bytes = TestClient.encode(StunMethod.BINDING, StunClass.REQUEST, attributes);
            socket.send(new DatagramPacket(bytes, bytes.length, to.toInetSocketAddress()));
        }

        Heard receive() throws Exception {
            var packet = new DatagramPacket(new byte[65535], 65535);
            socket.receive(packet);
            byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
            return new Heard(
                    TransportAddress.of(packet.getAddress(), packet.getPort()),
                    (StunMessage)
                            StunMessage.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length));
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Test
    @Tag("N-01")
    @Tag("N-02")
    @Tag("A-34")
    void answersFromAllFourSocketsWhicheverShardIsAsked() throws Exception {
        try (var server = start("127.0.0.1", "127.0.0.2")) {
            List<TransportAddress> four = udp(server);
            assertEquals(4, four.size());
            // Clients of both shards, with all likelihood.
            for (int round = 0; round < 8; round++) {
                try (var client = Client.open()) {
                    for (int asked = 0; asked < 4; asked++) {
                        for (int changes = 0; changes < 4; changes++) {
                            client.send(
                                    four.get(asked),
                                    new ChangeRequest((changes & 2) != 0, (changes & 1) != 0));
                            Client.Heard heard = client.receive();
                            assertEquals(four.get(asked ^ changes), heard.from());
                            assertEquals(
                                    new ResponseOrigin(heard.from()),
                                    heard.message().first(ResponseOrigin.class));
                            assertEquals(
                                    new OtherAddress(four.get(asked ^ 3)),
                                    heard.message().first(OtherAddress.class));
                            assertEquals(
                                    new MappedAddress(client.local()),
                                    heard.message().first(MappedAddress.class));
                        }
                    }
                }
            }
        }
    }

    @Test
    @Tag("N-04")
    void answersToAnotherPortOfTheClient() throws Exception {
        try (var server = start("127.0.0.1", "127.0.0.2");
                var asking = Client.open();
                var hearing = Client.open()) {
            asking.send(
                    udp(server).getFirst(),
                    new ResponsePort(hearing.local().port()),
                    new ChangeRequest(true, true));
            Client.Heard heard = hearing.receive();
            assertEquals(udp(server).getLast(), heard.from());
            assertEquals(
                    new MappedAddress(asking.local()), heard.message().first(MappedAddress.class));
        }
    }

    @Test
    @Tag("N-06")
    void padsAnswersToTheMtuOfTheInterface() throws Exception {
        try (var server = start("127.0.0.1", "127.0.0.2");
                var client = Client.open()) {
            for (TransportAddress address : udp(server)) {
                client.send(address, new Padding(Octets.of(new byte[2000])));
                Client.Heard heard = client.receive();
                assertEquals(address, heard.from());
                Padding padding = heard.message().all(Padding.class).getFirst();
                // Loopback's MTU is more than a datagram takes; 127.0.0.2 is no interface's own.
                boolean loopback = address.host().equals("127.0.0.1");
                assertEquals(loopback ? 65_376 : 1500, padding.value().length());
            }
        }
    }

    @Test
    @Tag("N-08")
    void refusesWishesOverTcp() throws Exception {
        try (var server = start("127.0.0.1", "127.0.0.2");
                var client = TestClient.tcp(server.listeners().getFirst().address())) {
            client.wire()
                    .send(
                            TestClient.encode(
                                    StunMethod.BINDING,
                                    StunClass.REQUEST,
                                    new ChangeRequest(true, true)));
            StunMessage answer = client.receiveStun();
            assertEquals(420, answer.all(StunAttribute.ErrorCode.class).getFirst().code());
        }
    }

    @Test
    @Tag("N-03")
    void doesNotStartWithAnAddressThatTheMachineLacks() {
        var failure = assertThrows(StartFailure.class, () -> start("127.0.0.1", "203.0.113.77"));
        assertTrue(
                failure.problems().toString().contains("203.0.113.77"),
                () -> failure.problems().toString());
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Clients behind proxies that speak the PROXY protocol, over real sockets.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(60)
class ProxyProtocolTest {
    private static final TransportAddress CLIENT = TestSettings.address("203.0.113.9", 40_000);
    private static final TransportAddress OTHER_CLIENT =
            TestSettings.address("203.0.113.9", 40_001);
    private static final TransportAddress IPV6_CLIENT = TestSettings.address("2001:db8::9", 9);
    private static final byte[] PING = "ping!".getBytes(StandardCharsets.US_ASCII);

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private TestSettings settings(Protocol protocol, String host) {
        return new TestSettings().plane(plane).listenForProxies(protocol, host, 0);
    }

    private static TransportAddress address(TurnServer server) {
        return server.listeners().getFirst().address();
    }

    private static long count(TurnServer server, Counter counter) {
        return server.shards().stream().mapToLong(one -> one.counters().get(counter)).sum();
    }

    /// A connection whose first bytes are a header, in one write with what comes next.
    private static final class ProxiedSocket extends Socket {
        private byte[] header;

        ProxiedSocket(TransportAddress server, byte[] header) throws IOException {
            super(server.toInetAddress(), server.port());
            this.header = header;
            setTcpNoDelay(true);
            setSoTimeout(Wire.TIMEOUT_MILLIS);
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    byte[] next = Arrays.copyOfRange(bytes, offset, offset + length);
                    out.write(ProxyHeaders.join(header, next));
                    header = new byte[0];
                }
            };
        }
    }

    /// The proxy of one UDP client. It may send from another socket at any time.
    private static final class ProxiedWire implements Wire {
        private final TransportAddress server;
        private final TransportAddress client;
        private final byte[] header;
        private DatagramSocket socket;

        ProxiedWire(TransportAddress server, TransportAddress client, DatagramSocket socket) {
            this.server = server;
            this.client = client;
            this.header = ProxyHeaders.of(ProxyHeaders.UDP, client);
            this.socket = socket;
        }

        static DatagramSocket newSocket(TransportAddress server) throws IOException {
            var socket =
                    new DatagramSocket(
                            0, InetAddress.ofLiteral(server.isIpv4() ? "127.0.0.1" : "::1"));
            socket.setSoTimeout(TIMEOUT_MILLIS);
            return socket;
        }

        void sendFrom(DatagramSocket next) {
            socket = next;
        }

        @Override
        public void send(byte[] message) throws IOException {
            byte[] bytes = ProxyHeaders.join(header, message);
            socket.send(new DatagramPacket(bytes, bytes.length, server.toInetSocketAddress()));
        }

        @Override
        public byte[] receive() throws IOException {
            var packet = new DatagramPacket(new byte[65535], 65535);
            socket.receive(packet);
            assertEquals(
                    server, TransportAddress.of(packet.getAddress(), packet.getPort()), "A-34");
            return Arrays.copyOf(packet.getData(), packet.getLength());
        }

        @Override
        public TransportAddress local() {
            return client;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private static TestClient udp(TurnServer server, TransportAddress client) throws IOException {
        TransportAddress to = address(server);
        return new TestClient(new ProxiedWire(to, client, ProxiedWire.newSocket(to)));
    }

    @ParameterizedTest
    @CsvSource({"1, 203.0.113.9", "2, 203.0.113.9", "1, 2001:db8::9", "2, 2001:db8::9"})
    @Tag("T-02")
    @Tag("T-05")
    void tcpClientsAreWhereTheHeaderSays(int version, String host) throws Exception {
        TransportAddress client = TestSettings.address(host, 40_000);
        byte[] header =
                version == 1
                        ? ProxyHeaders.line(client)
                        : ProxyHeaders.of(ProxyHeaders.TCP, client);
        try (var server = settings(Protocol.TCP, "127.0.0.1").start();
                var one = new TestClient(Wire.over(new ProxiedSocket(address(server), header)))) {
            assertEquals(client, one.binding());
            RelayTest.relaysThereAndBack(one);
        }
    }

    @Test
    @Tag("T-02")
    void aHeaderMayComeInPieces() throws Exception {
        try (var server = settings(Protocol.TCP, "127.0.0.1").start();
                var socket = new ProxiedSocket(address(server), new byte[0])) {
            OutputStream out = socket.getOutputStream();
            for (byte one : ProxyHeaders.of(ProxyHeaders.TCP, IPV6_CLIENT)) {
                out.write(new byte[] {one});
            }
            var client = new TestClient(Wire.over(socket));
            assertEquals(IPV6_CLIENT, client.binding());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOCAL", "UNKNOWN"})
    @Tag("T-02")
    void whoIsNotNamedIsTheProxyItself(String kind) throws Exception {
        byte[] header =
                kind.equals("LOCAL")
                        ? ProxyHeaders.raw(ProxyHeaders.LOCAL, 0)
                        : ProxyHeaders.line("PROXY UNKNOWN\r\n");
        try (var server = settings(Protocol.TCP, "127.0.0.1").start();
                var client =
                        new TestClient(Wire.over(new ProxiedSocket(address(server), header)))) {
            assertEquals(client.wire().local(), client.binding());
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS, 1", "TLS, 2", "TCP, 1", "TCP, 2"})
    @Tag("T-04")
    void theHeaderComesBeforeTls(Protocol protocol, int version, @TempDir Path directory)
            throws Exception {
        var tls = new TestTls(directory, TlsProvider.AUTO);
        byte[] header =
                version == 1
                        ? ProxyHeaders.line(CLIENT)
                        : ProxyHeaders.of(ProxyHeaders.TCP, CLIENT, ProxyHeaders.value(5, PING));
        try (var server = settings(protocol, "127.0.0.1").tls(tls.material()).start();
                // One segment with the ClientHello.
                var tcp = new ProxiedSocket(address(server), header);
                var client = new TestClient(Wire.over(tls.over(tcp, "TLSv1.3")))) {
            assertEquals(CLIENT, client.binding());
            RelayTest.relaysThereAndBack(client);
        }
    }

    @Test
    @Tag("T-01")
    @Tag("T-04")
    void aConnectionWithoutAHeaderIsClosed() throws Exception {
        try (var server = settings(Protocol.TCP, "127.0.0.1").start();
                var client = TestClient.tcp(address(server))) {
            assertThrows(IOException.class, client::binding);
            Eventually.equal(1, () -> (int) count(server, Counter.STREAMS_NOT_PROXIED));
            assertEquals(0, count(server, Counter.STREAMS_OPENED));
        }
    }

    @Test
    @Tag("T-01")
    void aHeaderIsNotGuessedWhereNoneIsExpected() throws Exception {
        try (var server =
                        new TestSettings()
                                .plane(plane)
                                .listen(Protocol.TCP, "127.0.0.1", 0)
                                .start();
                var client =
                        new TestClient(
                                Wire.over(
                                        new ProxiedSocket(
                                                address(server),
                                                ProxyHeaders.of(ProxyHeaders.TCP, CLIENT))))) {
            assertThrows(IOException.class, client::binding);
        }
    }

    @Test
    @Tag("T-01")
    void whoIsNotTrustedIsClosed() throws Exception {
        try (var server = settings(Protocol.TCP, "127.0.0.1").trustedProxies("127.0.0.2").start();
                var client =
                        new TestClient(
                                Wire.over(
                                        new ProxiedSocket(
                                                address(server), ProxyHeaders.line(CLIENT))))) {
            assertThrows(IOException.class, client::binding);
            Eventually.equal(1, () -> (int) count(server, Counter.STREAMS_NOT_PROXIED));
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 203.0.113.9", "::1, 2001:db8::9", "127.0.0.1, 2001:db8::9"})
    @Tag("T-02")
    @Tag("T-05")
    void udpClientsAreWhereTheHeaderSays(String host, String client) throws Exception {
        try (var server = settings(Protocol.UDP, host).start();
                var one = udp(server, TestSettings.address(client, 40_000))) {
            assertEquals(one.wire().local(), one.binding());
            RelayTest.relaysThereAndBack(one);
        }
    }

    @Test
    @Tag("T-02")
    @Tag("T-05")
    void clientsOfOneProxyPortAreTwo() throws Exception {
        try (var server = settings(Protocol.UDP, "127.0.0.1").start();
                var socket = ProxiedWire.newSocket(address(server))) {
            var one = new TestClient(new ProxiedWire(address(server), CLIENT, socket));
            var two = new TestClient(new ProxiedWire(address(server), OTHER_CLIENT, socket));
            TransportAddress relayedOne = one.allocate();
            TransportAddress relayedTwo = two.allocate();
            assertEquals(CLIENT, one.binding());
            try (var peerOne = Wire.udp(relayedOne.toInetAddress(), relayedOne);
                    var peerTwo = Wire.udp(relayedTwo.toInetAddress(), relayedTwo)) {
                // The same channel number: what tells them apart is the five-tuple.
                one.bindChannel(0x4001, peerOne.local());
                two.bindChannel(0x4001, peerTwo.local());
                one.sendChannelData(0x4001, PING);
                assertArrayEquals(PING, peerOne.receive());
                two.sendChannelData(0x4001, PING);
                assertArrayEquals(PING, peerTwo.receive());
            }
        }
    }

    @Test
    @Tag("T-02")
    void dataFollowsTheProxyToItsLatestPort() throws Exception {
        try (var server = settings(Protocol.UDP, "127.0.0.1").start();
                var first = ProxiedWire.newSocket(address(server));
                var second = ProxiedWire.newSocket(address(server))) {
            var wire = new ProxiedWire(address(server), CLIENT, first);
            var client = new TestClient(wire);
            TransportAddress relayed = client.allocate();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                client.bindChannel(0x4001, peer.local());
                wire.sendFrom(second);
                client.sendChannelData(0x4001, PING);
                assertArrayEquals(PING, peer.receive());
                peer.send(PING);
                assertArrayEquals(TestClient.channelData(0x4001, PING), wire.receive());
                // Another client in between, so that this one isn't the last that was heard.
                try (var other = udp(server, OTHER_CLIENT)) {
                    assertEquals(OTHER_CLIENT, other.binding());
                }
                peer.send(PING);
                assertArrayEquals(TestClient.channelData(0x4001, PING), wire.receive());
            }
            client.request(StunMethod.REFRESH, new Lifetime(0));
            Eventually.equal(
                    0, () -> server.shards().stream().mapToInt(s -> s.allocations()).sum());
            assertEquals(0, count(server, Counter.DATAGRAMS_WITHOUT_PROXY));
        }
    }

    @Test
    @Tag("T-02")
    @Tag("M-03")
    void aClientMovesToAProxyThatAnotherShardServes() throws Exception {
        var settings = settings(Protocol.UDP, "127.0.0.1").shards(2);
        settings.mobility(Duration.ofSeconds(30));
        settings.listenForProxies(Protocol.UDP, "127.0.0.1", TestSettings.freePort());
        try (var server = settings.start();
                var home = udp(server, CLIENT);
                var socket = ProxiedWire.newSocket(address(server))) {
            var away =
                    new TestClient(
                            new ProxiedWire(
                                    server.listeners().get(1).address(), OTHER_CLIENT, socket));
            assertEquals(OTHER_CLIENT, away.binding());
            StunMessage allocated =
                    home.request(
                            StunMethod.ALLOCATE,
                            new RequestedTransport(RequestedTransport.UDP),
                            new MobilityTicket(Octets.EMPTY));
            TransportAddress relayed = allocated.all(XorRelayedAddress.class).getFirst().address();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                home.bindChannel(0x4001, peer.local());
                StunMessage moved =
                        away.request(
                                StunMethod.REFRESH, allocated.all(MobilityTicket.class).getFirst());
                assertEquals(StunClass.SUCCESS_RESPONSE, moved.messageClass(), moved::toString);
                away.sendChannelData(0x4001, PING);
                assertArrayEquals(PING, peer.receive());
                peer.send(PING);
                assertArrayEquals(TestClient.channelData(0x4001, PING), away.wire().receive());
            }
            assertEquals(0, count(server, Counter.DATAGRAMS_WITHOUT_PROXY));
        }
    }

    @Test
    @Tag("T-02")
    void aHealthCheckIsTheProxysOwn() throws Exception {
        try (var server = settings(Protocol.UDP, "127.0.0.1").start();
                var client = TestClient.udp(address(server))) {
            client.wire()
                    .send(
                            ProxyHeaders.join(
                                    ProxyHeaders.raw(ProxyHeaders.LOCAL, 0),
                                    TestClient.bindingRequest()));
            assertEquals(client.wire().local(), TestClient.mapped(client.receiveStun()));
        }
    }

    @Test
    @Tag("T-01")
    @Tag("T-02")
    void datagramsWithoutAGoodHeaderAreDropped() throws Exception {
        byte[] binding = TestClient.bindingRequest();
        byte[] header = ProxyHeaders.of(ProxyHeaders.UDP, CLIENT);
        List<byte[]> bad =
                List.of(
                        binding,
                        ProxyHeaders.join(ProxyHeaders.line(CLIENT), binding),
                        ProxyHeaders.join(ProxyHeaders.of(ProxyHeaders.TCP, CLIENT), binding),
                        Arrays.copyOf(header, header.length - 1),
                        ProxyHeaders.join(
                                ProxyHeaders.of(ProxyHeaders.UDP, CLIENT, ProxyHeaders.checksum()),
                                binding));
        try (var server = settings(Protocol.UDP, "127.0.0.1").start();
                var client = udp(server, CLIENT);
                var socket = ProxiedWire.newSocket(address(server))) {
            for (byte[] each : bad) {
                socket.send(
                        new DatagramPacket(
                                each, each.length, address(server).toInetSocketAddress()));
            }
            Eventually.equal(bad.size(), () -> (int) count(server, Counter.DATAGRAMS_NOT_PROXIED));
            // A header with nothing behind it is no message.
            client.wire().send(new byte[0]);
            assertEquals(CLIENT, client.binding());
        }
    }

    @Test
    @Tag("T-01")
    void datagramsOfWhoIsNotTrustedAreDropped() throws Exception {
        try (var server = settings(Protocol.UDP, "127.0.0.1").trustedProxies("10.0.0.0/8").start();
                var client = udp(server, CLIENT)) {
            client.wire().send(TestClient.bindingRequest());
            Eventually.equal(1, () -> (int) count(server, Counter.DATAGRAMS_NOT_TRUSTED));
        }
    }
}

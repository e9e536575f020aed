package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.engine.Counter;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// TCP connections: framing, what closes them and what doesn't.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
class StreamTest {
    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private static final byte[] DATA = "12345".getBytes(StandardCharsets.US_ASCII);

    private TestSettings settings() {
        return new TestSettings().plane(plane).listen(Protocol.TCP, "127.0.0.1", 0);
    }

    private static TransportAddress address(TurnServer server) {
        return server.listeners().getFirst().address();
    }

    private static Socket connect(TurnServer server) throws IOException {
        var socket = new Socket(address(server).toInetAddress(), address(server).port());
        socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /// Reads until the server closes; returns -1 then, and throws when it doesn't in time.
    static int readToEnd(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        int read;
        try {
            do {
                read = in.read();
            } while (read >= 0);
        } catch (SocketException e) {
            return -1; // a reset is an end too
        }
        return read;
    }

    static long sum(TurnServer server, ShardCounters.Counter counter) {
        return server.shards().stream().mapToLong(shard -> shard.counters().get(counter)).sum();
    }

    @Test
    @Tag("A-33")
    @Tag("C-05")
    void answersARequestThatComesByteByByte() throws Exception {
        // C-05
        try (var server = settings().start();
                var client = TestClient.tcp(address(server))) {
            for (byte each : TestClient.bindingRequest()) {
                ((Wire.StreamWire) client.wire()).socket().getOutputStream().write(each);
            }
            assertEquals(client.wire().local(), TestClient.mapped(client.receiveStun()));
        }
    }

    @Test
    @Tag("C-05")
    @Tag("C-08")
    void answersEveryRequestOfOneSegment() throws Exception {
        // C-05, C-08
        try (var server = settings().start();
                var client = TestClient.tcp(address(server))) {
            var segment = new ByteArrayOutputStream();
            for (int i = 0; i < 50; i++) {
                segment.write(TestClient.bindingRequest());
            }
            client.wire().send(segment.toByteArray());
            for (int i = 0; i < 50; i++) {
                assertEquals(client.wire().local(), TestClient.mapped(client.receiveStun()));
            }
        }
    }

    @Test
    @Tag("C-05")
    void relaysChannelDataThatFollowsARequestInOneSegment() throws Exception {
        // C-05
        try (var server = settings().start();
                var client = TestClient.tcp(address(server))) {
            TransportAddress relayed = client.allocate();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                client.bindChannel(0x4000, peer.local());
                var segment = new ByteArrayOutputStream();
                segment.write(TestClient.bindingRequest());
                segment.write(TestClient.channelData(0x4000, DATA));
                segment.write(new byte[3]);
                segment.write(TestClient.bindingRequest());
                client.wire().send(segment.toByteArray());
                TestClient.mapped(client.receiveStun());
                TestClient.mapped(client.receiveStun());
                assertArrayEquals(DATA, peer.receive());
            }
        }
    }

    @Test
    @Tag("J-14")
    void padsChannelDataToFourBytes() throws Exception {
        // J-14: were the padding missing, the second message would be misread.
        try (var server = settings().start();
                var client = TestClient.tcp(address(server))) {
            TransportAddress relayed = client.allocate();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                client.bindChannel(0x4000, peer.local());
                peer.send(DATA);
                peer.send(new byte[1]);
                assertArrayEquals(TestClient.channelData(0x4000, DATA), client.wire().receive());
                assertArrayEquals(
                        TestClient.channelData(0x4000, new byte[1]), client.wire().receive());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"04", "80", "ff", "00010001", "0001000000000000", "47455420"})
    @Tag("C-09")
    void closesAStreamThatIsNotStun(String garbage) throws Exception {
        // C-09
        try (var server = settings().start();
                var socket = connect(server)) {
            byte[] bytes = HexFormat.of().parseHex(garbage);
            socket.getOutputStream().write(bytes);
            if (bytes[0] == 0x47) {
                // "GET " looks like ChannelData until its length has been read.
                socket.shutdownOutput();
            }
            assertEquals(-1, readToEnd(socket));
        }
    }

    @Test
    @Tag("J-15")
    void skipsFramesOfReservedChannelNumbers() throws Exception {
        // J-15
        try (var server = settings().start();
                var client = TestClient.tcp(address(server))) {
            client.wire().send(TestClient.channelData(0x5000, DATA));
            client.wire().send(TestClient.channelData(0x7FFF, new byte[65535]));
            client.binding();
            assertEquals(2, sum(server, ShardCounters.Counter.STREAM_SKIPPED_FRAMES));
        }
    }

    @Test
    @Tag("J-19")
    void goesOnAfterChannelDataThatFitsNoDatagram() throws Exception {
        // J-19
        try (var server = settings().start();
                var client = TestClient.tcp(address(server))) {
            TransportAddress relayed = client.allocate();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                client.bindChannel(0x4000, peer.local());
                client.sendChannelData(0x4000, new byte[65535]);
                client.sendChannelData(0x4000, DATA);
                assertArrayEquals(DATA, peer.receive());
            }
        }
    }

    @Test
    @Tag("C-07")
    void answersAClientThatHasNoMoreToSay() throws Exception {
        try (var server = settings().start();
                var client = TestClient.tcp(address(server))) {
            client.wire().send(TestClient.bindingRequest());
            Socket socket = ((Wire.StreamWire) client.wire()).socket();
            socket.shutdownOutput();
            assertEquals(client.wire().local(), TestClient.mapped(client.receiveStun()));
            assertEquals(-1, readToEnd(socket));
        }
    }

    @Test
    @Tag("P-11")
    void closesAClientThatSaysNothing() throws Exception {
        try (var server = settings().handshakeTimeout(Duration.ofMillis(200)).start();
                var socket = connect(server)) {
            assertEquals(-1, readToEnd(socket));
            assertEquals(1, sum(server, ShardCounters.Counter.STREAMS_TIMED_OUT));
        }
    }

    @Test
    @Tag("C-07")
    void closesAnIdleClientWithoutAllocationAndNoOther() throws Exception {
        try (var server = settings().idleTimeout(Duration.ofSeconds(1)).start();
                var idle = TestClient.tcp(address(server));
                var allocated = TestClient.tcp(address(server))) {
            allocated.allocate();
            idle.binding();
            assertEquals(-1, readToEnd(((Wire.StreamWire) idle.wire()).socket()));
            // The other one has been silent for longer by now.
            allocated.binding();
        }
    }

    @Test
    @Tag("C-14")
    void endsTheAllocationWithItsConnection() throws Exception {
        // C-14
        try (var server = settings().start()) {
            try (var client = TestClient.tcp(address(server))) {
                client.allocate();
                Eventually.equal(1, server::allocationCount);
            }
            Eventually.equal(0, server::allocationCount);
        }
    }

    @Test
    @Tag("S-09")
    @Tag("P-11")
    void holdsNoMoreConnectionsThanItMay() throws Exception {
        try (var server = settings().connections(2).start();
                var first = TestClient.tcp(address(server));
                var second = TestClient.tcp(address(server))) {
            first.binding();
            second.binding();
            try (var third = connect(server)) {
                assertEquals(-1, readToEnd(third));
            }
            first.wire().close();
            Eventually.equal(
                    1,
                    () -> server.shards().stream().mapToInt(ShardStatus::streamConnections).sum());
            try (var fourth = TestClient.tcp(address(server))) {
                fourth.binding();
            }
        }
    }

    @Test
    @Tag("I-18")
    void dropsThePacketsOfASlowReaderAndNobodyElses() throws Exception {
        // I-18. One shard, so that the slow client could delay the other one.
        try (var server = settings().shards(1).streamQueueBytes(32 << 10).start();
                var slow = TestClient.tcp(address(server));
                var quick = TestClient.tcp(address(server))) {
            dropsThePacketsOfASlowReaderAndNobodyElses(server, slow, quick);
        }
    }

    /// @param slow doesn't read
    /// @param quick does; all its traffic arrives all the same
    static void dropsThePacketsOfASlowReaderAndNobodyElses(
            TurnServer server, TestClient slow, TestClient quick) throws Exception {
        TransportAddress slowRelay = slow.allocate();
        try (var peer = Wire.udp(slowRelay.toInetAddress(), slowRelay)) {
            slow.bindChannel(0x4000, peer.local());
            byte[] packet = new byte[1200];
            // Some ten times what the kernel can queue for a connection.
            for (int round = 0; round < 2000 && dropped(server) == 0; round++) {
                for (int i = 0; i < 20; i++) {
                    peer.send(packet);
                }
                quick.binding();
            }
            assertTrue(dropped(server) > 0);
            RelayTest.relaysThereAndBack(quick);
        }
        for (int i = 0; i < 10; i++) {
            assertEquals(1204, slow.wire().receive().length, "what was queued arrives whole");
        }
        assertTrue(server.allocationCount() > 0);
    }

    private static long dropped(TurnServer server) {
        return sum(server, ShardCounters.Counter.STREAM_DROPPED_DATA);
    }

    @Test
    void handsOverBetweenShards() throws Exception {
        // Connections go to the shards in turn, so these two are neighbours.
        try (var server = settings().shards(2).start();
                var one = TestClient.tcp(address(server));
                var other = TestClient.tcp(address(server))) {
            TransportAddress oneRelay = one.allocate();
            TransportAddress otherRelay = other.allocate();
            one.bindChannel(0x4000, otherRelay);
            other.bindChannel(0x4000, oneRelay);
            for (int i = 0; i < 100; i++) {
                one.sendChannelData(0x4000, DATA);
                assertArrayEquals(TestClient.channelData(0x4000, DATA), other.wire().receive());
                other.sendChannelData(0x4000, DATA);
                assertArrayEquals(TestClient.channelData(0x4000, DATA), one.wire().receive());
            }
            long handed =
                    server.shards().stream()
                            .mapToLong(s -> s.engineCounters().get(Counter.PACKETS_HANDED_OVER))
                            .sum();
            assertEquals(200, handed);
            assertEquals(
                    0,
                    server.shards().stream()
                            .mapToLong(s -> s.udpCounters().get(UdpCounters.Counter.SENT_DATAGRAMS))
                            .sum());
        }
    }

    @Test
    void relaysNothingForAllocationsThatWereNeverMade() throws Exception {
        try (var server = settings().start();
                var client = TestClient.tcp(address(server))) {
            client.sendChannelData(0x4000, DATA);
            client.wire()
                    .send(
                            TestClient.encode(
                                    StunMethod.ALLOCATE,
                                    StunClass.REQUEST,
                                    new RequestedTransport(RequestedTransport.UDP)));
            assertEquals(StunClass.ERROR_RESPONSE, client.receiveStun().messageClass());
            assertEquals(0, server.allocationCount());
        }
    }
}

package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// DSCP and ECN of what is relayed over UDP (K-01, K-02): those it came with.
@Timeout(60)
class TrafficClassTest {
    private static final byte[] PING = "ping".getBytes(StandardCharsets.US_ASCII);
    private static final int CHANNEL = 0x4001;

    /// Expedited forwarding and "congestion experienced".
    private static final int EF_CE = 0xB8 | 0x03;

    @SuppressWarnings("NullAway.Init") // made before each test
    private NativePlane plane;

    @BeforeEach
    void start() throws Exception {
        plane = new NativePlane(UdpOptions.DEFAULTS);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private static TurnServer server(String host, int shards) throws Exception {
        return new TestSettings()
                .plane(DataPlane.NATIVE)
                .shards(shards)
                .listen(Protocol.UDP, host, 0)
                .start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    @Tag("K-01")
    @Tag("K-02")
    void goThereAndBackWithChannelData(String host) throws Exception {
        try (var server = server(host, 1)) {
            var wire = new MarkedWire(plane, server.listeners().getFirst().address());
            var client = new TestClient(wire);
            TransportAddress relayed = client.allocate();
            var peer = new MarkedWire(plane, relayed);
            client.bindChannel(CHANNEL, peer.local());

            wire.sends = EF_CE;
            client.sendChannelData(CHANNEL, PING);
            assertArrayEquals(PING, peer.receive());
            assertEquals(EF_CE, peer.received);

            peer.sends = 0x22;
            peer.send(PING);
            assertArrayEquals(TestClient.channelData(CHANNEL, PING), wire.receive());
            assertEquals(0x22, wire.received);
        }
    }

    @Test
    @Tag("K-01")
    @Tag("K-02")
    void goThereAndBackWithIndications() throws Exception {
        try (var server = server("127.0.0.1", 1)) {
            var wire = new MarkedWire(plane, server.listeners().getFirst().address());
            var client = new TestClient(wire);
            var peer = new MarkedWire(plane, client.allocate());
            client.request(StunMethod.CREATE_PERMISSION, new XorPeerAddress(peer.local()));

            wire.sends = EF_CE;
            wire.send(
                    TestClient.encode(
                            StunMethod.SEND,
                            StunClass.INDICATION,
                            new XorPeerAddress(peer.local()),
                            new Data(Octets.of(PING))));
            assertArrayEquals(PING, peer.receive());
            assertEquals(EF_CE, peer.received);

            peer.sends = 0x01;
            peer.send(PING);
            assertEquals(StunMethod.DATA, client.receiveStun().method());
            assertEquals(0x01, wire.received);
        }
    }

    @Test
    void areNotThoseOfRequestsInAnswers() throws Exception {
        try (var server = server("127.0.0.1", 1)) {
            var wire = new MarkedWire(plane, server.listeners().getFirst().address());
            wire.sends = EF_CE;
            new TestClient(wire).allocate();
            assertEquals(0, wire.received);
        }
    }

    @Test
    @Tag("K-01")
    @Tag("K-02")
    void stayFromRelayToRelayOnEveryShard() throws Exception {
        try (var server = server("127.0.0.1", 2)) {
            var address = server.listeners().getFirst().address();
            // Clients enough that some share a shard and some don't.
            for (int i = 0; i < 12; i++) {
                var wire = new MarkedWire(plane, address);
                var otherWire = new MarkedWire(plane, address);
                var client = new TestClient(wire);
                var other = new TestClient(otherWire);
                TransportAddress relayed = client.allocate();
                TransportAddress otherRelayed = other.allocate();
                client.bindChannel(CHANNEL, otherRelayed);
                other.bindChannel(CHANNEL, relayed);
                wire.sends = EF_CE;
                client.sendChannelData(CHANNEL, PING);
                assertArrayEquals(TestClient.channelData(CHANNEL, PING), otherWire.receive());
                assertEquals(EF_CE, otherWire.received);
            }
        }
    }
}

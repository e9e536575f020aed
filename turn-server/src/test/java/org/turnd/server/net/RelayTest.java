package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.TransportAddress;

/// Whole sessions: allocate, bind a channel, relay there and back.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
class RelayTest {
    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private static final byte[] PING = "ping!".getBytes(StandardCharsets.US_ASCII);

    @Test
    void relaysForUdpClients() throws Exception {
        try (var server = start(Protocol.UDP, "127.0.0.1");
                var client = TestClient.udp(server.listeners().getFirst().address())) {
            relaysThereAndBack(client);
        }
    }

    @Test
    void relaysForUdpClientsOverIpv6() throws Exception {
        try (var server = start(Protocol.UDP, "::1");
                var client = TestClient.udp(server.listeners().getFirst().address())) {
            relaysThereAndBack(client);
        }
    }

    @Test
    void relaysForTcpClients() throws Exception {
        try (var server = start(Protocol.TCP, "127.0.0.1");
                var client = TestClient.tcp(server.listeners().getFirst().address())) {
            relaysThereAndBack(client);
        }
    }

    private TurnServer start(Protocol protocol, String host) throws Exception {
        return new TestSettings().plane(plane).listen(protocol, host, 0).start();
    }

    static void relaysThereAndBack(TestClient client) throws Exception {
        relaysThereAndBack(client, client.allocate());
    }

    static void relaysThereAndBack(TestClient client, TransportAddress relayed) throws Exception {
        try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
            client.bindChannel(0x4001, peer.local());
            client.sendChannelData(0x4001, PING);
            assertArrayEquals(PING, peer.receive());
            peer.send(PING);
            assertArrayEquals(TestClient.channelData(0x4001, PING), client.wire().receive());
        }
    }
}

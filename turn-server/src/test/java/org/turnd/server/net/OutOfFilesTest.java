package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(60)
class OutOfFilesTest {
    private static final byte[] PING = "ping".getBytes(StandardCharsets.US_ASCII);

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private TurnServer start() throws Exception {
        return new TestSettings()
                .plane(plane)
                .shards(1)
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0)
                .start();
    }

    @Test
    void refusesNewAllocationsAndCarriesTheOldOnes() throws Exception {
        try (var server = start();
                var old = TestClient.udp(address(server, Protocol.UDP));
                var late = TestClient.udp(address(server, Protocol.UDP))) {
            TransportAddress relayed = old.allocate();
            try (var peer = Wire.udp(relayed.toInetAddress(), relayed)) {
                old.bindChannel(0x4001, peer.local());
                StunMessage refused;
                try (var _ = OpenFilesLimit.ofNone()) {
                    var transport = new RequestedTransport(RequestedTransport.UDP);
                    refused = late.request(StunMethod.ALLOCATE, transport);
                    old.sendChannelData(0x4001, PING);
                    assertArrayEquals(PING, peer.receive());
                }
                assertEquals(508, codeOf(refused));
                assertTrue(count(server, Counter.RELAYS_NOT_OPENED) > 0);
            }
            late.allocate();
        }
    }

    @Test
    void letsConnectionsWaitAndRestsBetweenAttempts() throws Exception {
        try (var server = start();
                var channel = SocketChannel.open()) {
            TransportAddress address = address(server, Protocol.TCP);
            try (var _ = OpenFilesLimit.ofNone()) {
                channel.connect(address.toInetSocketAddress());
                Eventually.holds(() -> count(server, Counter.ACCEPTS_FAILED) >= 2);
            }
            long failures = count(server, Counter.ACCEPTS_FAILED);
            assertTrue(failures < 20, () -> "tried " + failures + " times in a second or two");
            try (var client = new TestClient(Wire.over(channel.socket()))) {
                client.binding();
            }
        }
    }

    private static int codeOf(StunMessage answer) {
        ErrorCode error = answer.first(ErrorCode.class);
        assertNotNull(error, answer::toString);
        return error == null ? 0 : error.code();
    }

    private static long count(TurnServer server, Counter counter) {
        return server.shards().getFirst().counters().get(counter);
    }

    private static TransportAddress address(TurnServer server, Protocol protocol) {
        List<Listener> listeners = server.listeners();
        return listeners.get(protocol == Protocol.UDP ? 0 : 1).address();
    }
}

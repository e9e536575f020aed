package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBufUtil;
import java.io.EOFException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Stun;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.StunAttribute.MappedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Clients of RFC 3489 over real sockets.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(60)
class ClassicStunWireTest {
    private static final TransactionId ID = new TransactionId(1, 2, 3);

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private TurnServer start(Switch classic, String host) throws Exception {
        return new TestSettings()
                .plane(plane)
                .stun(new Stun(classic, null))
                .listen(Protocol.UDP, host, 0)
                .listen(Protocol.TCP, host, 0)
                .start();
    }

    private static TransportAddress address(TurnServer server, int listener) {
        return server.listeners().get(listener).address();
    }

    private static byte[] binding() {
        return ByteBufUtil.getBytes(
                StunMessage.builder(StunMethod.BINDING, StunClass.REQUEST, ID).build().encode());
    }

    @Test
    @Tag("B-01")
    void answersOverUdp() throws Exception {
        for (String host : List.of("127.0.0.1", "::1")) {
            try (var server = start(Switch.ON, host);
                    var client = TestClient.udp(address(server, 0))) {
                client.wire().send(binding());
                StunMessage answer = client.receiveStun();
                assertEquals(ID, answer.transactionId());
                assertEquals(
                        List.of(new MappedAddress(client.wire().local())), answer.attributes());
            }
        }
    }

    @Test
    @Tag("B-06")
    void closesATcpConnectionThatSpeaksIt() throws Exception {
        try (var server = start(Switch.ON, "127.0.0.1");
                var client = TestClient.tcp(address(server, 1))) {
            client.wire().send(binding());
            // C-09: without the cookie it is no frame.
            assertThrows(EOFException.class, client::receiveStun);
        }
    }

    @Test
    @Tag("B-07")
    @Tag("A-04")
    void saysNothingUnlessItIsSwitchedOn() throws Exception {
        try (var server = start(Switch.OFF, "127.0.0.1");
                var client = TestClient.udp(address(server, 0))) {
            client.wire().send(binding());
            // The next answer is the next request's.
            assertEquals(client.wire().local(), client.binding());
        }
    }
}

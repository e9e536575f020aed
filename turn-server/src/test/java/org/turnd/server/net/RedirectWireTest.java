package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.RedirectSettings;
import org.turnd.server.config.RedirectSettings.Occasion;
import org.turnd.server.config.RedirectSettings.Target;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AlternateServer;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// 300 (Try Alternate) over sockets.
@Timeout(60)
class RedirectWireTest {
    private static final StunAttribute UDP_RELAY = new RequestedTransport(RequestedTransport.UDP);
    private static final TransportAddress FOR_UDP = TestSettings.address("192.0.2.9", 3478);
    private static final TransportAddress FOR_TCP = TestSettings.address("192.0.2.9", 3479);
    private static final TransportAddress IPV6 = TestSettings.address("2001:db8::9", 3478);
    private static final String ANYCAST = "127.0.0.5";

    private static RedirectSettings redirect(List<Occasion> when, Switch strangers) {
        return new RedirectSettings(
                List.of(
                        new Target(Protocol.UDP, FOR_UDP),
                        new Target(Protocol.TCP, FOR_TCP),
                        new Target(null, IPV6)),
                when,
                null,
                strangers,
                List.of(TestSettings.address(ANYCAST, 0)),
                List.of(new Target(null, FOR_UDP)));
    }

    private static TurnServer start(RedirectSettings redirect) throws Exception {
        return new TestSettings()
                .redirect(redirect)
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0)
                .listen(Protocol.UDP, ANYCAST, 0)
                .start();
    }

    private static TestClient connect(TurnServer server, Protocol protocol) throws Exception {
        TransportAddress address = server.listeners().get(protocol.ordinal()).address();
        return protocol == Protocol.UDP ? TestClient.udp(address) : TestClient.tcp(address);
    }

    private static void assertRedirected(StunMessage answer, TransportAddress... servers) {
        ErrorCode error = answer.first(ErrorCode.class);
        assertNotNull(error, answer::toString);
        assertEquals(300, error.code());
        assertEquals(
                List.of(servers),
                answer.all(AlternateServer.class).stream().map(AlternateServer::address).toList());
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP"})
    @Tag("R-01")
    @Tag("R-02")
    @Tag("R-05")
    @Tag("F-27")
    void sendsClientsWhereTheirTransportIsServed(Protocol protocol) throws Exception {
        try (var server = start(redirect(List.of(Occasion.ALWAYS), Switch.OFF));
                var client = connect(server, protocol)) {
            StunMessage answer = client.request(StunMethod.ALLOCATE, UDP_RELAY);
            assertRedirected(answer, protocol == Protocol.UDP ? FOR_UDP : FOR_TCP, IPV6);
            assertEquals(true, answer.has(AttributeType.MESSAGE_INTEGRITY));
            //
            assertEquals(client.wire().local(), client.binding());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP"})
    @Tag("F-27")
    void sendsNewClientsElsewhereWhileDraining(Protocol protocol) throws Exception {
        try (var server = start(redirect(List.of(Occasion.DRAINING), Switch.OFF));
                var early = connect(server, protocol);
                var late = connect(server, protocol)) {
            early.allocate();
            server.drain();
            StunMessage answer = late.request(StunMethod.ALLOCATE, UDP_RELAY);
            assertRedirected(answer, protocol == Protocol.UDP ? FOR_UDP : FOR_TCP, IPV6);
            assertEquals(
                    StunClass.SUCCESS_RESPONSE, early.request(StunMethod.REFRESH).messageClass());
        }
    }

    @Test
    @Tag("W-03")
    void sendsStrangersAwayWhereItIsSwitchedOn() throws Exception {
        try (var server = start(redirect(List.of(Occasion.ALWAYS), Switch.ON));
                var client = connect(server, Protocol.TCP)) {
            assertRedirected(unsigned(client), FOR_TCP, IPV6);
        }
    }

    @Test
    @Tag("T-03")
    @Tag("C-15")
    void answersAtAnAnycastAddressWithOneDatagram() throws Exception {
        try (var server = start(redirect(List.of(Occasion.FULL), Switch.OFF))) {
            TransportAddress anycast = server.listeners().get(2).address();
            assertEquals(ANYCAST, anycast.host());
            try (var client = TestClient.udp(anycast)) {
                StunMessage answer = unsigned(client);
                assertRedirected(answer, FOR_UDP);
                assertFalse(answer.has(AttributeType.NONCE));
                assertEquals(client.wire().local(), client.binding());
            }
            try (var client = connect(server, Protocol.UDP)) {
                client.allocate();
            }
        }
    }

    private static StunMessage unsigned(TestClient client) throws Exception {
        client.wire().send(TestClient.encode(StunMethod.ALLOCATE, StunClass.REQUEST, UDP_RELAY));
        return client.receiveStun();
    }
}

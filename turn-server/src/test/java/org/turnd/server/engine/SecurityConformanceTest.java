package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// What clients, peers and strangers can't make of a server.
class SecurityConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);

    private final EngineFixture fixture = new EngineFixture();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2001::1",
                "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                "2002::1",
                "2002:c000:201::1",
                "2600::5efe:192.0.2.1",
                "2600::200:5efe:192.0.2.1",
            })
    @Tag("F-29")
    @DisplayName("F-29 clients through Teredo, 6to4 and ISATAP: 403")
    void refusesTunnelledClients(String client) {
        assertEquals(
                403,
                fixture.udp(0, address(client, 4000)).refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(0, fixture.engine.allocationCount());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:1::1", "2001:200::1", "2003::1", "2600::5eff:1", "94.254.0.1"})
    @Tag("F-29")
    @DisplayName("F-29 what only looks like a tunnel is let in")
    void letsOthersIn(String client) {
        fixture.udp(0, address(client, 4000)).allocate();
    }

    @Test
    @Tag("S-06")
    @DisplayName("S-06 the policy is asked for CreatePermission, ChannelBind and every packet")
    void asksThePolicyEverywhere() {
        TestClient client = fixture.udp();
        client.allocate();
        client.createPermission(PEER);
        client.channelBind(0x4000, PEER);
        assertEquals(1, client.send(PEER, (byte) 1).size());
        fixture.peers.denyHost(PEER);
        assertEquals(403, client.refusal(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)));
        assertEquals(
                403,
                client.refusal(
                        StunMethod.CHANNEL_BIND,
                        new ChannelNumber(0x4001),
                        new XorPeerAddress(PEER)));
        assertEquals(List.of(), client.send(PEER, (byte) 1));
        assertEquals(1, fixture.count(Counter.DROPPED_PEER_DENIED));
    }

    @ParameterizedTest
    @EnumSource(
            value = StunMethod.class,
            names = {"ALLOCATE", "REFRESH", "CREATE_PERMISSION", "CHANNEL_BIND", "BINDING"})
    @Tag("S-07")
    @DisplayName("S-07 what strangers get is no longer than 548 bytes, and one answer each")
    void answersStrangersShortly(StunMethod method) {
        TestClient stranger = fixture.udp();
        List<Output> outputs = stranger.feed(stranger.request(method).bytes());
        assertEquals(1, outputs.size());
        assertTrue(((Output.ToClient) outputs.getFirst()).bytes().length() <= 548);
    }

    @Test
    @Tag("S-07")
    @DisplayName("S-07 answers aren't answered, errors neither: two servers can't be made to chat")
    void doesNotAnswerAnswers() {
        TestClient client = fixture.udp();
        Output.ToClient refused =
                (Output.ToClient)
                        client.feed(client.request(StunMethod.ALLOCATE).bytes()).getFirst();
        assertEquals(List.of(), client.feed(refused.bytes().toByteArray()));
        Output.ToClient bound =
                (Output.ToClient)
                        client.feed(client.request(StunMethod.BINDING).bytes()).getFirst();
        assertEquals(List.of(), client.feed(bound.bytes().toByteArray()));
    }

    @Test
    @Tag("S-08")
    @DisplayName("S-08 strangers leave nothing behind, and their nonces are good all the same")
    void keepsNothingOfStrangers() {
        EngineFixture small = new EngineFixture(options -> options.storedAnswersMax = 1);
        TestClient first = small.udp();
        first.credentials();
        for (int i = 0; i < 10_000; i++) {
            TestClient stranger = small.udp(0, address("198.51.100.7", 1024 + i));
            assertEquals(1, stranger.feed(stranger.request(StunMethod.ALLOCATE).bytes()).size());
        }
        assertEquals(0, small.engine.allocationCount());
        assertEquals(Long.MAX_VALUE, small.engine.nextDeadlineNanos(), "no timer runs for them");
        assertEquals(0, small.count(Counter.RETRANSMISSIONS_ANSWERED));
        first.allocate();
        assertEquals(0, small.count(RefusalCause.STALE_NONCE));
    }

    @Test
    @Tag("S-10")
    @DisplayName("S-10 whom a client lets in is told once, and again when it had lapsed")
    void tellsOfNewPermissions() {
        TestClient client = fixture.udp();
        client.allocate();
        client.createPermission(PEER);
        client.createPermission(PEER, address("192.0.2.56", 1));
        client.channelBind(0x4000, PEER);
        assertEquals(2, fixture.events.permitted.size());
        fixture.advance(301);
        client.createPermission(PEER);
        assertEquals(PEER.withPort(0), fixture.events.permitted.get(2).withPort(0));
    }
}

package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.engine.TestClient.Exchange;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Peers that connect and clients that come for them (RFC 6062 §5.3, §5.4).
class ConnectionBindConformanceTest extends TcpFixture {
    @Test
    @Tag("L-09")
    void closesAConnectionThatNobodyComesFor() {
        allocate(control);
        int id = connected(control, PEER);
        assertEquals(List.of(), fixture.advance(29));
        assertEquals(List.of(new Output.ClosePeer(id)), fixture.advance(2));
        assertEquals(1, fixture.count(Counter.PEER_CONNECTIONS_NOT_BOUND));
        assertEquals(400, fixture.tcp().refusal(StunMethod.CONNECTION_BIND, new ConnectionId(id)));
        assertTrue(fixture.events.lines.contains("disconnected " + PEER + " NOT_BOUND 0 0"));
    }

    @Test
    @Tag("L-09")
    void bindsAfterTwentyNineSeconds() {
        allocate(control);
        int id = connected(control, PEER);
        fixture.advance(29);
        assertBinds(fixture.tcp(), id);
        assertEquals(List.of(), fixture.advance(300), "and then it stays");
    }

    @Test
    @Tag("L-09")
    void thirtySecondsAreOverAlsoWhenTheTimerIsLate() {
        allocate(control);
        int id = connected(control, PEER);
        TestClient data = fixture.tcp();
        data.credentials();
        fixture.advanceSilently(30);
        assertEquals(400, data.refusal(StunMethod.CONNECTION_BIND, new ConnectionId(id)));
    }

    @Test
    @Tag("L-09")
    void leavesAConnectionThatAnotherShardHasJustGivenAway() {
        allocate(control);
        int id = connected(control, PEER);
        fixture.advance(29);
        int shard = fixture.shared.connections().claim(id, 0, EngineFixture.USER, fixture.nowNanos);
        assertEquals(0, shard);
        assertEquals(List.of(), fixture.advance(5), "its word is still on its way");
        fixture.engine.peers().onBound(id);
        assertEquals(List.of(), fixture.advance(60));
    }

    @Test
    @Tag("L-11")
    void letsInPeersWithAPermissionAndTellsTheClient() {
        TransportAddress relayed = allocate(control);
        assertEquals(PeerInputs.NO_CONNECTION, accepted(relayed, PEER));
        assertEquals(List.of(), fixture.drain(), "nothing is said of strangers");
        assertEquals(1, fixture.count(Counter.PEER_CONNECTIONS_REFUSED));
        control.createPermission(PEER.withPort(1));
        int id = accepted(relayed, PEER);
        assertNotEquals(PeerInputs.NO_CONNECTION, id);
        StunMessage attempt = control.answerIn(fixture.drain()).answer();
        assertEquals(StunMethod.CONNECTION_ATTEMPT, attempt.method());
        assertEquals(StunClass.INDICATION, attempt.messageClass());
        assertEquals(List.of(new ConnectionId(id), new XorPeerAddress(PEER)), attempt.attributes());
        assertBinds(fixture.tcp(), id);
        fixture.advance(301);
        assertEquals(
                PeerInputs.NO_CONNECTION, accepted(relayed, PEER.withPort(2)), "it has expired");
    }

    @Test
    @Tag("L-11")
    void letsNobodyInBeforeTheAllocationIsAnswered() {
        fixture.sink.binding = RecordingSink.Binding.LATER;
        control.feed(control.signed(StunMethod.ALLOCATE, TCP));
        assertEquals(PeerInputs.NO_CONNECTION, accepted(fixture.sink.relays().getFirst(), PEER));
        assertEquals(PeerInputs.NO_CONNECTION, fixture.engine.peers().onAccepted(77, PEER, 0));
    }

    @Test
    @Tag("L-12")
    void refusesABindingThatCannotBe() {
        allocate(control);
        int id = connected(control, PEER);
        assertEquals(400, fixture.udp().refusal(StunMethod.CONNECTION_BIND, new ConnectionId(id)));
        TestClient data = fixture.tcp();
        assertEquals(400, data.refusal(StunMethod.CONNECTION_BIND));
        for (int near : new int[] {0, 1, -1, id + 1, id - 1, ~id}) {
            assertEquals(400, data.refusal(StunMethod.CONNECTION_BIND, new ConnectionId(near)));
        }
        byte[] malformed =
                data.sign(data.request(StunMethod.CONNECTION_BIND).raw(0x002A, 1, 2)).bytes();
        assertEquals(400, data.exchange(malformed).errorCode());
        assertEquals(
                400,
                control.refusal(StunMethod.CONNECTION_BIND, new ConnectionId(id)),
                "a control connection stays one");
        assertBinds(data, id);
        assertEquals(
                400,
                fixture.tcp().refusal(StunMethod.CONNECTION_BIND, new ConnectionId(id)),
                "a second time");
    }

    @Test
    @Tag("L-12")
    void aConnectionCannotBeBoundBeforeItIsThere() {
        allocate(control);
        int id = connect(control, PEER);
        assertEquals(400, fixture.tcp().refusal(StunMethod.CONNECTION_BIND, new ConnectionId(id)));
    }

    @Test
    @Tag("L-13")
    void anotherUserGetsNothing() {
        allocate(control);
        int id = connected(control, PEER);
        TestClient other = fixture.tcp().as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(441, other.refusal(StunMethod.CONNECTION_BIND, new ConnectionId(id)));
        TestClient stranger = fixture.tcp();
        assertEquals(
                401,
                stranger.exchange(
                                stranger.request(StunMethod.CONNECTION_BIND)
                                        .put(new ConnectionId(id))
                                        .bytes())
                        .errorCode());
        TestClient guesser = fixture.tcp().as(EngineFixture.USER, "wrong");
        assertEquals(
                401,
                guesser.exchange(guesser.signed(StunMethod.CONNECTION_BIND, new ConnectionId(id)))
                        .errorCode());
        assertBinds(fixture.tcp(), id);
    }

    @Test
    @Tag("L-13")
    void credentialsOfTheControlConnectionStayGood() {
        allocate(control);
        int id = connected(control, PEER);
        fixture.credentials.remove(EngineFixture.USER);
        TestClient data = fixture.tcp();
        data.nonce = control.nonce;
        assertBinds(data, id);
    }

    @Test
    @Tag("W-14")
    void takesTheControlConnectionsNonceFromTheSameHostOnly() {
        allocate(control);
        int id = connected(control, PEER);
        TestClient elsewhere = fixture.stream(Transport.TCP, 0, address("198.51.100.77", 1000));
        elsewhere.nonce = control.nonce;
        assertEquals(
                438,
                elsewhere
                        .exchange(
                                elsewhere.signed(StunMethod.CONNECTION_BIND, new ConnectionId(id)))
                        .errorCode());
        TestClient other = fixture.tcp().as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        other.nonce = control.nonce;
        assertEquals(
                438,
                other.exchange(other.signed(StunMethod.CONNECTION_BIND, new ConnectionId(id)))
                        .errorCode());
        TestClient data = fixture.tcp();
        data.nonce = control.nonce;
        assertEquals(
                438,
                data.exchange(data.signed(StunMethod.ALLOCATE, TCP)).errorCode(),
                "for nothing but a ConnectionBind");
        TestClient right = fixture.tcp();
        right.nonce = control.nonce;
        assertBinds(right, id);
    }

    @Test
    @Tag("W-14")
    void aStaleNonceIsReplacedAndTheClientTriesAgain() {
        allocate(control);
        String old = control.nonce;
        fixture.advance(500);
        control.refresh(3600);
        fixture.advance(1400);
        control.nonce = null;
        int id = connect(control, PEER);
        fixture.engine.peers().onConnected(id, fixture.nowNanos);
        fixture.drain();
        TestClient data = fixture.tcp();
        data.nonce = old;
        Exchange stale =
                data.exchange(data.signed(StunMethod.CONNECTION_BIND, new ConnectionId(id)));
        assertEquals(438, stale.errorCode());
        assertNotEquals(old, stale.get(Nonce.class).value());
        assertBinds(data, id);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("L-16")
    void signsTheAnswerAsTheRequestWas(boolean sha256) {
        allocate(control);
        int id = connected(control, PEER);
        TestClient data = fixture.tcp();
        data.sha256 = sha256;
        Exchange bound = data.ask(StunMethod.CONNECTION_BIND, new ConnectionId(id));
        assertEquals(StunClass.SUCCESS_RESPONSE, bound.answer().messageClass());
        assertTrue(data.isSigned(bound));
    }
}

package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.DontFragment;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.UnknownAttribute;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section 0: requests that break two rules at once, and the one that wins. The numbers
/// in the names are that section's steps.
class ProcessingOrderTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final XorPeerAddress PEER_ATTRIBUTE = new XorPeerAddress(PEER);
    private static final XorPeerAddress IPV6_PEER =
            new XorPeerAddress(address("2001:db8::55", 5000));
    private static final UnknownAttribute UNKNOWN = new UnknownAttribute(0x7F01, Octets.EMPTY);
    private static final int NONCE_LIFETIME = 10;

    private final EngineFixture fixture =
            new EngineFixture(options -> options.nonceLifetimeSeconds = NONCE_LIFETIME);
    private final TestClient client = fixture.udp();

    @BeforeEach
    void fetchANonce() {
        client.credentials();
    }

    private void letTheNonceExpire() {
        fixture.advance(NONCE_LIFETIME + 1);
    }

    @Test
    @DisplayName("0/0 the first byte alone says what a datagram is")
    void dispatchesByTheFirstByte() {
        TransportAddress relay = client.allocate();
        client.channelBind(0x4000, PEER);
        byte[] stun = client.request(StunMethod.BINDING).bytes();
        for (int first = 0; first < 256; first++) {
            byte[] bytes = stun.clone();
            bytes[0] = (byte) first;
            if (first == 0x40) {
                bytes[1] = 0;
                bytes[3] = 1;
                assertEquals(List.of(Output.ToPeer.of(relay, PEER, bytes[4])), client.feed(bytes));
            } else {
                assertEquals(first == 0 ? 1 : 0, client.feed(bytes).size(), "first byte " + first);
            }
        }
        // 0 to 3 were STUN with other methods, 64 to 79 channels, the rest nothing.
        assertEquals(256 - 4 - 16, fixture.count(Counter.DROPPED_NOT_STUN));
    }

    @Test
    @DisplayName("0/1 before 0/2: a retransmission with a broken FINGERPRINT is dropped")
    @Tag("0/2")
    void dropsABrokenRetransmission() {
        byte[] request =
                client.sign(client.request(StunMethod.ALLOCATE).put(TestClient.UDP))
                        .fingerprint()
                        .bytes();
        assertEquals(0, client.exchange(request).errorCode());
        request[request.length - 1] ^= 1;
        assertEquals(List.of(), client.feed(request));
    }

    @Test
    @DisplayName("0/1 before 0/3: malformed and without credentials is dropped, not challenged")
    @Tag("0/3")
    void dropsMalformedBeforeItChallenges() {
        byte[] request = client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes();
        request[23] = 5;
        assertEquals(List.of(), client.feed(request));
    }

    @Test
    @DisplayName("0/2 before 0/8: a retransmission after its nonce went stale gets its answer")
    @Tag("0/8")
    void answersARetransmissionWhoseNonceIsStale() {
        byte[] request = client.signed(StunMethod.ALLOCATE, TestClient.UDP);
        TestClient.Exchange first = client.exchange(request);
        letTheNonceExpire();
        assertEquals(first.bytes(), client.exchange(request).bytes());
    }

    @Test
    @DisplayName("0/2 before 0/10: a retransmitted Allocate is not refused with 437")
    @Tag("0/10")
    void answersARetransmissionThoughTheAllocationExists() {
        byte[] request = client.signed(StunMethod.ALLOCATE, TestClient.UDP);
        client.exchange(request);
        assertEquals(0, client.exchange(request).errorCode());
    }

    @Test
    @DisplayName("0/3 before 0/4: USERNAME alone, without integrity, is 401, not 400")
    @Tag("0/4")
    void challengesBeforeItComplains() {
        byte[] request = client.request(StunMethod.ALLOCATE).put(new Username("alice")).bytes();
        assertEquals(401, client.exchange(request).errorCode());
    }

    @Test
    @DisplayName("0/3 before 0/9, 0/10, 0/11: strangers learn nothing but 401")
    @Tag("0/9")
    @Tag("0/10")
    @Tag("0/11")
    void challengesBeforeAnythingElse() {
        for (TestMessage message :
                List.of(
                        client.request(StunMethod.ALLOCATE).put(UNKNOWN),
                        client.request(StunMethod.REFRESH),
                        client.request(StunMethod.CHANNEL_BIND).put(new ChannelNumber(1)),
                        client.request(StunMethod.ALLOCATE).put(new RequestedTransport(6)))) {
            assertEquals(401, client.exchange(message.bytes()).errorCode());
        }
    }

    @Test
    @DisplayName("0/4 before 0/6, 0/7, 0/9: incomplete credentials are 400 whoever it is")
    @Tag("0/6")
    @Tag("0/7")
    @Tag("0/9")
    void complainsBeforeItLooksForTheUser() {
        client.as("mallory", "wrong");
        byte[] request =
                client.request(StunMethod.ALLOCATE)
                        .put(new Username("mallory"), UNKNOWN)
                        .put(new Nonce(String.valueOf(client.nonce)))
                        .integrity(client.key())
                        .bytes();
        assertEquals(400, client.exchange(request).errorCode());
    }

    @Test
    @DisplayName("0/6 before 0/8: unknown user and stale nonce: 401")
    @Tag("0/8")
    void challengesAnUnknownUserBeforeTheNonce() {
        client.as("mallory", "x");
        letTheNonceExpire();
        assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
    }

    @Test
    @DisplayName("0/7 before 0/8: wrong password and stale nonce: 401")
    @Tag("0/8")
    void challengesAWrongPasswordBeforeTheNonce() {
        client.password = "wrong";
        letTheNonceExpire();
        assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
    }

    @Test
    @DisplayName("0/7 before 0/9: wrong password and unknown attribute: 401")
    @Tag("0/9")
    void challengesAWrongPasswordBeforeUnknownAttributes() {
        client.password = "wrong";
        assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP, UNKNOWN).errorCode());
    }

    @Test
    @DisplayName("0/8 before 0/9: stale nonce and unknown attribute: 438")
    @Tag("0/9")
    void refusesAStaleNonceBeforeUnknownAttributes() {
        letTheNonceExpire();
        assertEquals(438, client.ask(StunMethod.ALLOCATE, TestClient.UDP, UNKNOWN).errorCode());
    }

    @Test
    @DisplayName("0/8 before 0/10: stale nonce and no allocation, or another user's: 438")
    @Tag("0/10")
    void refusesAStaleNonceBeforeTheFiveTuple() {
        letTheNonceExpire();
        assertEquals(438, client.ask(StunMethod.REFRESH).errorCode());
        client.allocate();
        letTheNonceExpire();
        client.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(438, client.ask(StunMethod.REFRESH).errorCode());
    }

    @Test
    @DisplayName("0/9 before 0/10: unknown attribute, and no allocation or one too many: 420")
    @Tag("0/10")
    void refusesUnknownAttributesBeforeTheFiveTuple() {
        assertEquals(420, client.refusal(StunMethod.REFRESH, UNKNOWN));
        client.allocate();
        assertEquals(420, client.refusal(StunMethod.ALLOCATE, TestClient.UDP, UNKNOWN));
        client.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(420, client.refusal(StunMethod.REFRESH, UNKNOWN));
    }

    @Test
    @DisplayName("0/9 before 0/11: unknown attribute and DONT-FRAGMENT: 420 for the unknown one")
    @Tag("0/11")
    @Tag("W-08")
    void refusesUnknownAttributesBeforeTheMethodsOwn() {
        TestClient.Exchange answer =
                client.askAllocate(new DontFragment(), UNKNOWN, new RequestedTransport(6));
        assertEquals(420, answer.errorCode());
        assertEquals(List.of(0x7F01), answer.get(UnknownAttributes.class).types());
    }

    @Test
    @DisplayName("0/10 before 0/11: five-tuple before the method's own checks")
    @Tag("0/11")
    void refusesTheFiveTupleBeforeTheMethodsOwn() {
        assertEquals(437, client.refusal(StunMethod.CREATE_PERMISSION));
        assertEquals(437, client.refusal(StunMethod.CHANNEL_BIND, new ChannelNumber(1)));
        assertEquals(437, client.refusal(StunMethod.REFRESH, malformed(AttributeType.LIFETIME)));
        client.allocate();
        assertEquals(437, client.refusal(StunMethod.ALLOCATE));
        assertEquals(437, client.refusal(StunMethod.ALLOCATE, new RequestedTransport(6)));
        client.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(441, client.refusal(StunMethod.CREATE_PERMISSION));
        assertEquals(441, client.refusal(StunMethod.CHANNEL_BIND, new ChannelNumber(1)));
        assertEquals(441, client.refusal(StunMethod.REFRESH, malformed(AttributeType.LIFETIME)));
        assertEquals(437, client.refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }

    @Test
    @DisplayName("0/10 an Allocate still waiting for its relay: 437 to everything else, unharmed")
    void refusesEverythingWhileTheRelayIsBeingBound() {
        fixture.sink.binding = RecordingSink.Binding.LATER;
        assertEquals(1, client.feed(client.signed(StunMethod.ALLOCATE, TestClient.UDP)).size());
        assertEquals(437, client.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(437, client.refusal(StunMethod.REFRESH, new Lifetime(0)));
        assertEquals(437, client.refusal(StunMethod.CREATE_PERMISSION, PEER_ATTRIBUTE));
        assertEquals(List.of(), client.send(PEER, (byte) 1));
        fixture.sink.settleOldest(true);
        assertEquals(0, client.answerIn(fixture.drain()).errorCode());
        assertEquals(600, client.refresh(600));
    }

    @Test
    @DisplayName("0/11 Allocate: the RFC's steps 3 to 9 in their order")
    void checksAnAllocateInTheOrderOfTheRfc() {
        RequestedTransport tcp = new RequestedTransport(6);
        DontFragment df = new DontFragment();
        EvenPort pair = new EvenPort(true);
        ReservationToken token = new ReservationToken(7);
        RequestedAddressFamily noFamily = new RequestedAddressFamily(7);
        AdditionalAddressFamily ipv4 = new AdditionalAddressFamily(1);
        StunMethod allocate = StunMethod.ALLOCATE;

        assertEquals(400, client.refusal(allocate, df, token, pair));
        assertEquals(442, client.refusal(allocate, tcp, df, token, pair));
        assertEquals(420, client.refusal(allocate, TestClient.UDP, df, token, pair));
        assertEquals(400, client.refusal(allocate, TestClient.UDP, token, noFamily));
        assertEquals(400, client.refusal(allocate, TestClient.UDP, noFamily, ipv4));
        assertEquals(440, client.refusal(allocate, TestClient.UDP, noFamily, pair));
        assertEquals(400, client.refusal(allocate, TestClient.UDP, ipv4, pair));
        assertEquals(508, client.refusal(allocate, TestClient.UDP, token));
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    @DisplayName("0/11 Allocate: the attributes are checked before quota and drain")
    void checksAttributesBeforeQuotas() {
        EngineFixture small = new EngineFixture(options -> options.allocationsPerUser = 1);
        small.udp().allocate();
        TestClient second = small.udp();
        assertEquals(486, second.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(442, second.refusal(StunMethod.ALLOCATE, new RequestedTransport(6)));
        assertEquals(
                440,
                second.refusal(StunMethod.ALLOCATE, TestClient.UDP, new RequestedAddressFamily(7)));
        assertEquals(
                486, second.refusal(StunMethod.ALLOCATE, TestClient.UDP, new ReservationToken(7)));
    }

    @Test
    @DisplayName("0/11 ChannelBind and CreatePermission: 400, then 443, then 403, then 508")
    void checksPeersInTheirOrder() {
        EngineFixture small = new EngineFixture(options -> options.permissionsMax = 1);
        small.peers.denyHost(PEER);
        small.peers.denyHost(IPV6_PEER.address());
        TestClient asking = small.udp();
        asking.allocate();
        asking.createPermission(address("192.0.2.1", 1));
        StunAttribute bad = new ChannelNumber(0x5000);
        StunAttribute good = new ChannelNumber(0x4000);
        assertEquals(400, asking.refusal(StunMethod.CHANNEL_BIND, bad, IPV6_PEER));
        assertEquals(443, asking.refusal(StunMethod.CHANNEL_BIND, good, IPV6_PEER));
        assertEquals(403, asking.refusal(StunMethod.CHANNEL_BIND, good, PEER_ATTRIBUTE));
        assertEquals(
                400,
                asking.refusal(
                        StunMethod.CREATE_PERMISSION,
                        IPV6_PEER,
                        malformed(AttributeType.XOR_PEER_ADDRESS)));
        assertEquals(443, asking.refusal(StunMethod.CREATE_PERMISSION, PEER_ATTRIBUTE, IPV6_PEER));
        assertEquals(403, asking.refusal(StunMethod.CREATE_PERMISSION, PEER_ATTRIBUTE));
        XorPeerAddress another = new XorPeerAddress(address("192.0.2.2", 1));
        assertEquals(508, asking.refusal(StunMethod.CREATE_PERMISSION, another));
        assertEquals(508, asking.refusal(StunMethod.CHANNEL_BIND, good, another));
    }

    @Test
    @DisplayName("0/9 to 0/11: answers from there on are signed, earlier ones are not")
    @Tag("0/11")
    void signsFromStepNineOn() {
        TestClient.Exchange unknown = client.ask(StunMethod.REFRESH, UNKNOWN);
        assertTrue(client.isSigned(unknown));
        letTheNonceExpire();
        assertTrue(!client.isSigned(client.ask(StunMethod.REFRESH, UNKNOWN)));
        client.password = "wrong";
        assertTrue(!client.isSigned(client.ask(StunMethod.REFRESH, UNKNOWN)));
    }

    private static UnknownAttribute malformed(int type) {
        return new UnknownAttribute(type, Octets.of((byte) 1));
    }
}

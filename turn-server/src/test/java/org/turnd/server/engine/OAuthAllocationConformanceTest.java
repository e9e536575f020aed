package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.server.engine.TestClient.Exchange;
import org.turnd.server.engine.TokenClient.Token;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// What becomes of an allocation that was made with a token (RFC 7635 §9).
class OAuthAllocationConformanceTest {
    private static final TransportAddress PEER = EngineFixture.address("198.51.100.77", 4000);
    private static final long HOUR = 3600;

    private final EngineFixture fixture = TokenClient.fixture();

    private TokenClient client(long lifetimeSeconds) {
        return client(fixture.udp(), token(lifetimeSeconds));
    }

    private static TokenClient client(TestClient client, Token token) {
        return new TokenClient(client, token);
    }

    private Token token(long lifetimeSeconds) {
        return TokenClient.issue(fixture, TokenClient.OLD, 20, lifetimeSeconds);
    }

    @Test
    @Tag("O-06")
    void grantsNoLifetimeBeyondTheToken() {
        TokenClient client = client(300);
        assertEquals(305, client.allocate());
        fixture.advance(100);
        assertEquals(205, client.refresh(HOUR));
        fixture.advance(204);
        assertEquals(1, client.refresh(HOUR));
        fixture.advance(1);
        assertEquals(401, client.ask(client.withToken(StunMethod.REFRESH)).errorCode());
        assertEquals(0, fixture.engine.allocationCount());
    }

    // A token that is good for half a second gives a second, and nothing after it.
    @Test
    @Tag("O-04")
    @Tag("O-06")
    @Tag("O-08")
    void sessionKeyIsGoodNoLongerThanItsToken() {
        Token token = token(60);
        fixture.advanceNanos(64_500_000_000L);
        TokenClient client = client(fixture.udp(), token);
        assertEquals(1, client.allocate());
        fixture.advanceNanos(600_000_000L);
        assertEquals(401, client.ask(client.without(StunMethod.REFRESH)).errorCode());
        fixture.advance(1);
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    @Tag("O-06")
    @Tag("O-08")
    void refreshWithoutTheTokenIsBoundedByItAllTheSame() {
        TokenClient client = client(300);
        client.allocate();
        fixture.advance(100);
        Exchange exchange = client.ask(client.without(StunMethod.REFRESH, new Lifetime(HOUR)));
        assertEquals(205, TokenClient.granted(exchange));
        fixture.advance(205);
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    @Tag("O-06")
    @Tag("O-09")
    @Tag("D-32")
    void newTokenOfANewKeyRefreshesTheAllocation() {
        TokenClient client = client(300);
        client.allocate();
        Token old = client.token;
        fixture.advance(200);
        client.token = TokenClient.issue(fixture, TokenClient.NEW, 20, HOUR);
        assertEquals(1800, client.refresh(1800));
        // From now on the new session key is the allocation's, and the old one is nobody's.
        assertEquals(
                0,
                client.ask(client.without(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)))
                        .errorCode());
        TokenClient late = client(client.client, old);
        assertEquals(
                401,
                late.ask(late.without(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)))
                        .errorCode());
        fixture.advance(1000);
        assertEquals(1, fixture.engine.allocationCount());
        assertEquals(0, client.refresh(0));
        // The quota that the old token took is given back.
        assertTrue(fixture.shared.acquireAllocation(0, accountOf(old)));
        assertTrue(fixture.shared.acquireAllocation(0, accountOf(old)));
        assertFalse(fixture.shared.acquireAllocation(0, accountOf(old)));
    }

    private String accountOf(Token token) {
        String account =
                fixture.events.lines.stream()
                        .filter(line -> line.startsWith("ended " + token.kid()))
                        .findFirst()
                        .map(line -> line.split(" ", -1)[1])
                        .orElse("");
        assertTrue(account.startsWith(token.kid() + "/"), account);
        return account;
    }

    @Test
    @Tag("O-06")
    void refusedRefreshDoesNotChangeTheKey() {
        TokenClient client = client(HOUR);
        client.allocate();
        Token old = client.token;
        client.token = TokenClient.issue(fixture, TokenClient.NEW, 20, HOUR);
        // The allocation has no IPv6 relay.
        assertEquals(
                443,
                client.ask(
                                client.withToken(
                                        StunMethod.REFRESH,
                                        new org.turnd.stun.StunAttribute.RequestedAddressFamily(2)))
                        .errorCode());
        client.token = old;
        assertEquals(
                0,
                client.ask(client.without(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)))
                        .errorCode());
    }

    @Test
    @Tag("O-06")
    @Tag("D-32")
    void tokenAndPasswordDoNotShareAnAllocation() {
        TestClient alice = fixture.udp();
        alice.allocate();
        TokenClient intruder = client(alice, token(HOUR));
        assertEquals(441, intruder.ask(intruder.withToken(StunMethod.REFRESH)).errorCode());

        TokenClient client = client(HOUR);
        client.allocate();
        client.client.nonce = null;
        assertEquals(441, client.client.ask(StunMethod.REFRESH).errorCode());
        // A user who is called like a key.
        fixture.credentials.add(TokenClient.OLD, "wonderland");
        client.client.as(TokenClient.OLD, "wonderland");
        assertEquals(441, client.client.ask(StunMethod.REFRESH).errorCode());
    }

    @Test
    @Tag("O-08")
    void laterRequestsNeedNoToken() {
        TokenClient client = client(HOUR);
        client.allocate();
        assertEquals(
                0,
                client.ask(client.without(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)))
                        .errorCode());
        assertEquals(
                0,
                client.ask(
                                client.without(
                                        StunMethod.CHANNEL_BIND,
                                        new ChannelNumber(0x4000),
                                        new XorPeerAddress(PEER)))
                        .errorCode());
        // Nor does one that isn't expected there harm, be it good or bad.
        assertEquals(
                0,
                client.ask(client.withToken(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)))
                        .errorCode());
        Token mine = client.token;
        client.token = new Token(mine.kid(), mine.macKey(), Octets.utf8("\0rubbish"));
        assertEquals(
                0,
                client.ask(client.withToken(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)))
                        .errorCode());
        assertFalse(client.client.send(PEER, (byte) 1).isEmpty());
    }

    @Test
    @Tag("O-08")
    void sessionKeyOfAnotherTokenIsRefused() {
        TokenClient client = client(HOUR);
        client.allocate();
        client.token = token(HOUR);
        assertEquals(
                401,
                client.ask(client.without(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)))
                        .errorCode());
        TokenClient unallocated = client(HOUR);
        assertEquals(401, unallocated.ask(unallocated.without(StunMethod.ALLOCATE)).errorCode());
    }

    @Test
    @Tag("O-09")
    void oneTokenMakesSeveralAllocationsUpToTheQuota() {
        Token shared = token(HOUR);
        client(fixture.udp(), shared).allocate();
        client(fixture.tcp(), shared).allocate();
        assertEquals(486, client(fixture.udp(), shared).askAllocate().errorCode());
        // Another token of the same key is another user.
        client(HOUR).allocate();
    }

    @Test
    @Tag("O-06")
    void retransmittedRefreshWithANewTokenIsAnsweredAlike() {
        TokenClient client = client(HOUR);
        client.allocate();
        client.token = TokenClient.issue(fixture, TokenClient.NEW, 20, HOUR);
        byte[] refresh =
                client.withToken(StunMethod.REFRESH).integrity(client.token.macKey()).bytes();
        Exchange first = client.client.exchange(refresh);
        assertEquals(0, first.errorCode());
        assertTrue(client.isSigned(first));
        assertEquals(first.bytes(), client.client.exchange(refresh).bytes());
    }
}

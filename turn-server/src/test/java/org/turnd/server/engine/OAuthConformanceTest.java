package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.engine.TestClient.Exchange;
import org.turnd.server.engine.TokenClient.Token;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.AccessToken;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.ThirdPartyAuthorization;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Third-party authorization (RFC 7635), request by request.
class OAuthConformanceTest {
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
    @Tag("O-01")
    @Tag("W-12")
    void challengesWithItsNameBesideTheRealm() {
        TestClient client = fixture.udp();
        Exchange challenge =
                client.exchange(client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes());
        assertEquals(401, challenge.errorCode());
        assertEquals(TokenClient.SERVER_NAME, challenge.get(ThirdPartyAuthorization.class).value());
        assertEquals(EngineFixture.REALM, challenge.get(Realm.class).value());
        challenge.get(Nonce.class);
        challenge.get(Software.class);
        challenge.get(PasswordAlgorithms.class);
        client.allocate();
    }

    @Test
    @Tag("O-01")
    void saysNothingOfItWhereItIsNotConfigured() {
        TestClient client = new EngineFixture().udp();
        Exchange challenge =
                client.exchange(client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes());
        assertNull(challenge.answer().first(ThirdPartyAuthorization.class));
    }

    @Test
    @Tag("O-05")
    @Tag("O-07")
    void allocatesForWhoHasAToken() {
        TokenClient client = client(HOUR);
        assertEquals(600, client.allocate());
        assertEquals(HOUR, client.refresh(HOUR));
        assertEquals(0, client.refresh(0));
        assertEquals(0, fixture.engine.allocationCount());
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 32, 64})
    @Tag("O-05")
    @Tag("O-07")
    void signsWithMessageIntegritySha256ForWhoDoes(int macKeyLength) {
        TokenClient client =
                client(
                        fixture.udp(),
                        TokenClient.issue(fixture, TokenClient.NEW, macKeyLength, HOUR));
        client.sha256 = true;
        assertEquals(600, client.allocate());
        assertEquals(
                0,
                client.ask(client.without(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)))
                        .errorCode());
    }

    // RFC 7635 Appendix B: 160 bits for HMAC-SHA1 out of a session key of 256.
    @Test
    @Tag("O-07")
    void takesTheSha1OfALongSessionKeyAsWell() throws Exception {
        Token given = TokenClient.issue(fixture, TokenClient.OLD, 32, HOUR);
        byte[] digest =
                java.security.MessageDigest.getInstance("SHA-1")
                        .digest(given.macKey().toByteArray());
        TokenClient derived =
                client(
                        fixture.udp(),
                        new Token(given.kid(), IntegrityKey.ofBytes(digest), given.sealed()));
        assertEquals(600, derived.allocate());
        assertEquals(600, TokenClient.granted(derived.ask(derived.without(StunMethod.REFRESH))));
        TokenClient direct = client(fixture.udp(), given);
        assertEquals(600, direct.allocate());
    }

    @Test
    @Tag("O-05")
    void everyAnswerIsSignedWithTheSessionKey() {
        TokenClient client = client(HOUR);
        client.allocate();
        assertEquals(437, client.askAllocate().errorCode());
        assertEquals(420, client.ask(client.withToken(StunMethod.REFRESH).raw(0x7F01)).errorCode());
        assertEquals(400, client.ask(client.without(StunMethod.CREATE_PERMISSION)).errorCode());
        TokenClient unallocated = client(HOUR);
        assertEquals(437, unallocated.ask(unallocated.withToken(StunMethod.REFRESH)).errorCode());
    }

    @Test
    @Tag("O-03")
    void refusesWhatIsNoTokenForThisServer() {
        Token good = token(HOUR);
        refuses(RefusalCause.UNKNOWN_KEY_ID, new Token("1999", good.macKey(), good.sealed()));
        refuses(RefusalCause.BAD_TOKEN, new Token(TokenClient.NEW, good.macKey(), good.sealed()));
        refuses(RefusalCause.BAD_TOKEN, new Token(good.kid(), good.macKey(), Octets.EMPTY));
        byte[] forged = good.sealed().toByteArray();
        forged[40] ^= 1;
        refuses(RefusalCause.BAD_TOKEN, new Token(good.kid(), good.macKey(), Octets.of(forged)));
        refuses(
                RefusalCause.BAD_TOKEN,
                TokenClient.issue(
                        TokenClient.OLD,
                        20,
                        HOUR,
                        TokenClient.wallClock(fixture),
                        "other.example.org"));
    }

    @Test
    @Tag("O-04")
    void refusesATokenOfAnotherTime() {
        Token old = token(60);
        fixture.advance(64);
        client(fixture.udp(), old).allocate();
        fixture.advance(1);
        refuses(RefusalCause.EXPIRED_TOKEN, old);
        Token future =
                TokenClient.issue(
                        TokenClient.OLD,
                        20,
                        60,
                        TokenClient.wallClock(fixture).plusSeconds(65),
                        TokenClient.SERVER_NAME);
        refuses(RefusalCause.EXPIRED_TOKEN, future);
    }

    @Test
    @Tag("O-05")
    void refusesAForgedSignature() {
        Token good = token(HOUR);
        refuses(
                RefusalCause.WRONG_PASSWORD,
                new Token(good.kid(), IntegrityKey.ofBytes(new byte[20]), good.sealed()));
    }

    private void refuses(RefusalCause cause, Token token) {
        long before = fixture.count(cause);
        TokenClient client = client(fixture.udp(), token);
        Exchange refused = client.askAllocate();
        assertEquals(401, refused.errorCode(), cause::toString);
        assertEquals(List.of(), refused.effects());
        assertEquals(before + 1, fixture.count(cause), cause::toString);
        assertEquals(TokenClient.SERVER_NAME, refused.get(ThirdPartyAuthorization.class).value());
        refused.get(Nonce.class);
    }

    @Test
    @Tag("O-05")
    void askesForUsernameRealmAndNonceAsEver() {
        Token token = token(HOUR);
        TestClient client = fixture.udp();
        client.credentials();
        var nameless =
                client.request(StunMethod.ALLOCATE)
                        .put(
                                TestClient.UDP,
                                new AccessToken(token.sealed()),
                                new Realm(EngineFixture.REALM),
                                new Nonce(String.valueOf(client.nonce)));
        assertEquals(400, client.exchange(nameless.integrity(token.macKey()).bytes()).errorCode());
        var nonceless =
                client.request(StunMethod.ALLOCATE)
                        .put(
                                TestClient.UDP,
                                new AccessToken(token.sealed()),
                                new Username(token.kid()),
                                new Realm(EngineFixture.REALM));
        assertEquals(400, client.exchange(nonceless.integrity(token.macKey()).bytes()).errorCode());
    }

    // RFC 7635 §11: what was captured is worth nothing once its nonce is old, or from elsewhere.
    @Test
    @Tag("O-04")
    void refusesAReplay() {
        TokenClient client = client(HOUR);
        byte[] captured =
                client.withToken(StunMethod.ALLOCATE, TestClient.UDP)
                        .integrity(client.token.macKey())
                        .bytes();
        assertEquals(0, client.client.exchange(captured).errorCode());
        assertEquals(0, client.refresh(0));
        TestClient thief = fixture.udp();
        assertEquals(438, thief.exchange(captured).errorCode());
        fixture.advance(1801);
        assertEquals(438, client.client.exchange(captured).errorCode());
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    @Tag("O-05")
    void freshNonceAfterAStaleOneIsEnough() {
        TokenClient client = client(HOUR);
        client.allocate(new Lifetime(HOUR));
        fixture.advance(1801);
        Exchange stale = client.ask(client.withToken(StunMethod.REFRESH));
        assertEquals(438, stale.errorCode());
        assertEquals(TokenClient.SERVER_NAME, stale.get(ThirdPartyAuthorization.class).value());
        client.refresh(600);
    }

    @ParameterizedTest
    @EnumSource(
            value = StunMethod.class,
            names = {"ALLOCATE", "REFRESH", "CREATE_PERMISSION", "CHANNEL_BIND"})
    @Tag("O-02")
    void tokenThatWasNeverOfferedIsAnUnknownAttribute(StunMethod method) {
        var plain = new EngineFixture();
        // From somebody unknown: nobody could sign the answer.
        TokenClient stranger = new TokenClient(plain.udp(), token(HOUR));
        var message = stranger.withToken(method, TestClient.UDP);
        Exchange refused =
                stranger.client.exchange(message.integrity(stranger.token.macKey()).bytes());
        assertUnknownToken(refused);
        // From a known user, signed.
        TestClient alice = plain.udp();
        Exchange signed = alice.ask(method, new AccessToken(token(HOUR).sealed()));
        assertUnknownToken(signed);
        assertTrue(alice.isSigned(signed));
        assertEquals(0, plain.engine.allocationCount());
    }

    private static void assertUnknownToken(Exchange refused) {
        assertEquals(420, refused.errorCode());
        assertEquals(List.of(0x001B), refused.get(UnknownAttributes.class).types());
        assertEquals(List.of(), refused.effects());
    }

    /// A password can't be guessed behind a token without being counted; and who comes with bad
    /// tokens locks nobody out who shares its address and kid.
    @Test
    @Tag("O-02")
    @Tag("S-14")
    void badTokensAreNoTriesAndHideNone() {
        var plain =
                new EngineFixture(
                        options -> options.abuse = new AbuseLimits(Integer.MAX_VALUE, 3, 0));
        TestClient guesser = plain.udp().as(EngineFixture.USER, "guess");
        guesser.credentials();
        for (int i = 0; i < 3; i++) {
            byte[] guess =
                    guesser.signed(StunMethod.ALLOCATE, new AccessToken(token(HOUR).sealed()));
            assertUnknownToken(guesser.exchange(guess));
        }
        byte[] fourth = guesser.signed(StunMethod.ALLOCATE, new AccessToken(token(HOUR).sealed()));
        assertEquals(List.of(), guesser.feed(fourth));

        Token good = token(HOUR);
        var bad = new Token(good.kid(), good.macKey(), Octets.EMPTY);
        for (int i = 0; i < 100; i++) {
            assertEquals(401, client(fixture.udp(), bad).askAllocate().errorCode());
        }
        assertEquals(600, client(fixture.udp(), good).allocate());
    }

    // without integrity the challenge comes first; an indication is dropped.
    @Test
    @Tag("O-02")
    void unsignedTokenThatWasNeverOfferedIsChallenged() {
        var plain = new EngineFixture();
        TestClient client = plain.udp();
        var token = new AccessToken(token(HOUR).sealed());
        assertEquals(
                401,
                client.exchange(
                                client.request(StunMethod.ALLOCATE)
                                        .put(TestClient.UDP, token)
                                        .bytes())
                        .errorCode());
        assertUnknownToken(client.exchange(client.request(StunMethod.BINDING).put(token).bytes()));
        client.allocate();
        client.createPermission(PEER);
        assertEquals(List.of(), client.feed(indication(client, token)));
        // Where tokens are known they are ignored there.
        TestClient known = fixture.udp();
        assertEquals(
                0,
                known.exchange(known.request(StunMethod.BINDING).put(token).bytes()).errorCode());
        known.allocate();
        known.createPermission(PEER);
        assertEquals(1, known.feed(indication(known, token)).size());
    }

    private static byte[] indication(TestClient client, AccessToken token) {
        return client.indication(StunMethod.SEND)
                .put(new XorPeerAddress(PEER), new Data(Octets.of((byte) 1)), token)
                .bytes();
    }

    @Test
    @Tag("O-05")
    void nothingIsLeftBehindByRefusedTokens() {
        Token good = token(HOUR);
        for (int i = 0; i < 200; i++) {
            byte[] forged = good.sealed().toByteArray();
            forged[i % forged.length] ^= (byte) (1 << i % 8);
            var bad = new Token(good.kid(), good.macKey(), Octets.of(forged));
            assertEquals(401, client(fixture.udp(), bad).askAllocate().errorCode());
        }
        assertEquals(0, fixture.engine.allocationCount());
        assertEquals(Long.MAX_VALUE, fixture.engine.nextDeadlineNanos());
        assertNotNull(client(fixture.udp(), good).askAllocate());
    }
}

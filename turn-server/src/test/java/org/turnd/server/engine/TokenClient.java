package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.auth.OAuthTokens;
import org.turnd.server.config.OAuthSettings;
import org.turnd.server.config.OAuthSettings.SharedKey;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.Octets;
import org.turnd.stun.SelfContainedToken;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AccessToken;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TokenAlgorithm;
import org.turnd.stun.TokenKey;

/// A client with a token of RFC 7635, and the authorization server that makes it one.
final class TokenClient {
    static final String SERVER_NAME = "turn.example.org";
    static final String OLD = "2029";
    static final String NEW = "2030";

    private static final TokenKey OLD_KEY = longTermKey("HGkj32KJGiuy098sdfaqbNjOiaz71923");
    private static final TokenKey NEW_KEY = longTermKey("q8Rz1vWmT5yXo2LbNc7uKd9sEf4gHj6a");
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    /// What a client was given.
    record Token(String kid, IntegrityKey macKey, Octets sealed) {}

    final TestClient client;

    /// Sign with MESSAGE-INTEGRITY-SHA256 instead of MESSAGE-INTEGRITY.
    boolean sha256;

    /// What the client has now.
    Token token;

    private final MessageIntegrity integrity = new MessageIntegrity();

    TokenClient(TestClient client, Token token) {
        this.client = client;
        this.token = token;
    }

    /// An engine that takes tokens, two allocations for each.
    static EngineFixture fixture() {
        var clock = new EngineClock();
        var fixture =
                new EngineFixture(options -> {
                    options.allocationsPerUser = 2;
                    configure(options, clock);
                });
        clock.fixture = fixture;
        return fixture;
    }

    private static void configure(EngineFixture.Options options, EngineClock clock) {
        options.accessTokens =
                new OAuthTokens(
                        new OAuthSettings(
                                SERVER_NAME,
                                List.of(
                                        new SharedKey(OLD, OLD_KEY, null, null),
                                        new SharedKey(NEW, NEW_KEY, null, null))),
                        () -> wallClock(clock.fixture));
    }

    /// The engine's clock as a wall clock. The fixture exists before anybody asks.
    private static final class EngineClock {
        @Nullable EngineFixture fixture;
    }

    static Instant wallClock(@Nullable EngineFixture fixture) {
        return START.plusNanos(fixture == null ? 0 : fixture.nowNanos);
    }

    static Token issue(EngineFixture fixture, String kid, int macKeyLength, long lifetimeSeconds) {
        return issue(kid, macKeyLength, lifetimeSeconds, wallClock(fixture), SERVER_NAME);
    }

    static Token issue(
            String kid, int macKeyLength, long lifetimeSeconds, Instant when, String serverName) {
        byte[] macKey = new byte[macKeyLength];
        nextMacKey++;
        java.util.Arrays.fill(macKey, (byte) nextMacKey);
        macKey[0] = (byte) (nextMacKey >> 8);
        byte[] nonce = new byte[TokenKey.NONCE_LENGTH];
        System.arraycopy(macKey, 0, nonce, 0, nonce.length);
        IntegrityKey key = IntegrityKey.ofBytes(macKey);
        var content = SelfContainedToken.issuedAt(when, lifetimeSeconds, key);
        TokenKey longTermKey = kid.equals(OLD) ? OLD_KEY : NEW_KEY;
        return new Token(kid, key, longTermKey.seal(content, serverName, Octets.of(nonce)));
    }

    private static int nextMacKey;

    private static TokenKey longTermKey(String text) {
        return TokenKey.of(TokenAlgorithm.A256GCM, text.getBytes(StandardCharsets.US_ASCII));
    }

    /// A request of an Allocate or Refresh, with the token.
    TestMessage withToken(StunMethod method, StunAttribute... attributes) {
        return without(method, attributes).put(new AccessToken(token.sealed()));
    }

    /// A request that is to be signed with the session key, without the token.
    TestMessage without(StunMethod method, StunAttribute... attributes) {
        return client.request(method)
                .put(attributes)
                .put(new Username(token.kid()), new Realm(EngineFixture.REALM), new Nonce(nonce()));
    }

    private String nonce() {
        if (client.nonce == null) {
            client.exchange(client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes());
        }
        return String.valueOf(client.nonce);
    }

    /// Signs and sends a request. Its answer must be signed alike, unless the server doesn't know
    /// who is asking (O-05).
    TestClient.Exchange ask(TestMessage message) {
        IntegrityKey key = token.macKey();
        TestMessage signed = sha256 ? message.integritySha256(key) : message.integrity(key);
        TestClient.Exchange exchange = client.exchange(signed.bytes());
        int code = exchange.errorCode();
        assertEquals(code != 401 && code != 438, isSigned(exchange), () -> "answer " + exchange);
        return exchange;
    }

    boolean isSigned(TestClient.Exchange exchange) {
        StunView view = TestClient.view(exchange.bytes());
        return sha256
                ? integrity.verifySha256(view, token.macKey()) && !view.hasMessageIntegrity()
                : integrity.verify(view, token.macKey()) && !view.hasMessageIntegritySha256();
    }

    TestClient.Exchange askAllocate(StunAttribute... attributes) {
        return ask(withToken(StunMethod.ALLOCATE, TestClient.UDP).put(attributes));
    }

    /// Allocates, and returns the lifetime that was granted.
    long allocate(StunAttribute... attributes) {
        return granted(askAllocate(attributes));
    }

    /// Refreshes with the token, and returns the lifetime that was granted.
    long refresh(long seconds) {
        return granted(ask(withToken(StunMethod.REFRESH, new Lifetime(seconds))));
    }

    static long granted(TestClient.Exchange exchange) {
        assertEquals(0, exchange.errorCode(), exchange::toString);
        assertTrue(exchange.answer().has(org.turnd.stun.AttributeType.LIFETIME));
        return exchange.get(Lifetime.class).seconds();
    }
}

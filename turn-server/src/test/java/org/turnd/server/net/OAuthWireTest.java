package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.OAuthSettings;
import org.turnd.server.config.OAuthSettings.SharedKey;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.Octets;
import org.turnd.stun.SelfContainedToken;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AccessToken;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.ThirdPartyAuthorization;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TokenAlgorithm;
import org.turnd.stun.TokenKey;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Third-party authorization (RFC 7635) over real sockets, under the system's clock.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"UDP", "TCP"})
@Timeout(60)
class OAuthWireTest {
    private static final String SERVER_NAME = "turn.example.org";
    private static final StunAttribute UDP = new RequestedTransport(RequestedTransport.UDP);
    private static final StunAttribute PEER =
            new XorPeerAddress(TestSettings.address("127.0.0.1", 9));
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final TokenKey OLD_KEY = freshKey(TokenAlgorithm.A256GCM);
    private static final TokenKey NEW_KEY = freshKey(TokenAlgorithm.A128GCM);
    private static final long HOUR = 3600;

    /// What an authorization server gives a client.
    private record Token(String kid, IntegrityKey macKey, Octets sealed) {}

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Protocol protocol;

    private final MessageIntegrity mac = new MessageIntegrity();

    private TurnServer start(boolean offered) throws Exception {
        var oauth =
                new OAuthSettings(
                        SERVER_NAME,
                        List.of(
                                new SharedKey("old", OLD_KEY, null, null),
                                new SharedKey("new", NEW_KEY, null, null)));
        return new TestSettings()
                .auth(auth -> withTokens(auth, offered ? oauth : null))
                .listen(protocol, "127.0.0.1", 0)
                .start();
    }

    private static Auth withTokens(Auth auth, @Nullable OAuthSettings oauth) {
        return new Auth(
                auth.secrets(),
                auth.users(),
                auth.separator(),
                auth.nonceLifetime(),
                auth.passwordAlgorithms(),
                auth.userAnonymity(),
                auth.featureBits(),
                auth.expiredCredentials(),
                auth.quotaBy(),
                oauth,
                auth.stores());
    }

    private Wire connect(TurnServer server) throws IOException {
        TransportAddress address = server.listeners().getFirst().address();
        return protocol == Protocol.UDP
                ? Wire.udp(InetAddress.ofLiteral("127.0.0.1"), address)
                : Wire.tcp(address);
    }

    @Test
    @Tag("O-01")
    @Tag("O-05")
    @Tag("O-08")
    @Tag("W-12")
    void servesWhoHasATokenFromChallengeToDelete() throws Exception {
        try (var server = start(true);
                var wire = connect(server)) {
            StunMessage challenge = challenge(wire);
            assertEquals(401, code(challenge));
            assertEquals(
                    new ThirdPartyAuthorization(SERVER_NAME),
                    challenge.first(ThirdPartyAuthorization.class));
            assertNotNull(challenge.first(Realm.class));
            assertNotNull(challenge.first(PasswordAlgorithms.class));
            assertNotNull(challenge.first(Software.class));
            String nonce = nonceOf(challenge);
            Token token = issue("old", HOUR);

            assertEquals(600, lifetime(ask(wire, nonce, token, true, StunMethod.ALLOCATE, UDP)));
            assertEquals(
                    0, code(ask(wire, nonce, token, false, StunMethod.CREATE_PERMISSION, PEER)));
            assertEquals(
                    0,
                    code(
                            ask(
                                    wire,
                                    nonce,
                                    token,
                                    false,
                                    StunMethod.CHANNEL_BIND,
                                    new ChannelNumber(0x4000),
                                    PEER)));
            assertEquals(
                    0,
                    lifetime(ask(wire, nonce, token, true, StunMethod.REFRESH, new Lifetime(0))));
            Eventually.equal(0, server::allocationCount);
        }
    }

    @Test
    @Tag("O-03")
    @Tag("O-04")
    @Tag("O-05")
    void refusesEveryBadTokenAndGoesOn() throws Exception {
        try (var server = start(true);
                var wire = connect(server)) {
            String nonce = nonceOf(challenge(wire));
            Token good = issue("old", HOUR);
            byte[] forged = good.sealed().toByteArray();
            forged[forged.length - 1] ^= 1;
            Instant now = Instant.now();
            List<Token> bad =
                    List.of(
                            new Token("nobody", good.macKey(), good.sealed()),
                            new Token("new", good.macKey(), good.sealed()),
                            new Token("old", good.macKey(), Octets.of(forged)),
                            new Token("old", good.macKey(), Octets.EMPTY),
                            new Token("old", good.macKey(), Octets.of(new byte[400])),
                            new Token("old", IntegrityKey.ofBytes(new byte[20]), good.sealed()),
                            issue("old", HOUR, now, "other.example.org"),
                            issue("old", 60, now.minusSeconds(120), SERVER_NAME),
                            issue("old", 60, now.plusSeconds(120), SERVER_NAME));
            for (Token token : bad) {
                StunMessage refused = ask(wire, nonce, token, true, StunMethod.ALLOCATE, UDP);
                assertEquals(401, code(refused), token::toString);
                assertNotNull(refused.first(ThirdPartyAuthorization.class));
                assertNotNull(refused.first(Nonce.class));
            }
            assertEquals(0, server.allocationCount());
            assertEquals(0, code(ask(wire, nonce, good, true, StunMethod.ALLOCATE, UDP)));
        }
    }

    @Test
    @Tag("O-06")
    void grantsNoMoreThanTheTokenHasLeft() throws Exception {
        try (var server = start(true);
                var wire = connect(server)) {
            String nonce = nonceOf(challenge(wire));
            Token token = issue("old", 100, Instant.now().minusSeconds(40), SERVER_NAME);
            long granted = lifetime(ask(wire, nonce, token, true, StunMethod.ALLOCATE, UDP));
            assertTrue(granted > 5 && granted <= 65, "granted " + granted);
            long again =
                    lifetime(ask(wire, nonce, token, true, StunMethod.REFRESH, new Lifetime(HOUR)));
            assertTrue(again > 0 && again <= granted, "granted " + again);
        }
    }

    @Test
    @Tag("O-06")
    @Tag("O-09")
    void keysAndTokensChangeOverWhileTheAllocationLives() throws Exception {
        try (var server = start(true);
                var wire = connect(server)) {
            String nonce = nonceOf(challenge(wire));
            Token old = issue("old", 120);
            Token fresh = issue("new", HOUR);
            lifetime(ask(wire, nonce, old, true, StunMethod.ALLOCATE, UDP));
            assertEquals(
                    1800,
                    lifetime(
                            ask(wire, nonce, fresh, true, StunMethod.REFRESH, new Lifetime(1800))));
            assertEquals(
                    0, code(ask(wire, nonce, fresh, false, StunMethod.CREATE_PERMISSION, PEER)));
            assertEquals(
                    401, code(ask(wire, nonce, old, false, StunMethod.CREATE_PERMISSION, PEER)));
            Eventually.equal(1, server::allocationCount);
        }
    }

    @Test
    @Tag("O-04")
    void refusesWhatWasCapturedElsewhere() throws Exception {
        try (var server = start(true);
                var wire = connect(server);
                var thief = connect(server)) {
            String nonce = nonceOf(challenge(wire));
            byte[] captured =
                    request(nonce, issue("old", HOUR), true, StunMethod.ALLOCATE, List.of(UDP));
            thief.send(captured);
            StunMessage stale = receive(thief);
            assertEquals(438, code(stale));
            assertNotNull(stale.first(ThirdPartyAuthorization.class));
            assertEquals(0, server.allocationCount());
            wire.send(captured);
            assertEquals(0, code(receive(wire)));
        }
    }

    @Test
    @Tag("O-02")
    void tokenThatWasNeverOfferedIsUnknown() throws Exception {
        try (var server = start(false);
                var wire = connect(server)) {
            StunMessage challenge = challenge(wire);
            assertNull(challenge.first(ThirdPartyAuthorization.class));
            StunMessage refused =
                    ask(
                            wire,
                            nonceOf(challenge),
                            issue("old", HOUR),
                            true,
                            StunMethod.ALLOCATE,
                            UDP);
            assertEquals(420, code(refused));
            assertEquals(
                    new UnknownAttributes(List.of(0x001B)), refused.first(UnknownAttributes.class));
            assertEquals(0, server.allocationCount());
        }
    }

    @Test
    @Tag("O-01")
    void usersWithPasswordsAreServedBesides() throws Exception {
        try (var server = start(true);
                var client = new TestClient(connect(server))) {
            client.allocate();
            Eventually.equal(1, server::allocationCount);
        }
    }

    /// Sends a request and returns the answer, which must be signed with the session key unless the
    /// server doesn't know who asks.
    private StunMessage ask(
            Wire wire,
            String nonce,
            Token token,
            boolean withToken,
            StunMethod method,
            StunAttribute... attributes)
            throws IOException {
        wire.send(request(nonce, token, withToken, method, List.of(attributes)));
        byte[] bytes = wire.receive();
        StunMessage answer = decode(bytes);
        boolean unknown = code(answer) == 401 || code(answer) == 420;
        var view = new StunView();
        assertNull(view.wrap(Unpooled.wrappedBuffer(bytes), 0, bytes.length));
        assertEquals(!unknown, mac.verify(view, token.macKey()), answer::toString);
        return answer;
    }

    private byte[] request(
            String nonce,
            Token token,
            boolean withToken,
            StunMethod method,
            List<StunAttribute> attributes) {
        var all = new ArrayList<>(attributes);
        all.add(new Username(token.kid()));
        all.add(new Realm(TestSettings.REALM));
        all.add(new Nonce(nonce));
        if (withToken) {
            all.add(new AccessToken(token.sealed()));
        }
        ByteBuf buffer = Unpooled.buffer(1024);
        var id = TransactionId.of(RANDOM.nextInt(), RANDOM.nextLong());
        var writer = new StunWriter().begin(buffer, 0, method, StunClass.REQUEST, id);
        all.forEach(writer::put);
        writer.integrity(mac, token.macKey());
        return ByteBufUtil.getBytes(buffer, 0, writer.length());
    }

    private static StunMessage challenge(Wire wire) throws IOException {
        wire.send(TestClient.encode(StunMethod.ALLOCATE, StunClass.REQUEST));
        return receive(wire);
    }

    private static StunMessage receive(Wire wire) throws IOException {
        return decode(wire.receive());
    }

    private static StunMessage decode(byte[] bytes) {
        return switch (StunMessage.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length)) {
            case StunMessage message -> message;
            case org.turnd.stun.MalformedStun malformed -> throw new AssertionError(malformed);
        };
    }

    private static String nonceOf(StunMessage challenge) {
        Nonce nonce = challenge.first(Nonce.class);
        if (nonce == null) {
            throw new AssertionError(challenge);
        }
        return nonce.value();
    }

    private static int code(StunMessage answer) {
        ErrorCode error = answer.first(ErrorCode.class);
        return error == null ? 0 : error.code();
    }

    private static long lifetime(StunMessage answer) {
        Lifetime lifetime = answer.first(Lifetime.class);
        if (lifetime == null) {
            throw new AssertionError(answer);
        }
        return lifetime.seconds();
    }

    private static Token issue(String kid, long lifetimeSeconds) {
        return issue(kid, lifetimeSeconds, Instant.now(), SERVER_NAME);
    }

    private static Token issue(String kid, long lifetimeSeconds, Instant when, String serverName) {
        IntegrityKey macKey = IntegrityKey.ofBytes(randomBytes(20));
        TokenKey key = kid.equals("old") ? OLD_KEY : NEW_KEY;
        Octets nonce = Octets.of(randomBytes(TokenKey.NONCE_LENGTH));
        var content = SelfContainedToken.issuedAt(when, lifetimeSeconds, macKey);
        return new Token(kid, macKey, key.seal(content, serverName, nonce));
    }

    private static TokenKey freshKey(TokenAlgorithm algorithm) {
        return TokenKey.of(algorithm, randomBytes(algorithm.keyLength()));
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}

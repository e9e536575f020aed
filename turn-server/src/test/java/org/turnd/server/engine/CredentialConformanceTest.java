package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.AttributeType;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.DontFragment;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section D, server side: who is asking, and how that is found out.
class CredentialConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final XorPeerAddress PEER_ATTRIBUTE = new XorPeerAddress(PEER);
    private static final int[] IDENTITY = {
        AttributeType.USERNAME,
        AttributeType.USERHASH,
        AttributeType.MESSAGE_INTEGRITY,
        AttributeType.MESSAGE_INTEGRITY_SHA256
    };

    private final EngineFixture fixture =
            new EngineFixture(options -> options.nonceLifetimeSeconds = 100);
    private final TestClient client = fixture.udp();

    @ParameterizedTest
    @EnumSource(
            value = StunMethod.class,
            names = {"ALLOCATE", "REFRESH", "CREATE_PERMISSION", "CHANNEL_BIND"})
    @DisplayName("D-01 D-02 every TURN request without integrity: 401 with REALM and NONCE alone")
    void demandsCredentialsOfEveryTurnRequest(StunMethod method) {
        client.allocate();
        byte[] request =
                client.request(method)
                        .put(TestClient.UDP, new Lifetime(0), PEER_ATTRIBUTE)
                        .put(new ChannelNumber(0x4000))
                        .bytes();
        assertChallenge(401, client.exchange(request));
        assertEquals(1, fixture.engine.allocationCount());
        assertEquals(List.of(), client.send(PEER, (byte) 1), "no permission came of it");
    }

    @Test
    @DisplayName("D-02 credentials without integrity are no credentials")
    void ignoresCredentialsWithoutIntegrity() {
        byte[] request =
                client.request(StunMethod.ALLOCATE)
                        .put(TestClient.UDP)
                        .put(client.credentials())
                        .bytes();
        assertChallenge(401, client.exchange(request));
    }

    @Test
    @DisplayName("D-03 D-04 a nonce begins with the cookie, is short and needs no quoting")
    void writesNoncesAsTheGrammarWants() {
        client.credentials();
        String nonce = String.valueOf(client.nonce);
        assertTrue(nonce.startsWith("obMatJos2AAAB"), nonce);
        assertTrue(nonce.length() < 128, nonce);
        assertTrue(nonce.matches("[A-Za-z0-9_-]+"), nonce);
    }

    @Test
    @DisplayName("D-05 no two of 10,000 sources get one nonce")
    void givesEverySourceItsOwnNonce() {
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            TransportAddress source =
                    address("198.51." + (100 + i % 4) + "." + (1 + i % 2), 1024 + i / 8);
            TestClient one =
                    i / 4 % 2 == 0
                            ? fixture.udp(0, source)
                            : fixture.stream(Transport.TCP, 1, source);
            one.credentials();
            assertTrue(nonces.add(String.valueOf(one.nonce)), () -> source + " " + one.nonce);
        }
    }

    @Test
    @DisplayName("D-06 D-10 past its lifetime a nonce is stale: 438, and the fresh one works")
    void refusesAStaleNonceAndGivesAFreshOne() {
        client.credentials();
        fixture.advance(100);
        client.allocate();
        fixture.advance(1);
        String old = String.valueOf(client.nonce);
        TestClient.Exchange stale = client.ask(StunMethod.REFRESH);
        assertChallenge(438, stale);
        assertNotEquals(old, client.nonce);
        assertEquals(0, client.ask(StunMethod.REFRESH).errorCode());
    }

    @Test
    @DisplayName("D-06 a nonce of another source, another server or another spelling: 438")
    void refusesForeignNonces() {
        TestClient neighbour = fixture.udp();
        neighbour.credentials();
        TestClient abroad = new EngineFixture(options -> options.seed = 2).udp();
        abroad.credentials();
        client.credentials();
        String own = String.valueOf(client.nonce);
        for (String nonce :
                List.of(
                        String.valueOf(neighbour.nonce),
                        String.valueOf(abroad.nonce),
                        own.substring(0, 39),
                        own + "A",
                        own.substring(0, 14) + "!" + own.substring(15),
                        own.substring(0, 14) + "\u00E9" + own.substring(15),
                        own.toLowerCase(Locale.ROOT),
                        "obMatJos2AAAB",
                        "f//499k954d6OL34oL9FSTvy64sA",
                        "")) {
            client.nonce = nonce;
            assertChallenge(438, client.ask(StunMethod.ALLOCATE, TestClient.UDP));
        }
        client.nonce = own;
        client.allocate();
    }

    @ParameterizedTest
    @ValueSource(ints = {AttributeType.USERNAME, AttributeType.REALM, AttributeType.NONCE})
    @DisplayName("D-07 integrity, but USERNAME, REALM or NONCE missing: bare 400")
    void refusesIncompleteCredentialsBarely(int missing) {
        for (boolean sha256 : new boolean[] {false, true}) {
            TestMessage message = client.request(StunMethod.ALLOCATE).put(TestClient.UDP);
            for (StunAttribute credential : client.credentials()) {
                if (credential.type() != missing) {
                    message.put(credential);
                }
            }
            TestClient.Exchange answer =
                    client.exchange(
                            (sha256
                                            ? message.integritySha256(client.key())
                                            : message.integrity(client.key()))
                                    .bytes());
            assertEquals(400, answer.errorCode());
            assertFalse(answer.answer().has(AttributeType.REALM));
            assertFalse(answer.answer().has(AttributeType.NONCE));
            assertHasNone(answer, IDENTITY);
        }
    }

    @Test
    @DisplayName("D-08 unknown user: 401 with REALM and NONCE, without USERNAME")
    void challengesAnUnknownUser() {
        client.as("mallory", "x");
        assertChallenge(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(1, fixture.count(RefusalCause.UNKNOWN_USER));
    }

    @Test
    @DisplayName("D-09 wrong password: 401 with REALM and NONCE, without integrity")
    void challengesAWrongPassword() {
        client.as(EngineFixture.USER, "wrong");
        assertChallenge(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP));
        client.sha256 = true;
        assertChallenge(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(2, fixture.count(RefusalCause.WRONG_PASSWORD));
    }

    @Test
    @DisplayName("D-09 one changed bit anywhere before the integrity: 401")
    void challengesAChangedRequest() {
        client.allocate();
        byte[] request = client.signed(StunMethod.REFRESH, new Lifetime(1200));
        for (int at = 24; at < 28; at++) {
            byte[] changed = request.clone();
            changed[at] ^= 1;
            assertChallenge(401, client.exchange(changed));
        }
        request[request.length - 1] ^= 1;
        assertChallenge(401, client.exchange(request));
    }

    @Test
    @DisplayName("D-11 stale nonce and wrong password: 401, not 438")
    @Tag("W-04")
    void checksThePasswordBeforeTheNonce() {
        client.credentials();
        fixture.advance(101);
        client.password = "wrong";
        assertChallenge(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP));
    }

    @Test
    @DisplayName("D-20 both integrity attributes: the SHA-256 one decides")
    void letsSha256DecideWhenBothAreThere() {
        IntegrityKey wrong = IntegrityKey.md5(client.username, EngineFixture.REALM, "wrong");
        client.sha256 = true;
        byte[] badSha1 =
                client.request(StunMethod.ALLOCATE)
                        .put(TestClient.UDP)
                        .put(client.credentials())
                        .integrity(wrong)
                        .integritySha256(client.key())
                        .bytes();
        TestClient.Exchange granted = client.exchange(badSha1);
        assertEquals(0, granted.errorCode());
        assertTrue(client.isSigned(granted));
        byte[] badSha256 =
                client.request(StunMethod.REFRESH)
                        .put(client.credentials())
                        .integrity(client.key())
                        .integritySha256(wrong)
                        .bytes();
        assertChallenge(401, client.exchange(badSha256));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 12, 15, 17, 18, 31, 33, 36, 64})
    @DisplayName("D-21 MESSAGE-INTEGRITY-SHA256 of an impossible length: 400")
    void refusesSha256OfAnImpossibleLength(int length) {
        assertEquals(400, answerToSha256(length).errorCode());
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 20, 24, 28})
    @DisplayName("D-21 MESSAGE-INTEGRITY-SHA256 truncated, which TURN doesn't allow: refused")
    void refusesTruncatedSha256(int length) {
        assertChallenge(401, answerToSha256(length));
    }

    /// The right MAC for a message that ends behind a value of this length, cut to that length.
    private TestClient.Exchange answerToSha256(int length) {
        byte[] whole =
                client.request(StunMethod.ALLOCATE)
                        .put(TestClient.UDP)
                        .put(client.credentials())
                        .bytes();
        TestMessage message = client.request(StunMethod.ALLOCATE).put(TestClient.UDP);
        message.put(client.credentials());
        byte[] toSign = message.bytes();
        int bodyLength = whole.length - 20 + 4 + length;
        toSign[2] = (byte) (bodyLength >> 8);
        toSign[3] = (byte) bodyLength;
        byte[] mac = Macs.hmacSha256(client.key().toByteArray(), toSign);
        int[] value = new int[length];
        for (int i = 0; i < Math.min(length, mac.length); i++) {
            value[i] = mac[i];
        }
        return client.exchange(message.raw(AttributeType.MESSAGE_INTEGRITY_SHA256, value).bytes());
    }

    @Test
    @DisplayName("D-22 the MAC is over what precedes it, with the length up to its own end")
    void verifiesTheIntegrityBelowTrailingAttributes() {
        byte[] withFingerprint =
                client.sign(client.request(StunMethod.ALLOCATE).put(TestClient.UDP))
                        .fingerprint()
                        .bytes();
        assertEquals(0, client.exchange(withFingerprint).errorCode());
        client.sha256 = true;
        byte[] withAll =
                client.sign(client.request(StunMethod.REFRESH))
                        .raw(0xC0DE, 1)
                        .fingerprint()
                        .bytes();
        assertEquals(0, client.exchange(withAll).errorCode());
    }

    @Test
    @DisplayName("D-23 a success carries one integrity attribute, and no credentials")
    void signsASuccessOnceAndNamesNobody() {
        for (boolean sha256 : new boolean[] {false, true}) {
            TestClient asking = fixture.udp();
            asking.sha256 = sha256;
            for (TestClient.Exchange success :
                    List.of(
                            asking.askAllocate(),
                            asking.ask(StunMethod.CREATE_PERMISSION, PEER_ATTRIBUTE),
                            asking.ask(
                                    StunMethod.CHANNEL_BIND,
                                    PEER_ATTRIBUTE,
                                    new ChannelNumber(0x4000)),
                            asking.ask(StunMethod.REFRESH, new Lifetime(0)))) {
                assertEquals(0, success.errorCode());
                assertHasNone(
                        success,
                        AttributeType.USERNAME,
                        AttributeType.REALM,
                        AttributeType.NONCE,
                        sha256
                                ? AttributeType.MESSAGE_INTEGRITY
                                : AttributeType.MESSAGE_INTEGRITY_SHA256);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("D-24 every error after authentication is signed: 400 403 420 437 440-443 486 508")
    void signsEveryErrorAfterAuthentication(boolean sha256) {
        EngineFixture small =
                new EngineFixture(options -> {
                    options.allocationsPerUser = 1;
                    options.permissionsMax = 1;
                    options.relayIpv6 = null;
                });
        TestClient asking = small.udp();
        asking.sha256 = sha256;
        // TestClient.ask refuses an answer that isn't signed.
        assertEquals(437, asking.refusal(StunMethod.REFRESH));
        assertEquals(400, asking.refusal(StunMethod.ALLOCATE));
        assertEquals(442, asking.refusal(StunMethod.ALLOCATE, new RequestedTransport(6)));
        assertEquals(420, asking.refusal(StunMethod.ALLOCATE, TestClient.UDP, new DontFragment()));
        assertEquals(
                440,
                asking.refusal(StunMethod.ALLOCATE, TestClient.UDP, new RequestedAddressFamily(2)));
        asking.allocate();
        TestClient second = small.udp();
        second.sha256 = sha256;
        assertEquals(486, second.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(
                443,
                asking.refusal(
                        StunMethod.CREATE_PERMISSION,
                        new XorPeerAddress(address("2001:db8::1", 1))));
        small.peers.denyHost(PEER);
        assertEquals(403, asking.refusal(StunMethod.CREATE_PERMISSION, PEER_ATTRIBUTE));
        asking.createPermission(address("192.0.2.1", 1));
        assertEquals(
                508,
                asking.refusal(
                        StunMethod.CREATE_PERMISSION, new XorPeerAddress(address("192.0.2.2", 1))));
        asking.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(441, asking.refusal(StunMethod.REFRESH));
    }

    @Test
    @DisplayName("D-31 an Allocate captured and replayed after the nonce has expired: 438")
    void refusesAReplayedAllocate() {
        byte[] captured = client.signed(StunMethod.ALLOCATE, TestClient.UDP);
        client.exchange(captured);
        client.refresh(0);
        fixture.advance(101);
        assertChallenge(438, client.exchange(captured));
        assertEquals(0, fixture.engine.allocationCount());
    }

    @ParameterizedTest
    @EnumSource(
            value = StunMethod.class,
            names = {"REFRESH", "CREATE_PERMISSION", "CHANNEL_BIND"})
    @DisplayName("D-32 another user's good credentials on the five-tuple: 441, nothing changed")
    void refusesAnotherUserOnTheFiveTuple(StunMethod method) {
        client.allocate();
        client.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(
                441,
                client.refusal(method, new Lifetime(0), PEER_ATTRIBUTE, new ChannelNumber(0x4000)));
        client.as(EngineFixture.USER, EngineFixture.PASSWORD);
        assertEquals(List.of(), client.send(PEER, (byte) 1));
        assertEquals(600, client.refresh(600));
    }

    @Test
    @DisplayName("D-33 indications are never authenticated: bogus integrity in Send is ignored")
    void doesNotAuthenticateIndications() {
        TransportAddress relay = client.allocate();
        client.createPermission(PEER);
        byte[] send =
                client.indication(StunMethod.SEND)
                        .put(PEER_ATTRIBUTE, new Data(Octets.of((byte) 3)))
                        .put(new Username("mallory"), new Realm("x"), new Nonce("y"))
                        .integrity(IntegrityKey.shortTerm("bogus"))
                        .bytes();
        assertEquals(List.of(Output.ToPeer.of(relay, PEER, (byte) 3)), client.feed(send));
    }

    @Test
    @DisplayName("D-36 an unknown user and a wrong password look alike")
    void doesNotTellWhichUsersExist() {
        TestClient.Exchange unknown =
                client.as("mallory", "wrong").ask(StunMethod.ALLOCATE, TestClient.UDP);
        TestClient.Exchange wrong =
                client.as("alice", "wrong").ask(StunMethod.ALLOCATE, TestClient.UDP);
        assertEquals(unknown.answer().attributes(), wrong.answer().attributes());
    }

    @Test
    @DisplayName("D-37 another realm: 401 with ours, never 441 or 437")
    void treatsAnotherRealmAsAnUnknownUser() {
        client.allocate();
        for (StunMethod method : List.of(StunMethod.ALLOCATE, StunMethod.REFRESH)) {
            TestMessage message =
                    client.request(method)
                            .put(
                                    new Username(client.username),
                                    new Realm("elsewhere.example"),
                                    new Nonce(String.valueOf(client.nonce)));
            IntegrityKey key =
                    IntegrityKey.md5(client.username, "elsewhere.example", client.password);
            assertChallenge(401, client.exchange(message.integrity(key).bytes()));
        }
        assertEquals(2, fixture.count(RefusalCause.WRONG_REALM));
    }

    private static void assertChallenge(int code, TestClient.Exchange exchange) {
        assertEquals(code, exchange.errorCode());
        assertEquals(List.of(), exchange.effects());
        assertEquals(EngineFixture.REALM, exchange.get(Realm.class).value());
        assertTrue(exchange.get(Nonce.class).value().startsWith("obMatJos2"));
        assertHasNone(exchange, IDENTITY);
    }

    private static void assertHasNone(TestClient.Exchange exchange, int... types) {
        for (int type : types) {
            assertFalse(exchange.answer().has(type), () -> type + " in " + exchange.answer());
        }
    }
}

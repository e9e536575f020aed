package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.AttributeType;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.NonceCookie.BitOrder;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.UnknownAttribute;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;

/// The choice of a password algorithm (RFC 8489 §9.2.4), and what stands against bidding it down
/// (§9.2.1).
class PasswordAlgorithmConformanceTest {
    private static final PasswordAlgorithm MD5 = KeyAlgorithm.MD5.attribute();
    private static final PasswordAlgorithm SHA_256 = KeyAlgorithm.SHA_256.attribute();
    private static final PasswordAlgorithms OFFERED = listOf(SHA_256, MD5);
    private static final UnknownAttribute UNKNOWN = new UnknownAttribute(0x7F01, Octets.EMPTY);
    private static final int NONCE_LIFETIME = 100;

    private final EngineFixture fixture =
            new EngineFixture(options -> options.nonceLifetimeSeconds = NONCE_LIFETIME);
    private final TestClient client = fixture.udp();
    private final MessageIntegrity integrity = new MessageIntegrity();

    private static PasswordAlgorithms listOf(PasswordAlgorithm... algorithms) {
        return new PasswordAlgorithms(List.of(algorithms));
    }

    private TestClient.Exchange stranger(TestClient from) {
        return from.exchange(from.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes());
    }

    /// An Allocate with these attributes between credentials and integrity.
    private TestMessage allocate(StunAttribute... attributes) {
        return client.request(StunMethod.ALLOCATE)
                .put(TestClient.UDP)
                .put(client.credentials())
                .put(attributes);
    }

    private IntegrityKey key(KeyAlgorithm algorithm) {
        return algorithm.key(client.username, EngineFixture.REALM, client.password);
    }

    private void assertSigned(TestClient.Exchange answer, KeyAlgorithm algorithm, boolean sha256) {
        StunView view = TestClient.view(answer.bytes());
        assertEquals(sha256, view.hasMessageIntegritySha256(), "MESSAGE-INTEGRITY-SHA256");
        assertEquals(!sha256, view.hasMessageIntegrity(), "MESSAGE-INTEGRITY");
        IntegrityKey key = key(algorithm);
        assertTrue(sha256 ? integrity.verifySha256(view, key) : integrity.verify(view, key));
    }

    private void assertBareRefusal(TestClient.Exchange answer) {
        assertEquals(400, answer.errorCode());
        assertEquals(List.of(), answer.effects());
        for (int type :
                new int[] {
                    AttributeType.REALM,
                    AttributeType.NONCE,
                    AttributeType.USERNAME,
                    AttributeType.PASSWORD_ALGORITHMS,
                    AttributeType.MESSAGE_INTEGRITY,
                    AttributeType.MESSAGE_INTEGRITY_SHA256
                }) {
            assertFalse(answer.answer().has(type), () -> type + " in " + answer.answer());
        }
    }

    @Test
    @Tag("D-13")
    @DisplayName("D-13 PASSWORD-ALGORITHMS: SHA-256 first, both without parameters")
    void offersSha256BeforeMd5() {
        assertEquals(OFFERED, stranger(client).get(PasswordAlgorithms.class));
        String hex = stranger(client).bytes().toString();
        assertTrue(hex.contains("800200080002000000010000"), hex);
    }

    @ParameterizedTest
    @CsvSource({
        "BIT_0_RIGHTMOST, true, false, AAAB",
        "BIT_0_RIGHTMOST, false, true, AAAC",
        "BIT_0_RIGHTMOST, true, true, AAAD",
        "BIT_0_LEFTMOST, true, false, gAAA",
        "BIT_0_LEFTMOST, false, true, QAAA",
        "BIT_0_LEFTMOST, true, true, wAAA",
        "BOTH_ENDS, true, false, gAAB",
        "BOTH_ENDS, false, true, QAAC",
        "BOTH_ENDS, true, true, wAAD",
        "BIT_0_RIGHTMOST, false, false, AAAA",
    })
    @Tag("D-12")
    @Tag("W-01")
    @DisplayName("D-12 W-01 the nonce cookie announces what is offered, in each order of bits")
    void announcesWhatItOffers(
            BitOrder order, boolean algorithms, boolean anonymity, String expected) {
        List<KeyAlgorithm> offered =
                algorithms
                        ? List.of(KeyAlgorithm.SHA_256, KeyAlgorithm.MD5)
                        : List.of(KeyAlgorithm.MD5);
        EngineFixture other =
                new EngineFixture(options ->
                        options.features = new SecurityFeatures(offered, anonymity, order));
        TestClient asking = other.udp();
        TestClient.Exchange challenge = stranger(asking);
        assertEquals("obMatJos2" + expected, challenge.get(Nonce.class).value().substring(0, 13));
        assertEquals(algorithms, challenge.answer().has(AttributeType.PASSWORD_ALGORITHMS));
        asking.sha256 = algorithms;
        asking.anonymous = anonymity;
        asking.allocate();
    }

    @Test
    @Tag("D-14")
    @Tag("W-06")
    @DisplayName("D-14 W-06 every 401 and 438 brings PASSWORD-ALGORITHMS")
    void sendsTheListWithEveryNonce() {
        client.credentials();
        fixture.advance(NONCE_LIFETIME + 1);
        assertOffered(438, client.ask(StunMethod.ALLOCATE, TestClient.UDP));
        client.as("mallory", "x");
        assertOffered(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP));
        client.as(EngineFixture.USER, "wrong");
        assertOffered(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP));
        client.sha256 = true;
        assertOffered(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP));
        byte[] elsewhere =
                client.request(StunMethod.ALLOCATE)
                        .put(new Username(client.username), new Realm("elsewhere.example"))
                        .put(new Nonce(String.valueOf(client.nonce)))
                        .integrity(client.key())
                        .bytes();
        assertOffered(401, client.exchange(elsewhere));
    }

    private static void assertOffered(int code, TestClient.Exchange answer) {
        assertEquals(code, answer.errorCode());
        assertEquals(OFFERED, answer.get(PasswordAlgorithms.class));
    }

    @Test
    @Tag("D-15")
    @DisplayName("D-15 neither attribute: MD5, and the answer carries MESSAGE-INTEGRITY")
    void takesARequestWithoutAChoiceForMd5() {
        byte[] sha1 = allocate().integrity(key(KeyAlgorithm.MD5)).bytes();
        assertSigned(client.exchange(sha1), KeyAlgorithm.MD5, false);
        byte[] sha256 =
                client.request(StunMethod.REFRESH)
                        .put(client.credentials())
                        .integritySha256(key(KeyAlgorithm.MD5))
                        .bytes();
        TestClient.Exchange answer = client.exchange(sha256);
        assertEquals(0, answer.errorCode());
        assertSigned(answer, KeyAlgorithm.MD5, false);
    }

    @Test
    @Tag("D-15")
    @DisplayName("D-15 neither attribute and the SHA-256 key: 401")
    void refusesTheSha256KeyWithoutAChoice() {
        byte[] request = allocate().integritySha256(key(KeyAlgorithm.SHA_256)).bytes();
        assertEquals(401, client.exchange(request).errorCode());
    }

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    @Tag("D-18")
    @Tag("D-19")
    @DisplayName("D-18 D-19 a choice out of the list: its key, and MESSAGE-INTEGRITY-SHA256")
    void takesTheChosenKeyAndAnswersWithSha256(KeyAlgorithm algorithm) {
        client.sha256 = true;
        client.algorithm = algorithm;
        TestClient.Exchange allocated = client.askAllocate();
        assertEquals(0, allocated.errorCode());
        assertSigned(allocated, algorithm, true);
        assertSigned(client.ask(StunMethod.REFRESH), algorithm, true);
        assertSigned(client.ask(StunMethod.CHANNEL_BIND), algorithm, true);
    }

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    @Tag("D-19")
    @DisplayName("D-19 the key of the other algorithm: 401, also on an allocation made with it")
    void refusesTheKeyOfTheOtherAlgorithm(KeyAlgorithm algorithm) {
        client.sha256 = true;
        client.algorithm = algorithm;
        client.allocate();
        KeyAlgorithm other =
                algorithm == KeyAlgorithm.MD5 ? KeyAlgorithm.SHA_256 : KeyAlgorithm.MD5;
        client.algorithm = other;
        byte[] request =
                client.request(StunMethod.REFRESH)
                        .put(client.credentials())
                        .integritySha256(key(algorithm))
                        .bytes();
        assertEquals(401, client.exchange(request).errorCode());
        assertEquals(0, client.ask(StunMethod.REFRESH).errorCode(), "its own key is good");
    }

    @Test
    @Tag("D-18")
    @DisplayName("D-18 a choice signed with MESSAGE-INTEGRITY alone: answered with the SHA-256 one")
    void answersAChoiceWithSha256EvenIfItWasSignedWithSha1() {
        byte[] request = allocate(OFFERED, SHA_256).integrity(key(KeyAlgorithm.SHA_256)).bytes();
        TestClient.Exchange answer = client.exchange(request);
        assertEquals(0, answer.errorCode());
        assertSigned(answer, KeyAlgorithm.SHA_256, true);
    }

    @Test
    @Tag("D-16")
    @Tag("0/5")
    @DisplayName("D-16 one attribute without the other: bare 400")
    void refusesHalfAChoice() {
        assertBareRefusal(
                client.exchange(
                        allocate(SHA_256).integritySha256(key(KeyAlgorithm.SHA_256)).bytes()));
        assertBareRefusal(
                client.exchange(allocate(OFFERED).integritySha256(key(KeyAlgorithm.MD5)).bytes()));
        assertEquals(2, fixture.count(RefusalCause.PASSWORD_ALGORITHM));
    }

    @Test
    @Tag("D-17")
    @Tag("0/5")
    @DisplayName("D-17 another list than was sent, or a choice beside it: bare 400")
    void refusesAChangedList() {
        PasswordAlgorithm unknown = new PasswordAlgorithm(3);
        PasswordAlgorithm withParameters =
                new PasswordAlgorithm(PasswordAlgorithm.MD5, Octets.of((byte) 1));
        for (PasswordAlgorithms list :
                List.of(
                        listOf(MD5),
                        listOf(SHA_256),
                        listOf(MD5, SHA_256),
                        listOf(),
                        listOf(SHA_256, MD5, MD5),
                        listOf(SHA_256, MD5, unknown),
                        listOf(SHA_256, withParameters))) {
            assertBareRefusal(
                    client.exchange(
                            allocate(list, MD5).integritySha256(key(KeyAlgorithm.MD5)).bytes()));
        }
        for (PasswordAlgorithm chosen : List.of(unknown, withParameters)) {
            assertBareRefusal(
                    client.exchange(
                            allocate(OFFERED, chosen)
                                    .integritySha256(key(KeyAlgorithm.MD5))
                                    .bytes()));
        }
    }

    @Test
    @Tag("D-17")
    @DisplayName("D-17 the list counts by what it says: padding doesn't matter")
    void comparesListsByTheirValues() {
        byte[] request =
                allocate(new PasswordAlgorithms(List.of(SHA_256, MD5)), SHA_256)
                        .integritySha256(key(KeyAlgorithm.SHA_256))
                        .bytes();
        assertEquals(0, client.exchange(request).errorCode());
    }

    @ParameterizedTest
    @ValueSource(ints = {AttributeType.PASSWORD_ALGORITHM, AttributeType.PASSWORD_ALGORITHMS})
    @Tag("D-17")
    @DisplayName("D-17 a malformed choice or list: bare 400")
    void refusesAMalformedChoice(int type) {
        for (int[] value :
                new int[][] {{}, {0}, {0, 2}, {0, 2, 0}, {0, 2, 0, 9}, {0, 2, 0xFF, 0xFF}}) {
            if (type == AttributeType.PASSWORD_ALGORITHMS && value.length == 0) {
                continue; // an empty list is well-formed, and another than was sent
            }
            TestMessage message =
                    type == AttributeType.PASSWORD_ALGORITHM ? allocate(OFFERED) : allocate(MD5);
            assertBareRefusal(
                    client.exchange(
                            message.raw(type, value)
                                    .integritySha256(key(KeyAlgorithm.MD5))
                                    .bytes()));
        }
    }

    @Test
    @Tag("D-17")
    @DisplayName("§9.2.1 bidding down: a nonce whose bit somebody took away is not ours, 438")
    void doesNotKnowANonceWithoutItsBit() {
        client.credentials();
        String own = String.valueOf(client.nonce);
        client.nonce = own.replace("obMatJos2AAAB", "obMatJos2AAAA");
        TestClient.Exchange answer = client.ask(StunMethod.ALLOCATE, TestClient.UDP);
        assertEquals(438, answer.errorCode());
        assertEquals(OFFERED, answer.get(PasswordAlgorithms.class));
        assertEquals(0, fixture.engine.allocationCount());
        // Nor is one with more bits.
        client.nonce = own.replace("obMatJos2AAAB", "obMatJos2AAAD");
        assertEquals(438, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
    }

    @Test
    @Tag("0/5")
    @DisplayName("0/5 after 0/3 and 0/4, before 0/6, 0/7, 0/8 and 0/9")
    void standsInItsPlace() {
        PasswordAlgorithms changed = listOf(MD5);
        // Without integrity it is 401.
        assertEquals(401, client.exchange(allocate(changed, MD5).bytes()).errorCode());
        // Without USERNAME it is 400 either way; the cause tells which check it was.
        TestMessage nameless =
                client.request(StunMethod.ALLOCATE)
                        .put(new Realm(EngineFixture.REALM))
                        .put(new Nonce(String.valueOf(client.nonce)), changed, MD5);
        assertBareRefusal(client.exchange(nameless.integritySha256(client.key()).bytes()));
        assertEquals(1, fixture.count(RefusalCause.INCOMPLETE_CREDENTIALS));
        client.as("mallory", "x");
        assertBareRefusal(signed(changed));
        client.as(EngineFixture.USER, "wrong");
        assertBareRefusal(signed(changed));
        client.password = EngineFixture.PASSWORD;
        fixture.advance(NONCE_LIFETIME + 1);
        assertBareRefusal(signed(changed));
        assertBareRefusal(signed(changed, UNKNOWN));
        assertEquals(4, fixture.count(RefusalCause.PASSWORD_ALGORITHM));
    }

    private TestClient.Exchange signed(StunAttribute list, StunAttribute... others) {
        return client.exchange(
                allocate(list, MD5).put(others).integritySha256(key(KeyAlgorithm.MD5)).bytes());
    }

    @Test
    @Tag("D-12")
    @DisplayName("D-12 MD5 alone is offered silently: no list, no bit, and choices are refused")
    void offersNothingWithMd5Alone() {
        EngineFixture plain =
                new EngineFixture(options -> options.features = only(KeyAlgorithm.MD5));
        TestClient asking = plain.udp();
        assertFalse(stranger(asking).answer().has(AttributeType.PASSWORD_ALGORITHMS));
        assertTrue(String.valueOf(asking.nonce).startsWith("obMatJos2AAAA"));
        asking.allocate();
        byte[] unasked =
                asking.request(StunMethod.REFRESH)
                        .put(asking.credentials())
                        .put(SHA_256)
                        .integritySha256(key(KeyAlgorithm.SHA_256))
                        .bytes();
        assertBareRefusal(asking.exchange(unasked));
    }

    @Test
    @Tag("D-12")
    @DisplayName("D-12 SHA-256 alone: who doesn't choose it isn't known")
    void knowsNobodyByMd5WithSha256Alone() {
        EngineFixture strict =
                new EngineFixture(options -> options.features = only(KeyAlgorithm.SHA_256));
        TestClient old = strict.udp();
        assertEquals(401, old.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        TestClient modern = strict.udp();
        modern.sha256 = true;
        modern.allocate();
    }

    private static SecurityFeatures only(KeyAlgorithm algorithm) {
        return new SecurityFeatures(List.of(algorithm), false, BitOrder.BIT_0_RIGHTMOST);
    }

    @Test
    @Tag("D-18")
    @DisplayName("D-18 a user without a SHA-256 key who chooses SHA-256: 401; MD5 works")
    void doesNotKnowAUserByAKeyThatItLacks() {
        fixture.credentials.removeKeys(EngineFixture.USER, KeyAlgorithm.SHA_256);
        client.sha256 = true;
        assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        client.algorithm = KeyAlgorithm.MD5;
        client.allocate();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"turnd"})
    @Tag("A-30")
    @DisplayName("A-30 the largest 401 fits into 548 bytes")
    void keepsTheLargestChallengeSmall(@Nullable String software) {
        String realm = "\u30DE".repeat(127);
        EngineFixture wordy =
                new EngineFixture(options -> {
                    options.software = software == null ? "\u30DE".repeat(127) : software;
                    options.realm = realm;
                });
        TestClient asking = wordy.udp();
        byte[] request =
                asking.request(StunMethod.ALLOCATE).put(TestClient.UDP).fingerprint().bytes();
        TestClient.Exchange challenge = asking.exchange(request);
        assertEquals(401, challenge.errorCode());
        assertEquals(realm, challenge.get(Realm.class).value());
        assertTrue(challenge.bytes().length() <= 548, challenge.bytes().length() + " bytes");
        assertEquals(software != null, challenge.answer().has(AttributeType.SOFTWARE));
    }
}

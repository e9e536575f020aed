package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.AttributeType;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.NonceCookie.BitOrder;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.UserHashValue;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunMethod;
import org.turnd.stun.UserHash;

/// USERHASH instead of USERNAME (RFC 8489 §14.4).
class UserHashConformanceTest {
    private static final int NONCE_LIFETIME = 100;

    private final EngineFixture fixture = offering(true);
    private final TestClient client = anonymous(fixture);

    private static EngineFixture offering(boolean anonymity) {
        return new EngineFixture(options -> {
            options.nonceLifetimeSeconds = NONCE_LIFETIME;
            options.features =
                    new SecurityFeatures(
                            List.of(KeyAlgorithm.SHA_256, KeyAlgorithm.MD5),
                            anonymity,
                            BitOrder.BIT_0_RIGHTMOST);
        });
    }

    private static TestClient anonymous(EngineFixture fixture) {
        TestClient client = fixture.udp();
        client.sha256 = true;
        client.anonymous = true;
        return client;
    }

    private static UserHashValue hash(String username) {
        return new UserHashValue(UserHash.of(username, EngineFixture.REALM));
    }

    /// An Allocate with these attributes for a name, signed as RFC 5389 has it.
    private TestClient.Exchange allocateAs(StunAttribute... names) {
        client.credentials();
        return client.exchange(
                client.request(StunMethod.ALLOCATE)
                        .put(TestClient.UDP)
                        .put(names)
                        .put(new Realm(EngineFixture.REALM))
                        .put(new Nonce(String.valueOf(client.nonce)))
                        .integrity(key())
                        .bytes());
    }

    private IntegrityKey key() {
        return KeyAlgorithm.MD5.key(client.username, EngineFixture.REALM, client.password);
    }

    @Test
    @Tag("D-25")
    @DisplayName("D-25 the hash stands for the user in every request, and no answer names it")
    void knowsAUserByTheHash() {
        for (KeyAlgorithm algorithm : KeyAlgorithm.values()) {
            TestClient asking = anonymous(fixture);
            asking.algorithm = algorithm;
            TestClient.Exchange allocated = asking.askAllocate();
            assertEquals(0, allocated.errorCode());
            for (int type : new int[] {AttributeType.USERNAME, AttributeType.USERHASH}) {
                assertFalse(allocated.answer().has(type));
            }
            assertEquals(600, asking.refresh(600));
            assertEquals(400, asking.refusal(StunMethod.CHANNEL_BIND, new ChannelNumber(0x4000)));
        }
        assertTrue(
                fixture.events.lines.stream().anyMatch(line -> line.startsWith("allocated alice")),
                "the operator reads the name");
    }

    @Test
    @Tag("D-25")
    @Tag("D-32")
    @DisplayName("D-25 D-32 the hash and the name are one user; another's hash is another")
    void treatsHashAndNameAlike() {
        client.allocate();
        client.anonymous = false;
        assertEquals(600, client.refresh(600));
        client.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        client.anonymous = true;
        assertEquals(441, client.refusal(StunMethod.REFRESH));
    }

    @Test
    @Tag("D-25")
    @DisplayName("D-25 unknown hash, wrong password or another realm's hash: 401 that looks alike")
    void challengesAnUnknownHash() {
        client.as("mallory", "x");
        TestClient.Exchange unknown = client.ask(StunMethod.ALLOCATE, TestClient.UDP);
        assertEquals(401, unknown.errorCode());
        client.as(EngineFixture.USER, "wrong");
        TestClient.Exchange wrong = client.ask(StunMethod.ALLOCATE, TestClient.UDP);
        assertEquals(unknown.answer().attributes(), wrong.answer().attributes());
        client.as(EngineFixture.USER, EngineFixture.PASSWORD);
        UserHashValue elsewhere =
                new UserHashValue(UserHash.of(client.username, "elsewhere.example"));
        assertEquals(401, allocateAs(elsewhere).errorCode());
        assertEquals(2, fixture.count(RefusalCause.UNKNOWN_USER));
        assertEquals(1, fixture.count(RefusalCause.WRONG_PASSWORD));
    }

    @Test
    @Tag("D-25")
    @DisplayName(
            "D-25 stale nonce: 438 with PASSWORD-ALGORITHMS, and the hash works with the new one")
    void refusesAStaleNonce() {
        client.credentials();
        fixture.advance(NONCE_LIFETIME + 1);
        TestClient.Exchange stale = client.ask(StunMethod.ALLOCATE, TestClient.UDP);
        assertEquals(438, stale.errorCode());
        assertTrue(stale.answer().has(AttributeType.PASSWORD_ALGORITHMS));
        client.allocate();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 31, 33, 64})
    @Tag("D-25")
    @DisplayName("D-25 a hash of another length than 32: bare 400")
    void refusesAHashOfTheWrongLength(int length) {
        client.credentials();
        byte[] request =
                client.request(StunMethod.ALLOCATE)
                        .put(TestClient.UDP)
                        .raw(AttributeType.USERHASH, new int[length])
                        .put(new Realm(EngineFixture.REALM))
                        .put(new Nonce(String.valueOf(client.nonce)))
                        .integrity(key())
                        .bytes();
        TestClient.Exchange answer = client.exchange(request);
        assertEquals(400, answer.errorCode());
        assertFalse(answer.answer().has(AttributeType.NONCE));
    }

    @Test
    @Tag("D-25")
    @DisplayName("D-25 where anonymity isn't offered, a hash names nobody: 401")
    void knowsNobodyByAHashWhereItIsNotOffered() {
        TestClient asking = anonymous(offering(false));
        assertEquals(401, asking.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        asking.anonymous = false;
        asking.allocate();
    }

    @Test
    @Tag("D-26")
    @DisplayName("D-26 name and hash that agree: the name; that don't: bare 400, in any order")
    void takesNameAndHashOnlyInAgreement() {
        var name = new Username(EngineFixture.USER);
        assertEquals(400, allocateAs(name, hash(EngineFixture.OTHER_USER)).errorCode());
        TestClient.Exchange bare = allocateAs(hash(EngineFixture.OTHER_USER), name);
        assertEquals(400, bare.errorCode());
        assertFalse(bare.answer().has(AttributeType.MESSAGE_INTEGRITY));
        assertFalse(bare.answer().has(AttributeType.NONCE));
        var anybody = new UserHashValue(Octets.of(new byte[UserHash.LENGTH]));
        assertEquals(400, allocateAs(name, anybody).errorCode());
        assertEquals(0, fixture.engine.allocationCount());
        assertEquals(0, allocateAs(hash(EngineFixture.USER), name).errorCode());
    }
}

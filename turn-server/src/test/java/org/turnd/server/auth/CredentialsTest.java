package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.engine.Credentials;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.RestCredentials;

class CredentialsTest {
    private static final String REALM = "example.com";
    private static final String SHARED = "openrelaysecret";
    private static final long EXPIRY = 1893456000;
    private static final String USERNAME = EXPIRY + ":433895";
    private static final IntegrityKey KEY = key("8fc0159bddfe07a101578d8662c7e139");

    // E-01
    @Test
    void timeLimitedUserIsKnownUntilItExpires() {
        assertEquals(KEY, secretAt(EXPIRY - 1).find(USERNAME, REALM, 0));
        assertEquals(KEY, secretAt(0).find(USERNAME, REALM, 0));
        assertNull(secretAt(EXPIRY).find(USERNAME, REALM, 0));
        assertNull(secretAt(EXPIRY + 1).find(USERNAME, REALM, 0));
    }

    // E-01
    @Test
    void clockIsReadForEveryQuestion() {
        long[] now = {EXPIRY - 1};
        var source = secret(SHARED, () -> Instant.ofEpochSecond(now[0]));
        assertNotNull(source.find(USERNAME, REALM, 0));
        now[0] = EXPIRY;
        assertNull(source.find(USERNAME, REALM, 0));
    }

    // E-02
    @Test
    void timeLimitedUserMayHaveNoName() {
        String username = Long.toString(EXPIRY);
        String password = RestCredentials.password(SHARED, username);
        assertEquals(
                IntegrityKey.md5(username, REALM, password), secretAt(0).find(username, REALM, 0));
    }

    // E-02
    @ParameterizedTest
    @ValueSource(strings = {"", "alice", "alice:1893456000", "-1:a", "0x7fffffff:a", ":a", " 1:a"})
    void userWithoutATimeIsUnknown(String username) {
        assertNull(secretAt(0).find(username, REALM, 0));
    }

    // E-01
    @Test
    void separatorIsConfigurable() {
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        var source = new TimeLimitedCredentials(new Secret(SHARED), '.', clock);
        assertNotNull(source.find(EXPIRY + ".alice", REALM, 0));
        assertNull(source.find(EXPIRY + ":alice", REALM, 0));
    }

    // E-03
    @Test
    void eachLiveSecretIsACandidate() {
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        var both = new CompositeCredentials(List.of(secret("old", clock), secret("new", clock)));
        assertEquals(2, both.candidates());
        assertEquals(keyOf("old"), both.find(USERNAME, REALM, 0));
        assertEquals(keyOf("new"), both.find(USERNAME, REALM, 1));
        assertNull(both.find(USERNAME, REALM, 2));

        var rotated = new CompositeCredentials(List.of(secret("new", clock)));
        assertEquals(1, rotated.candidates());
        assertEquals(keyOf("new"), rotated.find(USERNAME, REALM, 0));
    }

    // D-27, D-30
    @Test
    @Tag("D-27")
    @Tag("D-30")
    void staticUserIsAKey() {
        var users = new StaticUsers(List.of(User.of("user", "realm", "pass")), "realm");
        assertEquals(1, users.candidates());
        assertEquals(key("8493fbc53ba582fb4c044c456bdc40eb"), users.find("user", "realm", 0));
        assertNull(users.find("user", "realm", 1));
        assertNull(users.find("User", "realm", 0));
    }

    // D-37
    @Test
    @Tag("D-37")
    void staticUserOfAnotherRealmIsUnknown() {
        var users = new StaticUsers(List.of(User.of("user", "realm", "pass")), "realm");
        assertNull(users.find("user", "other", 0));
    }

    // D-30
    @Test
    @Tag("D-30")
    void passwordIsNotKept() {
        assertFalse(User.of("alice", REALM, "pa55-phrase").toString().contains("pa55-phrase"));
        assertFalse(new Secret("pa55-phrase").toString().contains("pa55-phrase"));
    }

    // D-28
    @Test
    @Tag("D-28")
    void equalLookingPasswordsAreEqual() {
        assertEquals(
                User.of("alice", REALM, "caf\u00E9 au lait"),
                User.of("alice", REALM, "cafe\u0301\u00A0au\u2003lait"));
        assertEquals(User.of("\u00E9", REALM, "pass"), User.of("e\u0301", REALM, "pass"));
    }

    // D-28
    @ParameterizedTest
    @ValueSource(strings = {"", "pass\u00ADword", "pass\u0007", "\u200Bpass"})
    @Tag("D-28")
    void refusesPasswordsAndNamesThatNobodyCanType(String text) {
        assertThrows(IllegalArgumentException.class, () -> User.of("alice", REALM, text));
        assertThrows(IllegalArgumentException.class, () -> User.of(text, REALM, "password"));
    }

    // D-29: SASLprep makes a compatibility character a plain one, OpaqueString keeps it.
    @Test
    @Tag("D-29")
    void eitherFormOfAPasswordValidates() {
        var users = new StaticUsers(List.of(User.of("alice", REALM, "\u2168pass")), REALM);
        assertEquals(2, users.candidates());
        assertEquals(IntegrityKey.md5("alice", REALM, "\u2168pass"), users.find("alice", REALM, 0));
        assertEquals(IntegrityKey.md5("alice", REALM, "IXpass"), users.find("alice", REALM, 1));
    }

    @Test
    void compositeAsksEverySourceInItsTurn() {
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        var users =
                new StaticUsers(
                        List.of(
                                User.of("alice", REALM, "\u2168pass"),
                                User.of("bob", REALM, "plain")),
                        REALM);
        var all = new CompositeCredentials(List.of(users, secret(SHARED, clock)));

        assertEquals(3, all.candidates());
        assertNotNull(all.find("alice", REALM, 1));
        assertNull(all.find("bob", REALM, 1));
        assertEquals(KEY, all.find(USERNAME, REALM, 2));
        assertTrue(candidatesOf(all, "nobody").isEmpty());
        assertThrows(IllegalArgumentException.class, () -> new CompositeCredentials(List.of()));
    }

    private static List<IntegrityKey> candidatesOf(Credentials credentials, String username) {
        return java.util.stream.IntStream.range(0, credentials.candidates())
                .mapToObj(candidate -> credentials.find(username, REALM, candidate))
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private static IntegrityKey keyOf(String secret) {
        return IntegrityKey.md5(USERNAME, REALM, RestCredentials.password(secret, USERNAME));
    }

    private static TimeLimitedCredentials secretAt(long epochSeconds) {
        return secret(SHARED, InstantSource.fixed(Instant.ofEpochSecond(epochSeconds)));
    }

    private static TimeLimitedCredentials secret(String secret, InstantSource clock) {
        return new TimeLimitedCredentials(new Secret(secret), ':', clock);
    }

    private static IntegrityKey key(String hex) {
        return IntegrityKey.ofBytes(HexFormat.of().parseHex(hex));
    }
}

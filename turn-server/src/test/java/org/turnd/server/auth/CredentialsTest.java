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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.config.ServerSettings.ExpiredCredentials;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.Credentials;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.RestCredentials;
import org.turnd.stun.UserHash;

class CredentialsTest {
    private static final String REALM = "example.com";
    private static final String SHARED = "openrelaysecret";
    private static final long EXPIRY = 1893456000;
    private static final String USERNAME = EXPIRY + ":433895";
    private static final IntegrityKey KEY = key("8fc0159bddfe07a101578d8662c7e139");

    // E-01
    @Test
    @Tag("E-01")
    void timeLimitedUserIsKnownUntilItExpires() {
        assertEquals(KEY, md5(secretAt(EXPIRY - 1), USERNAME, REALM, 0));
        assertEquals(KEY, md5(secretAt(0), USERNAME, REALM, 0));
        assertNull(md5(secretAt(EXPIRY), USERNAME, REALM, 0));
        assertNull(md5(secretAt(EXPIRY + 1), USERNAME, REALM, 0));
    }

    // E-01
    @Test
    void clockIsReadForEveryQuestion() {
        long[] now = {EXPIRY - 1};
        var source = secret(SHARED, () -> Instant.ofEpochSecond(now[0]));
        assertNotNull(md5(source, USERNAME, REALM, 0));
        now[0] = EXPIRY;
        assertNull(md5(source, USERNAME, REALM, 0));
    }

    // E-02
    @Test
    @Tag("E-02")
    void timeLimitedUserMayHaveNoName() {
        String username = Long.toString(EXPIRY);
        String password = RestCredentials.password(SHARED, username);
        assertEquals(
                IntegrityKey.md5(username, REALM, password), md5(secretAt(0), username, REALM, 0));
    }

    // E-02
    @ParameterizedTest
    @ValueSource(strings = {"", "alice", "alice:1893456000", "-1:a", "0x7fffffff:a", ":a", " 1:a"})
    @Tag("E-02")
    void userWithoutATimeIsUnknown(String username) {
        assertNull(md5(secretAt(0), username, REALM, 0));
    }

    // E-01
    @Test
    void separatorIsConfigurable() {
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        var source =
                new TimeLimitedCredentials(new Secret(SHARED), '.', ExpiredCredentials.KEEP, clock);
        assertNotNull(md5(source, EXPIRY + ".alice", REALM, 0));
        assertNull(md5(source, EXPIRY + ":alice", REALM, 0));
    }

    // E-03
    @Test
    void eachLiveSecretIsACandidate() {
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        var both = new CompositeCredentials(List.of(secret("old", clock), secret("new", clock)));
        assertEquals(2, both.candidates());
        assertEquals(keyOf("old"), md5(both, USERNAME, REALM, 0));
        assertEquals(keyOf("new"), md5(both, USERNAME, REALM, 1));
        assertNull(md5(both, USERNAME, REALM, 2));

        var rotated = new CompositeCredentials(List.of(secret("new", clock)));
        assertEquals(1, rotated.candidates());
        assertEquals(keyOf("new"), md5(rotated, USERNAME, REALM, 0));
    }

    @Test
    @Tag("E-06")
    void derivedPasswordMakesSha256KeysToo() {
        assertEquals(
                key("d020742831137447484a181bd0ae029e2ca8077cd00d5aa57cdb75390b6c451c"),
                key(secretAt(0), KeyAlgorithm.SHA_256, USERNAME, REALM, 0));
    }

    @Test
    @Tag("E-04")
    void expiryCountsOnlyWhereItCutsAllocations() {
        InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(EXPIRY - 7));
        for (ExpiredCredentials expired : ExpiredCredentials.values()) {
            var source = new TimeLimitedCredentials(new Secret(SHARED), ':', expired, clock);
            Credential credential = source.find(USERNAME, REALM, KeyAlgorithm.MD5, 0);
            assertNotNull(credential);
            if (credential != null) {
                assertEquals(
                        expired == ExpiredCredentials.CUT ? 7 : Credential.FOREVER,
                        credential.secondsLeft());
            }
        }
    }

    @Test
    @Tag("D-25")
    void onlyStaticUsersAreFoundByTheirHash() {
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        var all =
                new CompositeCredentials(
                        List.of(
                                secret(SHARED, clock),
                                new StaticUsers(
                                        List.of(
                                                User.of("e\u0301ve", REALM, "pass"),
                                                User.of("bob", REALM, "pass")),
                                        REALM)));
        assertEquals("\u00E9ve", all.usernameOf(UserHash.of("\u00E9ve", REALM), REALM));
        assertEquals("bob", all.usernameOf(UserHash.of("bob", REALM), REALM));
        assertNull(all.usernameOf(UserHash.of("bob", REALM), "other"));
        assertNull(all.usernameOf(UserHash.of("Bob", REALM), REALM));
        assertNull(all.usernameOf(UserHash.of(USERNAME, REALM), REALM));
    }

    @Test
    @Tag("D-18")
    void staticUserHasAKeyOfEachAlgorithm() {
        var users = new StaticUsers(List.of(User.of("user", "realm", "pass")), "realm");
        assertEquals(
                key("07e934117abd40836e7c6329b54731b2b2d2a5f9a71f544922d75e0730d8251b"),
                key(users, KeyAlgorithm.SHA_256, "user", "realm", 0));
        var md5Only =
                new StaticUsers(
                        List.of(
                                new User(
                                        "user",
                                        List.of(key("8493fbc53ba582fb4c044c456bdc40eb")),
                                        null)),
                        "realm");
        assertNull(key(md5Only, KeyAlgorithm.SHA_256, "user", "realm", 0));
        assertNotNull(md5(md5Only, "user", "realm", 0));
    }

    // D-27, D-30
    @Test
    @Tag("D-27")
    @Tag("D-30")
    void staticUserIsAKey() {
        var users = new StaticUsers(List.of(User.of("user", "realm", "pass")), "realm");
        assertEquals(1, users.candidates());
        assertEquals(key("8493fbc53ba582fb4c044c456bdc40eb"), md5(users, "user", "realm", 0));
        assertNull(md5(users, "user", "realm", 1));
        assertNull(md5(users, "User", "realm", 0));
    }

    // D-37
    @Test
    @Tag("D-37")
    void staticUserOfAnotherRealmIsUnknown() {
        var users = new StaticUsers(List.of(User.of("user", "realm", "pass")), "realm");
        assertNull(md5(users, "user", "other", 0));
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
        assertEquals(IntegrityKey.md5("alice", REALM, "\u2168pass"), md5(users, "alice", REALM, 0));
        assertEquals(IntegrityKey.md5("alice", REALM, "IXpass"), md5(users, "alice", REALM, 1));
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
        assertNotNull(md5(all, "alice", REALM, 1));
        assertNull(md5(all, "bob", REALM, 1));
        assertEquals(KEY, md5(all, USERNAME, REALM, 2));
        assertTrue(candidatesOf(all, "nobody").isEmpty());
        assertThrows(IllegalArgumentException.class, () -> new CompositeCredentials(List.of()));
    }

    private static List<IntegrityKey> candidatesOf(Credentials credentials, String username) {
        return java.util.stream.IntStream.range(0, credentials.candidates())
                .mapToObj(candidate -> md5(credentials, username, REALM, candidate))
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private static @Nullable IntegrityKey md5(
            Credentials source, String username, String realm, int candidate) {
        return key(source, KeyAlgorithm.MD5, username, realm, candidate);
    }

    private static @Nullable IntegrityKey key(
            Credentials source,
            KeyAlgorithm algorithm,
            String username,
            String realm,
            int candidate) {
        Credential credential = source.find(username, realm, algorithm, candidate);
        return credential == null ? null : credential.key();
    }

    private static IntegrityKey keyOf(String secret) {
        return IntegrityKey.md5(USERNAME, REALM, RestCredentials.password(secret, USERNAME));
    }

    private static TimeLimitedCredentials secretAt(long epochSeconds) {
        return secret(SHARED, InstantSource.fixed(Instant.ofEpochSecond(epochSeconds)));
    }

    private static TimeLimitedCredentials secret(String secret, InstantSource clock) {
        return new TimeLimitedCredentials(new Secret(secret), ':', ExpiredCredentials.KEEP, clock);
    }

    private static IntegrityKey key(String hex) {
        return IntegrityKey.ofBytes(HexFormat.of().parseHex(hex));
    }
}

package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestCredentialsTest {
    private record Case(String secret, String userId, long expiry, String user, String password) {}

    private static final List<Case> CASES =
            List.of(
                    new Case(
                            "north",
                            "alice",
                            1700000000,
                            "1700000000:alice",
                            "Cd/49soE35ICqcJF/bCTn8Z4OyE="),
                    new Case("north", "", 1700000000, "1700000000", "CWyHi3zCeWqXBir9thl4m+iZPRY="),
                    new Case(
                            "openrelaysecret",
                            "433895",
                            1893456000,
                            "1893456000:433895",
                            "r2rxyiQelXDVFhA34OVsSVbpbIQ="));

    @Test
    void issuesThePublishedCredentials() {
        for (Case c : CASES) {
            RestCredential issued = RestCredentials.issue(c.secret, c.userId, c.expiry, ':');
            assertEquals(new RestCredential(c.user, c.password), issued); // E-01
            assertEquals(c.password, RestCredentials.password(c.secret, c.user));
            assertEquals(
                    OptionalLong.of(c.expiry), RestCredentials.expiryEpochSeconds(c.user, ':'));
        }
    }

    // The user name has a colon itself, so the key string has three (E-06).
    @Test
    void derivesKeysFromAnIssuedCredential() {
        RestCredential credential =
                RestCredentials.issue("openrelaysecret", "433895", 1893456000, ':');
        IntegrityKey md5 =
                IntegrityKey.md5(credential.username(), "example.com", credential.password());
        IntegrityKey sha256 =
                IntegrityKey.sha256(credential.username(), "example.com", credential.password());
        assertEquals("8fc0159bddfe07a101578d8662c7e139", Octets.of(md5.toByteArray()).toString());
        assertEquals(
                "d020742831137447484a181bd0ae029e2ca8077cd00d5aa57cdb75390b6c451c",
                Octets.of(sha256.toByteArray()).toString());
    }

    @Test
    void takesAnySeparator() {
        assertEquals(
                "1700000000-alice",
                RestCredentials.issue("north", "alice", 1700000000, '-').username());
        assertEquals(
                OptionalLong.of(1700000000),
                RestCredentials.expiryEpochSeconds("1700000000-alice", '-'));
        assertEquals(
                OptionalLong.of(1700000000),
                RestCredentials.expiryEpochSeconds("1700000000:a:b", ':'));
    }

    @Test
    void findsNoExpiryInOtherUserNames() {
        for (String username :
                List.of(
                        "",
                        "alice",
                        ":alice",
                        "alice:1700000000",
                        "-1:alice",
                        "+1:alice",
                        " 1:alice",
                        "1e9:alice",
                        "17000000001700000000:alice",
                        "\u0661\u0662:alice")) {
            assertEquals(
                    OptionalLong.empty(),
                    RestCredentials.expiryEpochSeconds(username, ':'), // E-02
                    username);
        }
    }

    @Test
    void refusesAnEmptySecret() {
        assertThrows(IllegalArgumentException.class, () -> RestCredentials.password("", "1:alice"));
    }

    @ParameterizedTest
    @CsvSource({
        "1700000000:alice, alice",
        "1700000000:a:b, a:b",
        "1700000000, 1700000000",
        "1700000000:, 1700000000:",
        "alice, alice",
        "alice:1700000000, alice:1700000000",
    })
    @Tag("E-05")
    void userIdStandsBehindTheExpiry(String username, String id) {
        assertEquals(id, RestCredentials.userId(username, ':'));
    }
}

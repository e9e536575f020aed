package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.ExpiredCredentials;
import org.turnd.server.config.ServerSettings.FeatureBits;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.stun.KeyAlgorithm;

/// What the configuration says of credentials, and whom it would lock out.
class AuthAssemblyTest {
    private static final String MD5_KEY = "8493fbc53ba582fb4c044c456bdc40eb";
    private static final String SHA256_KEY =
            "07e934117abd40836e7c6329b54731b2b2d2a5f9a71f544922d75e0730d8251b";

    @TempDir Path directory;
    private ConfigFixture config;

    @BeforeEach
    void inADirectory() {
        config = new ConfigFixture(directory);
    }

    @Test
    @Tag("D-12")
    void offersSha256ThenMd5AndNoAnonymity() {
        Loaded loaded = config.loaded("");
        Auth auth = loaded.settings().auth();
        assertEquals(List.of(KeyAlgorithm.SHA_256, KeyAlgorithm.MD5), auth.passwordAlgorithms());
        assertEquals(Switch.OFF, auth.userAnonymity());
        assertEquals(FeatureBits.ERRATUM_6290, auth.featureBits());
        assertEquals(ExpiredCredentials.KEEP, auth.expiredCredentials());
        assertEquals("[sha-256, md5]", shown(loaded));
        assertEquals(List.of(), loaded.warnings());
    }

    @Test
    void takesWhatIsSaid() {
        Auth auth =
                config.loaded(
                                """
                                auth {
                                  password-algorithms = [md5, sha-256]
                                  feature-bits = both
                                  expired-credentials = cut
                                }
                                """)
                        .settings()
                        .auth();
        assertEquals(List.of(KeyAlgorithm.MD5, KeyAlgorithm.SHA_256), auth.passwordAlgorithms());
        assertEquals(FeatureBits.BOTH, auth.featureBits());
        assertEquals(ExpiredCredentials.CUT, auth.expiredCredentials());
    }

    @Test
    @Tag("D-27")
    void takesEitherKeyOfAUser() {
        String file =
                """
                realm = realm
                auth.users = [{ name = user, key = %s, sha-256-key = %s }]
                """
                        .formatted(MD5_KEY, SHA256_KEY);
        assertEquals(
                List.of(User.of("user", "realm", "pass")),
                config.loaded(file).settings().auth().users());
    }

    @Test
    void offersMd5AloneWhereAUserHasNoOtherKey() {
        String users = "auth.users = [{ name = bob, key = %s }]\n".formatted(MD5_KEY);
        Loaded loaded = config.loaded(users);
        assertEquals(List.of(KeyAlgorithm.MD5), loaded.settings().auth().passwordAlgorithms());
        assertEquals("[md5]", shown(loaded));
        assertEquals(
                List.of(
                        "auth.users: no SHA-256 key of bob, so keys are made with MD5 alone; give a"
                                + " sha-256-key or a password to every user"),
                loaded.warnings());

        Loaded insisting = config.loaded(users + "auth.password-algorithms = [sha-256, md5]");
        assertEquals(
                List.of(KeyAlgorithm.SHA_256, KeyAlgorithm.MD5),
                insisting.settings().auth().passwordAlgorithms());
        assertEquals(1, insisting.warnings().size(), insisting.warnings()::toString);
        assertTrue(insisting.warnings().getFirst().contains("can't log in as these"));
    }

    @Test
    void warnsOfLeavingOutMd5() {
        Loaded loaded = config.loaded("auth.password-algorithms = sha-256");
        assertEquals(List.of(KeyAlgorithm.SHA_256), loaded.settings().auth().passwordAlgorithms());
        assertTrue(loaded.warnings().getFirst().contains("browsers"), loaded.warnings()::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[md5, md5] | found one twice",
                "[] | found none",
                "[sha1] | found sha1",
            })
    void refusesAListThatIsNone(String list, String found) {
        String shown = config.refused("auth.password-algorithms = " + list);
        assertTrue(shown.contains("turnd.conf:1: auth.password-algorithms: " + found), shown);
    }

    @Test
    @Tag("D-25")
    void warnsOfNamesThatNobodyFindsByTheirHash() {
        Loaded loaded = config.loaded("auth.user-anonymity = on");
        assertEquals(Switch.ON, loaded.settings().auth().userAnonymity());
        assertTrue(loaded.warnings().getFirst().contains("time-limited"));
        Loaded listed =
                ConfigFixture.expectLoaded(
                        config.load(
                                """
                                auth.user-anonymity = on
                                auth.users = [{ name = alice, password = wonder-land-77 }]
                                """,
                                Map.of(),
                                ConfigFixture.DUAL_STACK));
        assertEquals(List.of(), listed.warnings());
    }

    private static String shown(Loaded loaded) {
        return ConfigFixture.effective(loaded, "auth.password-algorithms").text();
    }
}

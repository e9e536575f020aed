package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.config.OAuthSettings;
import org.turnd.server.config.OAuthSettings.SharedKey;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.engine.AccessTokens.Bad;
import org.turnd.server.engine.AccessTokens.Good;
import org.turnd.server.engine.AccessTokens.Opened;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.SelfContainedToken;
import org.turnd.stun.TokenAlgorithm;
import org.turnd.stun.TokenKey;

/// The tokens of RFC 7635 Appendix A under a clock that the test sets.
class OAuthTokensTest {
    private static final String SERVER = "blackdow.carleon.gov";
    private static final byte[] LONG_TERM_KEY =
            "HGkj32KJGiuy098sdfaqbNjOiaz71923".getBytes(StandardCharsets.US_ASCII);
    private static final TokenKey A256GCM = TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY);
    private static final TokenKey A128GCM = TokenKey.of(TokenAlgorithm.A128GCM, LONG_TERM_KEY);
    private static final IntegrityKey MAC_KEY =
            IntegrityKey.ofBytes(
                    HexFormat.of().parseHex("5a6b736a7077656f6978586d766e36373533346d"));
    private static final Octets TOKEN =
            Octets.hex(
                    "000c68346a336b326c326e346235617ef134a3d5e44e9a19cc7dc104b0c03d03b2a551d8fdf5"
                            + "cd3b6dca6f10cfb77e5b2ddec84d293a5c50499359f0c2e26f76");
    private static final Octets TOKEN_128 =
            Octets.hex(
                    "000c68346a336b326c326e3462357fb9e99f0827be3df1e1bd651493d3031d36df57079784ae"
                            + "e5eacb65fad4f27fab1a3f97974b69f851b24bf5af09eda357e0");
    private static final long ISSUED = 1_410_984_813;

    private Instant now = Instant.ofEpochSecond(ISSUED);
    private final OAuthTokens tokens =
            tokens(
                    SERVER,
                    new SharedKey("north", A256GCM, null, null),
                    new SharedKey("union", A128GCM, null, null));

    private OAuthTokens tokens(String serverName, SharedKey... keys) {
        return new OAuthTokens(new OAuthSettings(serverName, List.of(keys)), () -> now);
    }

    @Test
    @Tag("O-07")
    void opensTheSamplesOfTheRfc() {
        Good good = assertInstanceOf(Good.class, tokens.open("north", TOKEN));
        assertEquals(List.of(MAC_KEY), good.sha1Keys());
        assertEquals(MAC_KEY, good.sha256Key());
        assertEquals(Duration.ofSeconds(3605).toNanos(), good.remainingNanos());
        assertInstanceOf(Good.class, tokens.open("union", TOKEN_128));
        assertEquals(SERVER, tokens.serverName());
    }

    @Test
    @Tag("O-03")
    void refusesWhatIsNotForThisServerOrNotOfThisKey() {
        assertEquals(bad(RefusalCause.UNKNOWN_KEY_ID), tokens.open("south", TOKEN));
        assertEquals(bad(RefusalCause.UNKNOWN_KEY_ID), tokens.open("", TOKEN));
        assertEquals(bad(RefusalCause.BAD_TOKEN), tokens.open("union", TOKEN));
        assertEquals(bad(RefusalCause.BAD_TOKEN), tokens.open("north", Octets.EMPTY));
        assertEquals(
                bad(RefusalCause.BAD_TOKEN), tokens.open("north", Octets.of(new byte[65_535])));
        var elsewhere = tokens("other.carleon.gov", new SharedKey("north", A256GCM, null, null));
        assertEquals(bad(RefusalCause.BAD_TOKEN), elsewhere.open("north", TOKEN));
    }

    @ParameterizedTest
    @CsvSource({
        "1410981208, false",
        "1410981209, true",
        "1410984813, true",
        "1410988417, true",
        "1410988418, false",
    })
    @Tag("O-04")
    void takesATokenNearItsTimestamp(long second, boolean good) {
        now = Instant.ofEpochSecond(second);
        Opened opened = tokens.open("north", TOKEN);
        assertEquals(good ? Good.class : Bad.class, opened.getClass());
        if (!good) {
            assertEquals(bad(RefusalCause.EXPIRED_TOKEN), opened);
        }
    }

    @Test
    @Tag("O-04")
    @Tag("O-09")
    void rememberedTokenRunsOutAllTheSame() {
        Good first = assertInstanceOf(Good.class, tokens.open("north", TOKEN));
        Good again = assertInstanceOf(Good.class, tokens.open("north", TOKEN));
        // The very key, not an equal one: nothing was decrypted.
        assertSame(first.sha256Key(), again.sha256Key());
        assertEquals(1, tokens.cached());
        now = now.plusSeconds(3604);
        Good last = assertInstanceOf(Good.class, tokens.open("north", TOKEN));
        assertEquals(Duration.ofSeconds(1).toNanos(), last.remainingNanos());
        now = now.plusSeconds(1);
        assertEquals(bad(RefusalCause.EXPIRED_TOKEN), tokens.open("north", TOKEN));
        assertEquals(0, tokens.cached());
    }

    @Test
    @Tag("O-09")
    void remembersABoundedNumberAndNoForgedOnes() {
        for (int i = 0; i < OAuthTokens.CACHED_MAX + 10; i++) {
            assertInstanceOf(Good.class, tokens.open("north", fresh(i)));
            tokens.open("north", Octets.utf8("\0forged " + i));
        }
        assertEquals(OAuthTokens.CACHED_MAX, tokens.cached());
    }

    // The same token under another kid is not the one that was remembered.
    @Test
    @Tag("O-03")
    @Tag("O-09")
    void rememberedTokenIsGoodForItsKidOnly() {
        assertInstanceOf(Good.class, tokens.open("north", TOKEN));
        assertEquals(bad(RefusalCause.BAD_TOKEN), tokens.open("union", TOKEN));
    }

    @Test
    @Tag("O-09")
    void keysChangeOverAtTheirTimes() {
        Instant change = Instant.ofEpochSecond(ISSUED + 100);
        var rotating =
                tokens(
                        SERVER,
                        new SharedKey("old", A256GCM, null, change.plusSeconds(60)),
                        new SharedKey("new", A128GCM, change, null));
        assertInstanceOf(Good.class, rotating.open("old", TOKEN));
        assertEquals(bad(RefusalCause.UNKNOWN_KEY_ID), rotating.open("new", TOKEN_128));
        now = change;
        assertInstanceOf(Good.class, rotating.open("old", TOKEN));
        assertInstanceOf(Good.class, rotating.open("new", TOKEN_128));
        now = change.plusSeconds(60);
        assertEquals(bad(RefusalCause.UNKNOWN_KEY_ID), rotating.open("old", TOKEN));
        assertInstanceOf(Good.class, rotating.open("new", TOKEN_128));
    }

    // What coturn's client signs with; a deviation that has to be switched on.
    @Test
    @Tag("O-05")
    void takesTruncatedSessionKeysOnlyWhereToldSo() {
        var key = new SharedKey("north", A256GCM, null, null);
        var lenient =
                new OAuthTokens(new OAuthSettings(SERVER, List.of(key), Switch.ON), () -> now);
        Good good = assertInstanceOf(Good.class, lenient.open("north", TOKEN));
        byte[] first16 = Arrays.copyOf(MAC_KEY.toByteArray(), 16);
        assertEquals(List.of(MAC_KEY, IntegrityKey.ofBytes(first16)), good.sha1Keys());
        assertEquals(MAC_KEY, good.sha256Key());
        Good strict = assertInstanceOf(Good.class, tokens.open("north", TOKEN));
        assertEquals(List.of(MAC_KEY), strict.sha1Keys());
    }

    @Test
    void tellsClientsApartByTheirTokens() {
        String one = account(TOKEN);
        assertEquals("north/", one.substring(0, 6));
        assertEquals(18, one.length());
        assertEquals(one, account(TOKEN));
        assertNotEquals(one, account(fresh(1)));
        assertFalse(TOKEN.toString().contains(one.substring(6)));
    }

    private String account(Octets token) {
        return assertInstanceOf(Good.class, tokens.open("north", token)).account();
    }

    private static Octets fresh(int number) {
        byte[] nonce = new byte[TokenKey.NONCE_LENGTH];
        nonce[0] = (byte) number;
        nonce[1] = (byte) (number >> 8);
        var content = SelfContainedToken.issuedAt(Instant.ofEpochSecond(ISSUED), 60, MAC_KEY);
        return A256GCM.seal(content, SERVER, Octets.of(nonce));
    }

    private static Bad bad(RefusalCause cause) {
        return new Bad(cause);
    }
}

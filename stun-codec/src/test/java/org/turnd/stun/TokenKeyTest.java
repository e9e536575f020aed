package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The samples of RFC 7635 Appendix A, and what isn't one.
class TokenKeyTest {
    private static final String SERVER = "blackdow.carleon.gov";
    private static final byte[] LONG_TERM_KEY = ascii("HGkj32KJGiuy098sdfaqbNjOiaz71923");
    private static final IntegrityKey MAC_KEY = IntegrityKey.ofBytes(ascii("ZksjpweoixXmvn67534m"));
    private static final Octets NONCE = Octets.of(ascii("h4j3k2l2n4b5"));
    private static final long ISSUED = 1_410_984_813;
    private static final SelfContainedToken CONTENT =
            new SelfContainedToken(MAC_KEY, 92_470_300_704_768L, 3600);
    private static final Octets A256GCM =
            Octets.hex(
                    "000c68346a336b326c326e346235617ef134a3d5e44e9a19cc7dc104b0c03d03b2a551d8fdf5"
                            + "cd3b6dca6f10cfb77e5b2ddec84d293a5c50499359f0c2e26f76");
    private static final Octets A128GCM =
            Octets.hex(
                    "000c68346a336b326c326e3462357fb9e99f0827be3df1e1bd651493d3031d36df57079784ae"
                            + "e5eacb65fad4f27fab1a3f97974b69f851b24bf5af09eda357e0");

    @Test
    @Tag("O-07")
    void opensAndSealsThePublishedSamples() {
        TokenKey strong = TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY);
        assertEquals(CONTENT, strong.open(A256GCM, SERVER));
        assertEquals(A256GCM, strong.seal(CONTENT, SERVER, NONCE));
        // The sample takes the first 16 bytes of a key of 32.
        TokenKey small = TokenKey.of(TokenAlgorithm.A128GCM, LONG_TERM_KEY);
        assertEquals(CONTENT, small.open(A128GCM, SERVER));
        assertEquals(A128GCM, small.seal(CONTENT, SERVER, NONCE));
        assertNull(small.open(A256GCM, SERVER));
        assertNull(strong.open(A128GCM, SERVER));
    }

    @Test
    @Tag("O-03")
    void opensNothingForAnotherServerOrWithAnotherKey() {
        TokenKey key = TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY);
        assertNull(key.open(A256GCM, "blackdow.carleon.gov."));
        assertNull(key.open(A256GCM, "BLACKDOW.carleon.gov"));
        assertNull(key.open(A256GCM, ""));
        byte[] other = LONG_TERM_KEY.clone();
        other[31] ^= 1;
        assertNull(TokenKey.of(TokenAlgorithm.A256GCM, other).open(A256GCM, SERVER));
    }

    @Test
    @Tag("O-03")
    void opensNothingThatWasTouched() {
        TokenKey key = TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY);
        for (int i = 0; i < A256GCM.length(); i++) {
            for (int bit = 1; bit < 0x100; bit <<= 1) {
                byte[] bytes = A256GCM.toByteArray();
                bytes[i] ^= (byte) bit;
                assertNull(key.open(Octets.of(bytes), SERVER), "byte " + i + " bit " + bit);
            }
        }
    }

    @Test
    @Tag("O-03")
    void opensNothingOfAnotherLength() {
        TokenKey key = TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY);
        byte[] whole = A256GCM.toByteArray();
        for (int length = 0; length < 200; length++) {
            byte[] bytes = java.util.Arrays.copyOf(whole, length);
            SelfContainedToken opened = key.open(Octets.of(bytes), SERVER);
            assertEquals(length == whole.length ? CONTENT : null, opened, "length " + length);
        }
    }

    @Test
    @Tag("O-03")
    void randomBytesAreNoToken() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TokenKey key = TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY);
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = new byte[random.nextInt(160)];
            random.nextBytes(bytes);
            if (bytes.length > 1 && random.nextBoolean()) {
                bytes[0] = 0;
                bytes[1] = random.nextBoolean() ? TokenKey.NONCE_LENGTH : bytes[1];
            }
            assertNull(key.open(Octets.of(bytes), SERVER), () -> "seed " + seed);
        }
    }

    @Test
    void opensTheBase64FormThatTheAuthorizationServerHandsOut() {
        TokenKey key = TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY);
        byte[] base64 = Base64.getEncoder().encode(A256GCM.toByteArray());
        assertEquals(CONTENT, key.open(Octets.of(base64), SERVER));
        base64[20] ^= 1;
        assertNull(key.open(Octets.of(base64), SERVER));
        assertNull(key.open(Octets.utf8("not base64!"), SERVER));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("O-07")
    void carriesSessionKeysOfBothHashes(TokenAlgorithm algorithm) {
        TokenKey key = TokenKey.of(algorithm, LONG_TERM_KEY);
        for (int length : List.of(20, 32, 64)) {
            byte[] macKey = new byte[length];
            new Random(length).nextBytes(macKey);
            var content =
                    SelfContainedToken.issuedAt(
                            Instant.ofEpochSecond(ISSUED, 250_000_000),
                            0xFFFF_FFFFL,
                            IntegrityKey.ofBytes(macKey));
            SelfContainedToken opened = key.open(key.seal(content, SERVER, NONCE), SERVER);
            assertEquals(content, opened);
        }
    }

    // A token that lies about its key's length although it is authentic.
    @Test
    @Tag("O-03")
    void opensNothingWhoseKeyLengthIsWrong() throws Exception {
        for (int claimed : List.of(0, 19, 21, 0xFFFF)) {
            assertNull(open(sealedWithKeyLength(claimed)), "key_length " + claimed);
        }
        assertNotNull(open(sealedWithKeyLength(20)));
    }

    private static @Nullable SelfContainedToken open(Octets token) {
        return TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY).open(token, SERVER);
    }

    private static Octets sealedWithKeyLength(int claimed) throws Exception {
        byte[] plaintext =
                HexFormat.of()
                        .parseHex(
                                "%04x5a6b736a7077656f6978586d766e36373533346d00005419eb6d0000"
                                                .formatted(claimed)
                                        + "00000e10");
        var cipher = javax.crypto.Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                javax.crypto.Cipher.ENCRYPT_MODE,
                new javax.crypto.spec.SecretKeySpec(LONG_TERM_KEY, "AES"),
                new javax.crypto.spec.GCMParameterSpec(128, NONCE.toByteArray()));
        cipher.updateAAD(ascii(SERVER));
        byte[] ciphertext = cipher.doFinal(plaintext);
        return Octets.hex("000c" + NONCE + HexFormat.of().formatHex(ciphertext));
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
    void isGoodNearItsTimestamp(long now, boolean good) {
        assertEquals(good, CONTENT.remaining(Instant.ofEpochSecond(now)).isPositive());
    }

    @Test
    @Tag("O-04")
    @Tag("O-06")
    void countsFractionsOfASecond() {
        var content =
                SelfContainedToken.issuedAt(
                        Instant.ofEpochSecond(ISSUED, 500_000_000), 60, MAC_KEY);
        assertEquals(ISSUED << 16 | 32_000, content.timestamp());
        assertEquals(Instant.ofEpochSecond(ISSUED, 500_000_000), content.issued());
        assertEquals(
                Duration.ofMillis(4_500), content.remaining(Instant.ofEpochSecond(ISSUED + 61)));
        assertTrue(content.remaining(Instant.ofEpochSecond(ISSUED + 65)).isPositive());
        assertFalse(
                content.remaining(Instant.ofEpochSecond(ISSUED + 65, 500_000_000)).isPositive());
    }

    @Test
    @Tag("O-04")
    void noTimeIsTooFarAway() {
        var never = new SelfContainedToken(MAC_KEY, -1, 0xFFFF_FFFFL);
        assertFalse(never.remaining(Instant.ofEpochSecond(ISSUED)).isPositive());
        var epoch = new SelfContainedToken(MAC_KEY, 0, 0);
        assertFalse(epoch.remaining(Instant.MAX).isPositive());
        assertTrue(epoch.remaining(Instant.EPOCH).isPositive());
    }

    // RFC 7635 Appendix B: a client that was given 256 bits makes 160 of them for HMAC-SHA1.
    @Test
    @Tag("O-07")
    void longSessionKeySignsMessageIntegrityInEitherForm() {
        assertEquals(List.of(MAC_KEY), CONTENT.sha1Keys());
        byte[] bytes = ascii("01234567890123456789012345678901");
        IntegrityKey long256 = IntegrityKey.ofBytes(bytes);
        assertEquals(
                List.of(long256, IntegrityKey.ofBytes(Digests.sha1(bytes))),
                new SelfContainedToken(long256, 0, 0).sha1Keys());
    }

    @Test
    void refusesWhatCannotBeSealed() {
        TokenKey key = TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY);
        assertThrows(
                IllegalArgumentException.class,
                () -> TokenKey.of(TokenAlgorithm.A256GCM, new byte[31]));
        assertThrows(
                IllegalArgumentException.class,
                () -> key.seal(CONTENT, SERVER, Octets.of(new byte[11])));
        for (int length : List.of(0, 19, 65)) {
            IntegrityKey macKey = IntegrityKey.ofBytes(new byte[length]);
            assertThrows(
                    IllegalArgumentException.class, () -> new SelfContainedToken(macKey, 0, 0));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new SelfContainedToken(MAC_KEY, 0, 0x1_0000_0000L));
    }

    @Test
    @Tag("S-11")
    void neverShowsAKey() {
        TokenKey key = TokenKey.of(TokenAlgorithm.A256GCM, LONG_TERM_KEY);
        assertEquals("TokenKey[A256GCM]", key.toString());
        String text = CONTENT.toString();
        assertFalse(text.contains("Zksjp") || text.contains("5a6b736a"), text);
        assertNotEquals("", text);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

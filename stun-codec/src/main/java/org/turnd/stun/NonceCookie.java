package org.turnd.stun;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.OptionalInt;

/// The 13 characters with which the NONCE of an RFC 8489 server begins (§9.2): a fixed text and 24
/// security feature bits in base64 (D-03).
public final class NonceCookie {
    /// The fixed text.
    public static final String PREFIX = "obMatJos2";

    /// Length of the cookie in characters.
    public static final int LENGTH = 13;

    /// Which end of the 24 bits the RFC's "bit 0" is: its text and erratum 6290 disagree (W-01).
    public enum BitOrder {
        /// Erratum 6290 and the RFC's own test vector: bit 0 is the rightmost.
        BIT_0_RIGHTMOST,
        /// The printed text and RFC 8656 §20: bit 0 is the leftmost.
        BIT_0_LEFTMOST,
        /// Each feature at both ends, for clients of either reading; no RFC knows this.
        BOTH_ENDS
    }

    private static final int PASSWORD_ALGORITHMS_BIT = 0;
    private static final int USERNAME_ANONYMITY_BIT = 1;

    private NonceCookie() {}

    /// Returns the cookie that announces these features (D-12).
    public static String of(
            boolean passwordAlgorithms, boolean usernameAnonymity, BitOrder bitOrder) {
        int bits = 0;
        if (passwordAlgorithms) {
            bits |= bit(PASSWORD_ALGORITHMS_BIT, bitOrder);
        }
        if (usernameAnonymity) {
            bits |= bit(USERNAME_ANONYMITY_BIT, bitOrder);
        }
        byte[] bytes = {(byte) (bits >> 16), (byte) (bits >> 8), (byte) bits};
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /// Returns the 24 feature bits of a nonce that begins with a cookie, or nothing.
    public static OptionalInt featureBits(String nonce) {
        if (!nonce.startsWith(PREFIX) || nonce.length() < LENGTH) {
            return OptionalInt.empty();
        }
        byte[] digits = nonce.substring(PREFIX.length(), LENGTH).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] bytes = Base64.getDecoder().decode(digits);
            return bytes.length == 3
                    ? OptionalInt.of(
                            (bytes[0] & 0xFF) << 16 | (bytes[1] & 0xFF) << 8 | (bytes[2] & 0xFF))
                    : OptionalInt.empty();
        } catch (IllegalArgumentException e) {
            return OptionalInt.empty(); // not base64: some other server's nonce
        }
    }

    /// Tells whether these feature bits announce password algorithms, in either bit order.
    public static boolean announcesPasswordAlgorithms(int featureBits) {
        return (featureBits & bit(PASSWORD_ALGORITHMS_BIT, BitOrder.BOTH_ENDS)) != 0;
    }

    /// Tells whether these feature bits announce user name anonymity, in either bit order.
    public static boolean announcesUsernameAnonymity(int featureBits) {
        return (featureBits & bit(USERNAME_ANONYMITY_BIT, BitOrder.BOTH_ENDS)) != 0;
    }

    private static int bit(int number, BitOrder bitOrder) {
        int right = 1 << number;
        int left = 1 << (23 - number);
        return switch (bitOrder) {
            case BIT_0_RIGHTMOST -> right;
            case BIT_0_LEFTMOST -> left;
            case BOTH_ENDS -> right | left;
        };
    }
}

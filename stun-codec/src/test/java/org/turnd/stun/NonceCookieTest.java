package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.stun.NonceCookie.BitOrder.BIT_0_LEFTMOST;
import static org.turnd.stun.NonceCookie.BitOrder.BIT_0_RIGHTMOST;
import static org.turnd.stun.NonceCookie.BitOrder.BOTH_ENDS;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class NonceCookieTest {
    private record Case(
            String cookie, boolean algorithms, boolean anonymity, NonceCookie.BitOrder order) {}

    private static final List<Case> CASES =
            List.of(
                    new Case("obMatJos2AAAA", false, false, BIT_0_RIGHTMOST),
                    new Case("obMatJos2AAAB", true, false, BIT_0_RIGHTMOST),
                    new Case("obMatJos2AAAC", false, true, BIT_0_RIGHTMOST),
                    new Case("obMatJos2AAAD", true, true, BIT_0_RIGHTMOST),
                    new Case("obMatJos2AAAA", false, false, BIT_0_LEFTMOST),
                    new Case("obMatJos2gAAA", true, false, BIT_0_LEFTMOST),
                    new Case("obMatJos2QAAA", false, true, BIT_0_LEFTMOST),
                    new Case("obMatJos2wAAA", true, true, BIT_0_LEFTMOST),
                    new Case("obMatJos2AAAA", false, false, BOTH_ENDS),
                    new Case("obMatJos2gAAB", true, false, BOTH_ENDS),
                    new Case("obMatJos2QAAC", false, true, BOTH_ENDS),
                    new Case("obMatJos2wAAD", true, true, BOTH_ENDS));

    @Test
    void writesTheCookieInEachBitOrder() {
        for (Case c : CASES) {
            assertEquals(c.cookie, NonceCookie.of(c.algorithms, c.anonymity, c.order)); // D-12
        }
    }

    @Test
    void readsFeaturesInEitherBitOrder() {
        for (Case c : CASES) {
            int bits = NonceCookie.featureBits(c.cookie + "restOfTheNonce").orElseThrow();
            assertEquals(c.algorithms, NonceCookie.announcesPasswordAlgorithms(bits), c.cookie);
            assertEquals(c.anonymity, NonceCookie.announcesUsernameAnonymity(bits), c.cookie);
        }
    }

    @Test
    void findsNoFeaturesInOtherNonces() {
        for (String nonce :
                List.of(
                        "",
                        "obMatJos2",
                        "obMatJos2AAA",
                        "obMatJos2A*AA",
                        "obMatJos2AA==x",
                        "obmatjos2AAAA",
                        "obMatJos2\u00E9\u00E9\u00E9\u00E9",
                        "f//499k954d6OL34oL9FSTvy64sA")) {
            assertEquals(OptionalInt.empty(), NonceCookie.featureBits(nonce), nonce);
        }
    }

    @Test
    void hasThirteenCharacters() {
        assertEquals(NonceCookie.LENGTH, NonceCookie.of(true, true, BOTH_ENDS).length()); // D-03
        assertTrue(NonceCookie.of(true, true, BOTH_ENDS).startsWith(NonceCookie.PREFIX));
        assertFalse(NonceCookie.featureBits("obMatJos2AAAD").isEmpty());
    }
}

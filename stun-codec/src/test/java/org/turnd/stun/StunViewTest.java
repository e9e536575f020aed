package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.UnknownAttribute;

/// Framing rules of section A and B of the conformance matrix.
class StunViewTest {
    private static final String ID = "2112a442000102030405060708090a0b";
    private static final String LIFETIME_600 = "000d000400000258";
    private static final String LIFETIME_0 = "000d000400000000";
    private static final String UNKNOWN_7F01 = "7f010000";
    private static final String MI = "00080014" + "11".repeat(20);
    private static final String MI256 = "001c0020" + "22".repeat(32);

    private static String message(String attributes) {
        return "0004%04x%s%s".formatted(attributes.length() / 2, ID, attributes);
    }

    private record Refused(MalformedStun reason, String digits) {}

    private static final List<Refused> REFUSED =
            List.of(
                    new Refused(MalformedStun.TOO_SHORT, ""),
                    new Refused(MalformedStun.TOO_SHORT, "00010000" + ID.substring(2)),
                    new Refused(MalformedStun.NOT_STUN, "40010000" + ID),
                    new Refused(MalformedStun.NOT_STUN, "80010000" + ID),
                    new Refused(MalformedStun.NOT_STUN, "c0010000" + ID),
                    new Refused(
                            MalformedStun.LENGTH_NOT_MULTIPLE_OF_FOUR,
                            "00010006" + ID + "000600027878"),
                    new Refused(MalformedStun.LENGTH_MISMATCH, "00010004" + ID),
                    new Refused(MalformedStun.LENGTH_MISMATCH, "00010000" + ID + "00"),
                    new Refused(MalformedStun.LENGTH_MISMATCH, "00010000" + ID + "80220000"),
                    new Refused(MalformedStun.ATTRIBUTE_OVERRUN, message("80220001")),
                    new Refused(MalformedStun.ATTRIBUTE_OVERRUN, message("8022ffff00000000")),
                    new Refused(MalformedStun.ATTRIBUTE_OVERRUN, message("8022000500000000")),
                    new Refused(MalformedStun.ATTRIBUTE_OVERRUN, message(MI + "80220001")));

    @Test
    void refusesWhatIsNotFramedAsStun() {
        StunView view = new StunView();
        for (Refused refused : REFUSED) {
            ByteBuf buffer = Bytes.hex(refused.digits);
            assertEquals(refused.reason, view.wrap(buffer, 0, buffer.capacity()), refused.digits);
            assertEquals(refused.reason, Bytes.decode(buffer), refused.digits);
            assertEquals(-1, view.find(AttributeType.SOFTWARE), "a refused view finds nothing");
        }
    }

    @Test
    void refusesPlacesOutsideTheBuffer() {
        ByteBuf buffer = Bytes.hex(Rfc5769Test.REQUEST);
        StunView view = new StunView();
        assertEquals(MalformedStun.TOO_SHORT, view.wrap(buffer, -1, 108));
        assertEquals(MalformedStun.TOO_SHORT, view.wrap(buffer, 1, 108));
        assertEquals(MalformedStun.TOO_SHORT, view.wrap(buffer, Integer.MAX_VALUE, 108));
        assertEquals(MalformedStun.TOO_SHORT, view.wrap(buffer, 0, Integer.MAX_VALUE));
        assertEquals(MalformedStun.TOO_SHORT, view.wrap(buffer, 0, -5));
        assertNull(view.wrap(buffer, 0, 108));
    }

    @Test
    void demandsTheCookieWhereAsked() {
        ByteBuf classic = Bytes.hex("00010000a1b2c3d4000102030405060708090a0b");
        StunView view = new StunView();
        assertNull(view.wrap(classic, 0, 20));
        assertTrue(view.isClassic()); // B-01
        assertEquals(MalformedStun.BAD_COOKIE, view.wrapRequiringCookie(classic, 0, 20));
        assertNull(view.wrapRequiringCookie(Bytes.hex("00010000" + ID), 0, 20));
    }

    @Test
    void refusesUnknownMethods() {
        for (String type : List.of("0000", "0005", "3eef", "0202")) {
            assertEquals(MalformedStun.UNKNOWN_METHOD, Bytes.decode(Bytes.hex(type + "0000" + ID)));
        }
    }

    @Test
    void takesTheFirstOfSeveral() {
        StunView view = Bytes.view(message(LIFETIME_600 + LIFETIME_0));
        assertEquals(24, view.find(AttributeType.LIFETIME));
        assertEquals(4, view.valueLength(24));
        StunMessage message = Bytes.message(message(LIFETIME_600 + LIFETIME_0));
        assertEquals(new Lifetime(600), message.first(Lifetime.class));
        assertEquals(List.of(new Lifetime(600), new Lifetime(0)), message.all(Lifetime.class));
    }

    @Test
    void ignoresWhatFollowsMessageIntegrity() {
        for (String trailer : List.of(MI, MI256, MI + MI256)) {
            String digits = message(trailer + LIFETIME_0 + UNKNOWN_7F01);
            StunView view = Bytes.view(digits);
            assertEquals(-1, view.find(AttributeType.LIFETIME));
            assertFalse(view.hasUnknownComprehensionRequired());
            StunMessage message = Bytes.message(digits);
            assertNull(message.first(Lifetime.class));
            assertEquals(List.of(), message.unknownComprehensionRequired());
        }
    }

    @Test
    void honoursSha256BehindSha1ButNotTheOtherWayRound() {
        StunView both = Bytes.view(message(MI + LIFETIME_0 + MI256));
        assertTrue(both.hasMessageIntegrity() && both.hasMessageIntegritySha256());
        StunView sha256First = Bytes.view(message(MI256 + MI));
        assertTrue(sha256First.hasMessageIntegritySha256());
        assertFalse(sha256First.hasMessageIntegrity());
        StunView none = Bytes.view(message(LIFETIME_0));
        assertFalse(none.hasMessageIntegrity() || none.hasMessageIntegritySha256());
    }

    @Test
    void refusesFingerprintsThatAreWrongOrNotLast() {
        String right = Rfc5769Test.IPV4_RESPONSE;
        assertTrue(Bytes.view(right).fingerprintMatches());
        String wrong = right.substring(0, right.length() - 1) + "d";
        assertFalse(Bytes.view(wrong).fingerprintMatches());
        assertEquals(MalformedStun.FINGERPRINT_MISMATCH, Bytes.decode(Bytes.hex(wrong)));
        String notLast = message("8028000400000000" + LIFETIME_600);
        assertTrue(Bytes.view(notLast).hasFingerprint());
        assertEquals(-1, Bytes.view(notLast).find(AttributeType.LIFETIME));
        assertEquals(MalformedStun.FINGERPRINT_MISMATCH, Bytes.decode(Bytes.hex(notLast)));
        assertEquals(
                MalformedStun.FINGERPRINT_MISMATCH, Bytes.decode(Bytes.hex(message("80280000"))));
    }

    @Test
    void refusesARightFingerprintThatIsNotLast() {
        ByteBuf buffer = Bytes.hex(message("8028000400000000" + LIFETIME_600));
        buffer.setInt(24, Fingerprint.of(buffer, 0, 20));
        StunView view = new StunView();
        assertNull(view.wrap(buffer, 0, 36));
        assertFalse(view.fingerprintMatches());
    }

    @Test
    void readsMessagesWithoutFingerprint() {
        StunView view = Bytes.view(message(LIFETIME_600));
        assertFalse(view.hasFingerprint() || view.fingerprintMatches());
    }

    @Test
    void listsUnknownTypesOnceAndInOrder() {
        StunMessage message =
                Bytes.message(
                        message("7f010000" + "00310000" + "c0de0000" + "7f010000" + LIFETIME_600));
        assertEquals(List.of(0x7F01, 0x0031), message.unknownComprehensionRequired());
        assertEquals(4, message.all(UnknownAttribute.class).size());
        assertTrue(message.has(0xC0DE));
        assertFalse(message.has(AttributeType.DATA));
    }

    @Test
    void takesNoLaterValueForABrokenFirstOne() {
        StunMessage message = Bytes.message(message("000d000100000000" + LIFETIME_600));
        assertNull(message.first(Lifetime.class));
        assertEquals("length 1, expected 4", reason(message));
        StunMessage brokenLater = Bytes.message(message(LIFETIME_600 + "000d000100000000"));
        assertEquals(new Lifetime(600), brokenLater.first(Lifetime.class));
        assertNull(brokenLater.invalid(AttributeType.LIFETIME));
    }

    private static String reason(StunMessage message) {
        StunAttribute.InvalidAttribute invalid = message.invalid(AttributeType.LIFETIME);
        return invalid == null ? "valid" : invalid.why();
    }

    @Test
    void forgetsTheMessageOnClear() {
        StunView view = Bytes.view(Rfc5769Test.REQUEST);
        view.clear();
        assertEquals(0, view.length());
        assertEquals(-1, view.find(AttributeType.USERNAME));
        assertEquals(-1, view.find(AttributeType.MESSAGE_INTEGRITY));
        assertFalse(view.fingerprintMatches());
        assertFalse(view.buffer().isReadable());
    }

    @Test
    void saysWhatIsWrongInWords() {
        for (MalformedStun malformed : MalformedStun.values()) {
            assertFalse(malformed.text().isBlank());
        }
    }
}

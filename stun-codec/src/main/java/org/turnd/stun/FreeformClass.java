package org.turnd.stun;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.BitSet;
import java.util.function.IntPredicate;

/// The FreeformClass of PRECIS (RFC 8264 §4.3, §8, §9), with the contextual rules of RFC 5892
/// appendix A.
///
/// The JDK has no Joining_Type property. A ZERO WIDTH NON-JOINER that does not follow a virama is
/// taken as valid between two letters of one cursive script; the RFC's rule looks at how these
/// letters join.
final class FreeformClass {
    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    /// Pairs of first and last code point: Default_Ignorable_Code_Point of Unicode, without the two
    /// joiners (RFC 8264 §9.13).
    private static final BitSet IGNORABLE =
            ranges(
                    0xAD, 0xAD, 0x34F, 0x34F, 0x61C, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B,
                    0x180F, 0x200B, 0x200B, 0x200E, 0x200F, 0x202A, 0x202E, 0x2060, 0x206F, 0x3164,
                    0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFEFF, 0xFFA0, 0xFFA0, 0xFFF0, 0xFFF8, 0x1BCA0,
                    0x1BCA3, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF);

    /// Hangul_Syllable_Type L, V and T (RFC 8264 §9.9).
    private static final BitSet OLD_HANGUL_JAMO =
            ranges(0x1100, 0x11FF, 0xA960, 0xA97C, 0xD7B0, 0xD7C6, 0xD7CB, 0xD7FB);

    /// Disallowed by RFC 8264 §9.6.
    private static final BitSet DISALLOWED =
            ranges(0x640, 0x640, 0x7FA, 0x7FA, 0x302E, 0x302F, 0x3031, 0x3035, 0x303B, 0x303B);

    /// Canonical_Combining_Class 9.
    private static final BitSet VIRAMAS =
            points(
                    0x94D, 0x9CD, 0xA4D, 0xACD, 0xB4D, 0xBCD, 0xC4D, 0xCCD, 0xD3B, 0xD3C, 0xD4D,
                    0xDCA, 0xE3A, 0xEBA, 0xF84, 0x1039, 0x103A, 0x1714, 0x1715, 0x1734, 0x17D2,
                    0x1A60, 0x1B44, 0x1BAA, 0x1BAB, 0x1BF2, 0x1BF3, 0x2D7F, 0xA806, 0xA82C, 0xA8C4,
                    0xA953, 0xA9C0, 0xAAF6, 0xABED, 0x10A3F, 0x11046, 0x11070, 0x1107F, 0x110B9,
                    0x11133, 0x11134, 0x111C0, 0x11235, 0x112EA, 0x1134D, 0x11442, 0x114C2, 0x115BF,
                    0x1163F, 0x116B6, 0x1172B, 0x11839, 0x1193D, 0x1193E, 0x119E0, 0x11A34, 0x11A47,
                    0x11A99, 0x11C3F, 0x11D44, 0x11D45, 0x11D97);

    private FreeformClass() {}

    /// Tells whether the text has at least one character and all of them belong to the class.
    static boolean contains(String text) {
        int[] points = text.codePoints().toArray();
        if (points.length == 0) {
            return false;
        }
        for (int i = 0; i < points.length; i++) {
            if (!isValid(points, i)) {
                return false;
            }
        }
        return true;
    }

    // The order is that of RFC 8264 §8.
    private static boolean isValid(int[] points, int i) {
        int point = points[i];
        if (DISALLOWED.get(point) || !Character.isDefined(point)) {
            return false;
        }
        return switch (point) {
            case ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER -> isJoinerValid(points, i);
            case 0xB7 -> isAt(points, i - 1, 'l') && isAt(points, i + 1, 'l');
            case 0x375 -> isScriptAt(points, i + 1, UnicodeScript.GREEK);
            case 0x5F3, 0x5F4 -> isScriptAt(points, i - 1, UnicodeScript.HEBREW);
            case 0x30FB -> anyOf(points, FreeformClass::isJapanese);
            default -> isDigitRowValid(points, point) && isFreeform(point);
        };
    }

    private static boolean isFreeform(int point) {
        if (OLD_HANGUL_JAMO.get(point) || IGNORABLE.get(point)) {
            return false;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> false;
            case Character.PRIVATE_USE, Character.UNASSIGNED -> false;
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> hasCompatibility(point);
            default -> true;
        };
    }

    // RFC 8264 §9.17
    private static boolean hasCompatibility(int point) {
        String text = Character.toString(point);
        return !Normalizer.normalize(text, Normalizer.Form.NFKC).equals(text);
    }

    // RFC 5892 A.8, A.9: the two rows of Arabic-Indic digits do not mix.
    private static boolean isDigitRowValid(int[] points, int point) {
        if (isArabicIndic(point)) {
            return !anyOf(points, FreeformClass::isExtendedArabicIndic);
        }
        return !isExtendedArabicIndic(point) || !anyOf(points, FreeformClass::isArabicIndic);
    }

    private static boolean isArabicIndic(int point) {
        return point >= 0x660 && point <= 0x669;
    }

    private static boolean isExtendedArabicIndic(int point) {
        return point >= 0x6F0 && point <= 0x6F9;
    }

    private static boolean isJapanese(int point) {
        return switch (UnicodeScript.of(point)) {
            case HIRAGANA, KATAKANA, HAN -> true;
            default -> false;
        };
    }

    // RFC 5892 A.1, A.2
    private static boolean isJoinerValid(int[] points, int i) {
        if (i > 0 && VIRAMAS.get(points[i - 1])) {
            return true;
        }
        if (points[i] == ZERO_WIDTH_JOINER || i == 0 || i + 1 == points.length) {
            return false;
        }
        UnicodeScript script = UnicodeScript.of(points[i - 1]);
        return isCursive(script)
                && script == UnicodeScript.of(points[i + 1])
                && Character.isLetter(points[i - 1])
                && Character.isLetter(points[i + 1]);
    }

    private static boolean isCursive(UnicodeScript script) {
        return switch (script) {
            case ARABIC, SYRIAC, NKO, MANDAIC, MONGOLIAN, PHAGS_PA -> true;
            case ADLAM, HANIFI_ROHINGYA, SOGDIAN, MANICHAEAN, PSALTER_PAHLAVI -> true;
            default -> false;
        };
    }

    private static boolean isAt(int[] points, int i, int expected) {
        return i >= 0 && i < points.length && points[i] == expected;
    }

    private static boolean isScriptAt(int[] points, int i, UnicodeScript script) {
        return i >= 0 && i < points.length && UnicodeScript.of(points[i]) == script;
    }

    private static boolean anyOf(int[] points, IntPredicate predicate) {
        for (int point : points) {
            if (predicate.test(point)) {
                return true;
            }
        }
        return false;
    }

    private static BitSet ranges(int... firstAndLast) {
        BitSet set = new BitSet();
        for (int i = 0; i < firstAndLast.length; i += 2) {
            set.set(firstAndLast[i], firstAndLast[i + 1] + 1);
        }
        return set;
    }

    private static BitSet points(int... points) {
        BitSet set = new BitSet();
        for (int point : points) {
            set.set(point);
        }
        return set;
    }
}

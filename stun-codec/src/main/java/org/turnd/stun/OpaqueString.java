package org.turnd.stun;

import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/// The OpaqueString profile of PRECIS (RFC 8265 §4.2), which makes equal-looking passwords and
/// realms equal (D-28). Unicode data are those of the Java runtime.
public final class OpaqueString {
    private OpaqueString() {}

    /// Returns the prepared form: non-ASCII spaces as U+0020, then NFC. Returns null for a text
    /// that the profile refuses: an empty one, or one with a character outside the FreeformClass of
    /// RFC 8264, such as controls and invisible characters.
    public static @Nullable String prepare(String text) {
        if (isPrintableAscii(text)) {
            return text.isEmpty() ? null : text;
        }
        StringBuilder spaced = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c)
                .forEach(spaced::appendCodePoint);
        String normal = Normalizer.normalize(spaced, Normalizer.Form.NFC);
        return FreeformClass.contains(normal) ? normal : null;
    }

    /// Returns the prepared form, or the text itself where the profile refuses it.
    public static String prepareOrKeep(String text) {
        String prepared = prepare(text);
        return prepared == null ? text : prepared;
    }

    private static boolean isPrintableAscii(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}

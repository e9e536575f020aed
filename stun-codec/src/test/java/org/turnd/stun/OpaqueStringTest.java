package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OpaqueStringTest {
    // The examples of RFC 8265 §4.3, and the requirement D-28.
    private static final Map<String, String> PREPARED =
            Map.ofEntries(
                    Map.entry("correct horse battery staple", "correct horse battery staple"),
                    Map.entry("Correct Horse Battery Staple", "Correct Horse Battery Staple"),
                    Map.entry("\u03C0\u00DF\u00E5", "\u03C0\u00DF\u00E5"),
                    Map.entry("Jack of \u2666s", "Jack of \u2666s"),
                    Map.entry("foo\u1680bar", "foo bar"),
                    Map.entry("e\u0301", "\u00E9"),
                    Map.entry("a\u00A0b\u3000c\u2003d", "a b c d"),
                    Map.entry("M\u00AAtr\u2168", "M\u00AAtr\u2168"),
                    Map.entry("\uFF21", "\uFF21"),
                    Map.entry("\u1112\u1161\u11AB", "\uD55C"),
                    Map.entry("\uD83D\uDD11", "\uD83D\uDD11"),
                    Map.entry("\u0915\u094D\u200D\u0937", "\u0915\u094D\u200D\u0937"),
                    Map.entry(
                            "\u0646\u0627\u0645\u0647\u200C\u0627\u06CC",
                            "\u0646\u0627\u0645\u0647\u200C\u0627\u06CC"),
                    Map.entry("l\u00B7l", "l\u00B7l"),
                    Map.entry("\u0375\u03B1", "\u0375\u03B1"),
                    Map.entry("\u05D0\u05F3", "\u05D0\u05F3"),
                    Map.entry("\u30A2\u30FB", "\u30A2\u30FB"),
                    Map.entry("\u0661\u0662", "\u0661\u0662"),
                    Map.entry(" ", " "));

    private static final List<String> REFUSED =
            List.of(
                    "",
                    "my cat is a \tby",
                    "a\u0000",
                    "a\u007F",
                    "a\u0085",
                    "The\u00ADM",
                    "a\u200Bb",
                    "\uFEFFa",
                    "a\u2060",
                    "a\u202Eb",
                    "a\uFE0F",
                    "\u1100",
                    "\u115F",
                    "\u0640",
                    "\u303B",
                    "a\uE000",
                    "a\uFFFF",
                    "a\u0378",
                    "a\uD800",
                    "a\u200Db",
                    "a\u200C",
                    "\u200Ca",
                    "a\u00B7b",
                    "\u0375a",
                    "a\u05F3",
                    "a\u30FB",
                    "\u0661\u06F1",
                    "\u06F1\u0661",
                    "a\u2028",
                    "a\u0600",
                    "a\uDB40\uDC41");

    @Test
    @Tag("D-28")
    void preparesWhatTheProfileAllows() {
        PREPARED.forEach((text, prepared) -> assertEquals(prepared, OpaqueString.prepare(text)));
    }

    @Test
    void preparesTwiceAsOnce() {
        PREPARED.values().forEach(text -> assertEquals(text, OpaqueString.prepare(text)));
    }

    @Test
    @Tag("D-28")
    void refusesWhatTheProfileForbids() {
        for (String text : REFUSED) {
            assertNull(OpaqueString.prepare(text), () -> Octets.utf8(text).toString());
            assertEquals(text, OpaqueString.prepareOrKeep(text));
        }
    }
}

package org.turnd.stun;

/// Bounds of numbers that go into fixed-width fields.
final class Range {
    static final long UINT32_MAX = 0xFFFF_FFFFL;

    private Range() {}

    static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + " " + value + " is not " + min + " to " + max);
        }
    }
}

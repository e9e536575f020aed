package org.turnd.cli.coturn;

/// Numbers as coturn reads them: what is none is 0.
final class Numbers {
    private Numbers() {}

    /// Returns the number, or something else where there is no text.
    static long of(String text, long otherwise) {
        if (text.isEmpty()) {
            return otherwise;
        }
        String digits = text.strip().replaceFirst("^(\\d{1,15}).*", "$1");
        return digits.matches("\\d+") ? Long.parseLong(digits) : 0;
    }
}

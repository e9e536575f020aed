package org.turnd.server.config;

/// What one value of a key may be.
///
/// @param <T> what it is read as
interface ValueType<T> {
    /// Reads a value, throwing [Mismatch] when it isn't one.
    T parse(String text) throws Mismatch;

    /// What is expected, for messages and the reference: `a duration from 1s to 1h`.
    String expected();

    /// A text is no value of a type.
    final class Mismatch extends Exception {
        private static final long serialVersionUID = 1;

        private final String fix;

        /// @param fix what to do about it
        Mismatch(String fix) {
            super(fix);
            this.fix = fix;
        }

        String fix() {
            return fix;
        }
    }
}

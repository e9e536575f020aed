package org.turnd.cli.coturn;

/// Something that the operator should know of a translation.
///
/// @param kind how much it matters
/// @param line where, 0: about the file as a whole
/// @param source the line without its secret, or an empty text
/// @param text what became of it, and what to do
record Finding(Kind kind, int line, String source, String text) {
    /// How much a finding matters, most first.
    enum Kind {
        /// It would be unsafe, and is not carried over as it is.
        UNSAFE("UNSAFE"),
        /// It is not in turnd's configuration.
        LEFT_OUT("left out"),
        /// It is there, and not quite the same.
        CHANGED("changed"),
        /// turnd does it anyway.
        NEEDLESS("needless");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        /// Whether the operator has to do something.
        boolean isLoss() {
            return this == UNSAFE || this == LEFT_OUT;
        }
    }

    /// One line for people.
    ///
    /// @param file what the configuration is called
    String toText(String file) {
        String place = line == 0 ? file : file + ":" + line;
        String what = source.isEmpty() ? "" : ": " + source;
        return "%-8s  %s%s: %s".formatted(kind.word(), place, what, text);
    }
}

package org.turnd.cli.coturn;

import org.jspecify.annotations.Nullable;

/// One option of coturn's.
///
/// @param name its long name, as in turnserver.conf
/// @param letter its short name on a command line, or null
/// @param takes what stands behind it
/// @param fate what becomes of it
/// @param text the key of turnd's that it becomes, or why there is none; Markdown
public record CoturnOption(
        String name, @Nullable String letter, Takes takes, Fate fate, String text) {
    /// What stands behind an option.
    public enum Takes {
        /// Nothing, or whether it is meant.
        FLAG,
        VALUE,
        /// A value that nobody may see.
        SECRET
    }

    /// What becomes of an option.
    public enum Fate {
        /// It is translated to a key of turnd's, or at least proposed as one.
        KEY,
        /// turnd does what is wanted without being told.
        NEEDLESS,
        /// turnd has no counterpart.
        NONE
    }
}

package org.turnd.cli.coturn;

import java.util.Locale;
import org.turnd.cli.coturn.CoturnOption.Takes;

/// An option as it is given.
///
/// @param value what stands behind it, or an empty text
/// @param line where, from 1
record CoturnLine(CoturnOption option, String value, int line) {
    /// What the line says, without its secret.
    String source() {
        if (value.isEmpty()) {
            return option.name();
        }
        return option.name() + "=" + (option.takes() == Takes.SECRET ? "..." : value);
    }

    /// Whether a flag is meant: coturn looks at the first letters of its value.
    boolean isOn() {
        String text = value.toLowerCase(Locale.ROOT);
        return !(text.startsWith("0")
                || text.startsWith("n")
                || text.startsWith("f")
                || text.startsWith("of"));
    }
}

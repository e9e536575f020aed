package org.turnd.cli.doctor;

import org.jspecify.annotations.Nullable;

/// Something that the doctor saw.
///
/// @param area one word: `configuration`, `listener`, `relay`, `address`, `tls`, `kernel`, `clock`,
///   `plane`
/// @param severity how bad it is
/// @param text what was seen, for people
/// @param fix what to do about it; null where nothing need be done
public record Finding(String area, Severity severity, String text, @Nullable String fix) {
    /// How bad a finding is.
    public enum Severity {
        /// All is well.
        OK,
        /// It works, and yet somebody should look at it.
        WARNING,
        /// Clients are refused, or get what doesn't work.
        FAILURE
    }

    static Finding ok(String area, String text) {
        return new Finding(area, Severity.OK, text, null);
    }

    static Finding warning(String area, String text, String fix) {
        return new Finding(area, Severity.WARNING, text, fix);
    }

    static Finding failure(String area, String text, String fix) {
        return new Finding(area, Severity.FAILURE, text, fix);
    }
}

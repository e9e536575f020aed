package org.turnd.server.simulation;

import org.jspecify.annotations.Nullable;

/// Something happened that RFC 8656 or the server's own promises rule out.
final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1;

    SimulationFailure(String what) {
        super(what);
    }

    SimulationFailure(String what, Throwable cause) {
        super(what, cause);
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new SimulationFailure(otherwise);
        }
    }

    /// @param arguments of [String#format]; not looked at unless the check fails
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    static void check(boolean holds, String otherwise, @Nullable Object... arguments) {
        if (!holds) {
            throw new SimulationFailure(otherwise.formatted(arguments));
        }
    }
}

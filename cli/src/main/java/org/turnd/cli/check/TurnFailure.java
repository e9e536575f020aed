package org.turnd.cli.check;

import org.jspecify.annotations.Nullable;

/// Ends what a [TurnClient] was asked to do; the reason is a value.
public final class TurnFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    /// Makes an exception around a reason.
    ///
    /// @param cause what was thrown below, null where nothing was
    public TurnFailure(Failure failure, @Nullable Throwable cause) {
        super(failure.toString(), cause);
        this.failure = failure;
    }

    /// Makes an exception around a reason that nothing was thrown for.
    public TurnFailure(Failure failure) {
        this(failure, null);
    }

    /// Returns the reason.
    public Failure failure() {
        return failure;
    }
}

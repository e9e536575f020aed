package org.turnd.server.auth;

import org.jspecify.annotations.Nullable;

/// A store can't answer now: it can't be reached, is too slow, or said something that makes no
/// sense. Its text is for the log and names no password, key or secret.
public final class StoreFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean isOfOneUser;

    /// @param message what happened, for the operator
    public StoreFailure(String message) {
        this(message, null, false);
    }

    /// @param message what happened, for the operator
    public StoreFailure(String message, Throwable cause) {
        this(message, cause, false);
    }

    private StoreFailure(String message, @Nullable Throwable cause, boolean isOfOneUser) {
        super(message, cause);
        this.isOfOneUser = isOfOneUser;
    }

    /// The store answers, but what it has of this one user is of no use.
    public static StoreFailure ofOneUser(String message) {
        return new StoreFailure(message, null, true);
    }

    /// Says whether the store may well answer for other users.
    public boolean isOfOneUser() {
        return isOfOneUser;
    }
}

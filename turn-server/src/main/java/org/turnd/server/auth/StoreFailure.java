package org.turnd.server.auth;

/// A store can't answer now: it can't be reached, is too slow, or said something that makes no
/// sense. Its text is for the log and names no password, key or secret.
public final class StoreFailure extends Exception {
    private static final long serialVersionUID = 1;

    /// @param message what happened, for the operator
    public StoreFailure(String message) {
        super(message);
    }

    /// @param message what happened, for the operator
    public StoreFailure(String message, Throwable cause) {
        super(message, cause);
    }
}

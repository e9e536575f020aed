package org.turnd.peers.lab;

/// A laboratory could not be built, used or taken down; the message says what and how to help.
public final class LaboratoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Creates the exception.
    ///
    /// @param message what failed, and the fix where there is one
    public LaboratoryException(String message) {
        super(message);
    }

    /// Creates the exception with its cause.
    ///
    /// @param message what failed, and the fix where there is one
    /// @param cause what went wrong below
    public LaboratoryException(String message, Throwable cause) {
        super(message, cause);
    }
}

package org.turnd.peers.call;

/// A call did not do what was asked of it; the message tells what was waited for and what was seen
/// instead.
public final class CallFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Creates the failure.
    ///
    /// @param message what was expected and what was seen
    public CallFailure(String message) {
        super(message);
    }
}

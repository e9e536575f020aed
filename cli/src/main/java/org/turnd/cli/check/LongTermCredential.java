package org.turnd.cli.check;

/// What a user proves to be one with (RFC 8489 §9.2).
///
/// @param username as in an `RTCIceServer`
/// @param password as `credential` in an `RTCIceServer`
public record LongTermCredential(String username, String password) {
    /// Returns the user's name and nothing of the password.
    @Override
    public String toString() {
        return "LongTermCredential[" + username + "]";
    }
}

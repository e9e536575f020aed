package org.turnd.stun;

/// A user name and password for `RTCConfiguration.iceServers`.
///
/// @param password secret, therefore not in the text form
public record RestCredential(String username, String password) {
    /// Returns the user name only.
    @Override
    public String toString() {
        return "RestCredential[" + username + "]";
    }
}

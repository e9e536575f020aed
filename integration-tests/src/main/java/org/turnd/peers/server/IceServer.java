package org.turnd.peers.server;

/// A TURN server as a peer is told of it: one entry of `RTCConfiguration.iceServers`.
///
/// @param url for example `turn:11.0.0.10:3478?transport=tcp`
/// @param username the user name
/// @param credential the password
public record IceServer(String url, String username, String credential) {
    /// Returns what a client speaks to the server over (RFC 7065 §3).
    ///
    /// @return the transport the URL asks for
    public TurnTransport transport() {
        if (url.startsWith("turns:")) {
            return TurnTransport.TLS;
        }
        return url.endsWith("?transport=tcp") ? TurnTransport.TCP : TurnTransport.UDP;
    }
}

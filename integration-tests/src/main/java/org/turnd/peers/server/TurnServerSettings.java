package org.turnd.peers.server;

import java.time.Instant;
import java.util.List;
import org.turnd.stun.RestCredential;
import org.turnd.stun.RestCredentials;

/// What a TURN server of a test is told, whichever server it is.
///
/// @param addresses the addresses it listens on and relays from, IPv4 first; literals without
///   brackets
/// @param secret what time-limited credentials are derived from
/// @param privatePeersAllowed peers in private ranges may be reached, which servers refuse by
///   default
public record TurnServerSettings(
        List<String> addresses, String secret, boolean privatePeersAllowed) {
    /// The port for UDP and TCP.
    public static final int PORT = 3478;

    /// The port for TLS.
    public static final int TLS_PORT = 5349;

    /// The realm.
    public static final String REALM = "turnd.test";

    private static final String DEFAULT_SECRET = "peers-laboratory-7c1f0e0bb6a94d58";

    /// Copies the list of addresses.
    public TurnServerSettings {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a server needs an address");
        }
    }

    /// Returns the settings of a server which is careful with its peers.
    ///
    /// @param addresses what it listens on and relays from
    /// @return the settings
    public static TurnServerSettings on(String... addresses) {
        return new TurnServerSettings(List.of(addresses), DEFAULT_SECRET, false);
    }

    /// Returns the same settings with private peers allowed.
    ///
    /// @return the changed copy
    public TurnServerSettings allowingPrivatePeers() {
        return new TurnServerSettings(addresses, secret, true);
    }

    /// Returns the URL of the server.
    ///
    /// @param address one of [#addresses], or a name of it
    /// @param transport how clients speak to it
    /// @return a `turn:` or `turns:` URI (RFC 7065)
    public static String url(String address, TurnTransport transport) {
        var host = address.contains(":") ? "[" + address + "]" : address;
        return switch (transport) {
            case UDP -> "turn:" + host + ":" + PORT + "?transport=udp";
            case TCP -> "turn:" + host + ":" + PORT + "?transport=tcp";
            case TLS -> "turns:" + host + ":" + TLS_PORT + "?transport=tcp";
        };
    }

    /// Returns an ICE server with credentials that are good for an hour.
    ///
    /// @param address one of [#addresses], or a name of it
    /// @param transport how clients speak to it
    /// @return the entry for a peer's configuration
    public IceServer iceServer(String address, TurnTransport transport) {
        return iceServer(address, transport, credential(secret, 3600));
    }

    /// Returns an ICE server with the given credentials.
    ///
    /// @param address one of [#addresses], or a name of it
    /// @param transport how clients speak to it
    /// @param credentials good or bad ones
    /// @return the entry for a peer's configuration
    public IceServer iceServer(
            String address, TurnTransport transport, RestCredential credentials) {
        return new IceServer(
                url(address, transport), credentials.username(), credentials.password());
    }

    /// Issues a time-limited credential.
    ///
    /// @param secret the server's shared secret, or a wrong one
    /// @param lifetimeSeconds counted from now; negative for one that has expired already
    /// @return the credential of user `peer`
    public static RestCredential credential(String secret, long lifetimeSeconds) {
        long expiryEpochSeconds = Instant.now().getEpochSecond() + lifetimeSeconds;
        return RestCredentials.issue(secret, "peer", expiryEpochSeconds, ':');
    }
}

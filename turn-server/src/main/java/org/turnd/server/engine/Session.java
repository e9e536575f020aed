package org.turnd.server.engine;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// One live allocation as an operator sees it: a copy, made at one moment.
///
/// @param realm the realm of its user
/// @param username what quotas and logs call its user; no secret
/// @param source what the user's key was made with, see [Credential#source]
/// @param listener index of the listener that the client reaches
/// @param client the client's address as the server sees it
/// @param relayed its relayed transport addresses, one or two
/// @param isTcpRelay the relayed transport addresses are TCP's (RFC 6062)
/// @param isMobile the client may come back from elsewhere with a ticket (RFC 8016)
/// @param isAbandoned its connection has closed, and the server waits for the client to come back
/// @param permissions, channels, connections those that are live now; connections of a TCP relay
/// @param age since the Allocate was answered
/// @param remaining until the first relayed transport address expires, unless it is refreshed
/// @param bytesToPeers, bytesToClient application data
/// @param packetsToPeers, packetsToClient of a UDP relay
public record Session(
        AllocationId id,
        String realm,
        String username,
        @Nullable String source,
        Transport transport,
        int listener,
        TransportAddress client,
        List<TransportAddress> relayed,
        boolean isTcpRelay,
        boolean isMobile,
        boolean isAbandoned,
        int permissions,
        int channels,
        int connections,
        Duration age,
        Duration remaining,
        long bytesToPeers,
        long bytesToClient,
        long packetsToPeers,
        long packetsToClient) {
    public Session {
        relayed = List.copyOf(relayed);
    }

    /// A session with the peers that its client may reach.
    public record Details(Session session, List<Permission> permissions, List<Channel> channels) {
        public Details {
            permissions = List.copyOf(permissions);
            channels = List.copyOf(channels);
        }
    }

    /// A live permission (RFC 8656 §9).
    ///
    /// @param peer its port is 0: permissions know none
    public record Permission(TransportAddress peer, Duration remaining) {}

    /// A live channel (RFC 8656 §12).
    public record Channel(int number, TransportAddress peer, Duration remaining) {}
}

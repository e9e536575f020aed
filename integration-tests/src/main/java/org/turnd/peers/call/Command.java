package org.turnd.peers.call;

import java.util.List;
import org.turnd.peers.server.IceServer;

/// What a peer process is told, one line of JSON each. Every command is for one link: one end of
/// one connection.
sealed interface Command {
    /// Which of the process's connections it is for.
    String link();

    /// Make a connection with audio and video tracks.
    ///
    /// @param iceServers where to find relays
    /// @param relayOnly no candidates but relayed ones
    /// @param initiator this end makes the data channel
    record Open(String link, List<IceServer> iceServers, boolean relayOnly, boolean initiator)
            implements Command {}

    /// Make an offer.
    ///
    /// @param iceRestart with new ICE credentials, to start over
    record Offer(String link, boolean iceRestart) implements Command {}

    /// Take the other end's description; an offer is answered.
    ///
    /// @param type `OFFER` or `ANSWER`
    record Describe(String link, String type, String sdp) implements Command {}

    /// Take a candidate of the other end.
    record AddCandidate(String link, String mid, int index, String sdp) implements Command {}

    /// Add a video track, which takes effect with the next offer.
    record AddVideo(String link) implements Command {}

    /// Send random bytes over the data channel.
    record SendFile(String link, int bytes) implements Command {}

    /// Report the connection's statistics.
    record Measure(String link) implements Command {}

    /// Close the connection.
    record Close(String link) implements Command {}
}

package org.turnd.peers.call;

/// What a peer process tells of one of its links, one line of JSON each.
sealed interface Event {
    /// Which of the process's connections it is about.
    String link();

    /// This end has described itself: to be carried to the other end.
    ///
    /// @param type `OFFER` or `ANSWER`
    record Described(String link, String type, String sdp) implements Event {}

    /// This end has found a candidate: to be carried to the other end.
    record CandidateFound(String link, String mid, int index, String sdp) implements Event {}

    /// A STUN or TURN server has refused, or not answered.
    ///
    /// @param code the STUN error code, or 701 where there was no answer
    record CandidateError(String link, String url, int code, String text) implements Event {}

    /// All candidates have been found.
    record GatheringComplete(String link) implements Event {}

    /// The connection as a whole has another state.
    ///
    /// @param state of `RTCPeerConnectionState`
    record StateChanged(String link, String state) implements Event {}

    /// The data channel may be used.
    record ChannelOpened(String link) implements Event {}

    /// A file has been handed to the data channel.
    record FileSent(String link, int bytes, String sha256) implements Event {}

    /// A file has arrived.
    record FileReceived(String link, int bytes, String sha256) implements Event {}

    /// The statistics asked for.
    record Measured(String link, Measurement measurement) implements Event {}

    /// Something went wrong inside the peer.
    record Failed(String link, String message) implements Event {}
}

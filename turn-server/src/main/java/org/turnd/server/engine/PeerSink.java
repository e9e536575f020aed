package org.turnd.server.engine;

/// What a [TurnEngine] does to the outside world for relayed transport addresses of TCP (RFC 6062).
/// Called on the engine's own thread only; what comes of it goes to [TurnEngine#peers].
public interface PeerSink {
    /// Opens the listening socket of a relayed transport address, as [EngineSink#bindRelay] does
    /// for UDP. What peers connect to it goes to [PeerInputs#onAccepted].
    void listen(int relay, long high, long low, int port);

    /// Closes that socket.
    void stopListening(int relay);

    /// Opens a connection from a relayed transport address to a peer (RFC 6062 §5.2). The answer is
    /// exactly one call of [PeerInputs#onConnected] or [PeerInputs#onConnectFailed], now or later,
    /// unless [#close] comes first. Nothing is read from it before [#bind].
    ///
    /// @param connection id that no other live connection of the server has
    void connect(int relay, int connection, long high, long low, int port);

    /// Makes the stream of this client, from the byte behind the message that is being handled, and
    /// a connection to a peer one: what comes from one goes to the other as it is (RFC 6062 §5.4).
    /// No message of the client reaches an engine any more. The connection's shard hears of it by
    /// [PeerInputs#onBound].
    ///
    /// @param shard the shard that has the connection
    void bind(ClientPath client, int shard, int connection);

    /// Closes a connection to a peer, or the attempt at one, and the client's stream that is bound
    /// to it. Nothing is heard of it any more.
    void close(int connection);
}

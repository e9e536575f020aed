package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;

/// Everything a [TurnEngine] does to the outside world. Called on the engine's own thread only.
///
/// Every buffer is borrowed: the callee copies or sends the bytes before it returns. Addresses are
/// the 128 bits of an IPv6 address in two longs; IPv4 is its IPv4-mapped form.
public interface EngineSink {
    /// Sends one STUN message or ChannelData message to a client. On a stream the callee adds the
    /// ChannelData padding of RFC 8656 §12.5. What can't be sent now is dropped and counted. What
    /// is for a stream of another shard ([ClientPath#isRemote]), or leaves from a socket that only
    /// that one has, goes there as [ClientPass#DATA].
    void sendToClient(ClientPath client, ByteBuf buffer, int offset, int length);

    /// As [#sendToClient], for a Data indication or ChannelData: over UDP with the DSCP and ECN of
    /// the datagram that is being handled and a hop limit one less, as far as the callee knows them
    /// (K-01 to K-05).
    default void relayToClient(ClientPath client, ByteBuf buffer, int offset, int length) {
        sendToClient(client, buffer, offset, length);
    }

    /// Sends one UDP datagram from a relayed transport address, with the DSCP and ECN of the
    /// datagram that is being handled and a hop limit one less, as far as the callee knows them
    /// (K-01 to K-05). It may be fragmented.
    void sendToPeer(
            int relay,
            long peerHigh,
            long peerLow,
            int peerPort,
            ByteBuf buffer,
            int offset,
            int length);

    /// Says whether [#sendWholeToPeer] works.
    default boolean setsDontFragment() {
        return false;
    }

    /// As [#sendToPeer], but in one piece or not at all: the DF bit is set, and over IPv6 the
    /// sender doesn't fragment. Called only where [#setsDontFragment].
    default void sendWholeToPeer(
            int relay,
            long peerHigh,
            long peerLow,
            int peerPort,
            ByteBuf buffer,
            int offset,
            int length) {
        throw new UnsupportedOperationException("DF can't be set");
    }

    /// Passes a datagram to a relayed transport address that lives on another shard; there it goes
    /// to [TurnEngine#onHandOver].
    void handOver(
            int shard,
            long relayHigh,
            long relayLow,
            int relayPort,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            ByteBuf buffer,
            int offset,
            int length);

    /// Passes something about a client that has moved to another shard (RFC 8016), with the
    /// client's five-tuple and [ClientPath#isLeased] and [ClientPath#leaseNanos] as they are now.
    /// What it comes to there its kind says. What one shard passes to another arrives in order, or
    /// not at all.
    default void passClient(
            int shard, ClientPass kind, ClientPath client, ByteBuf buffer, int offset, int length) {
        throw new IllegalStateException("this server has one shard");
    }

    /// Opens the socket of a relayed transport address. The answer is exactly one call of
    /// [TurnEngine#onRelayBound] or [TurnEngine#onRelayFailed], now or later, unless [#closeRelay]
    /// comes first; after that the id means nothing until it is bound again.
    ///
    /// @param relay id chosen by the engine, small and reused
    /// @param high, low, port the local address to bind, not its external mapping
    void bindRelay(int relay, long high, long low, int port);

    /// What is done for relayed transport addresses of TCP.
    PeerSink peers();

    /// Closes the socket of a relayed transport address; nothing may arrive from it any more.
    void closeRelay(int relay);
}

package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;

/// One shard's STUN and TURN server (RFC 8489, RFC 8656): input and time in, output through an
/// [EngineSink].
///
/// It has no socket, clock, thread or logger. All methods are called on one thread, with a
/// `nowNanos` that never goes back. Addresses are the 128 bits of an IPv6 address in two longs;
/// IPv4 is its IPv4-mapped form. Every buffer is borrowed until the method returns, and its 64
/// bytes before `offset` and 4 bytes after `offset + length` may be written.
public final class TurnEngine {
    private final EngineCounters counters = new EngineCounters();

    public TurnEngine(
            int shard,
            EngineSettings settings,
            SharedState shared,
            Credentials credentials,
            PeerPolicy policy,
            EngineSink sink,
            EngineEvents events,
            ChannelOffload offload,
            RandomGenerator random) {}

    /// A UDP datagram from a client.
    public void onDatagram(
            int listener,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {}

    /// One STUN message or ChannelData message (with or without its padding) from a stream client.
    public void onStreamMessage(
            ClientPath client, ByteBuf buffer, int offset, int length, long nowNanos) {}

    /// The connection of a stream client is gone.
    public void onStreamClosed(ClientPath client, long nowNanos) {}

    /// A UDP datagram from a peer to a relayed transport address.
    public void onPeerDatagram(
            int relay,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {}

    /// A datagram that another shard passed on, for a relayed transport address of this one.
    public void onHandOver(
            long relayHigh,
            long relayLow,
            int relayPort,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {}

    /// The socket asked for with [EngineSink#bindRelay] is open.
    public void onRelayBound(int relay, long nowNanos) {}

    /// The socket asked for with [EngineSink#bindRelay] can't be opened.
    public void onRelayFailed(int relay, long nowNanos) {}

    /// When [#onTimer] must be called next, or `Long.MAX_VALUE`.
    public long nextDeadlineNanos() {
        return Long.MAX_VALUE;
    }

    /// Ends what has expired.
    public void onTimer(long nowNanos) {}

    /// Ends every allocation.
    public void stop(long nowNanos) {}

    /// Live allocations. Engine's thread only.
    public int allocationCount() {
        return 0;
    }

    /// Counts, readable on every thread.
    public EngineCounters counters() {
        return counters;
    }
}

package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import org.turnd.server.net.ShardCounters.Counter;

/// Sends relayed datagrams on with what is kept of the IP header they came with (RFC 8656 §13 to
/// §16).
final class RelayedSends {
    private final UdpIo udp;
    private final ShardCounters counters;

    /// The [IpHeader] of what the engine is handling.
    private int header;

    RelayedSends(UdpIo udp, ShardCounters counters) {
        this.udp = udp;
        this.counters = counters;
    }

    /// The engine gets the datagram that the plane is delivering.
    void beginDatagram() {
        header = IpHeader.of(udp.receivedTrafficClass(), udp.receivedHopLimit());
    }

    /// The engine gets what came over a stream: nothing is kept of that (K-08).
    void beginFrame() {
        header = IpHeader.NONE;
    }

    /// The engine gets a datagram of another shard.
    void beginHandOver(int receivedHeader) {
        header = receivedHeader;
    }

    int header() {
        return header;
    }

    /// Sends a datagram as [UdpIo#send] does.
    void send(int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        if (!isSpent()) {
            udp.send(
                    socket,
                    high,
                    low,
                    port,
                    buffer,
                    offset,
                    length,
                    IpHeader.trafficClass(header),
                    IpHeader.onwardHopLimit(header));
        }
    }

    /// Sends a datagram as [UdpIo#sendWhole] does.
    void sendWhole(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        if (!isSpent()) {
            udp.sendWhole(
                    socket,
                    high,
                    low,
                    port,
                    buffer,
                    offset,
                    length,
                    IpHeader.trafficClass(header),
                    IpHeader.onwardHopLimit(header));
        }
    }

    // K-05, K-12: what goes round and round comes to an end.
    private boolean isSpent() {
        if (IpHeader.isSpent(header)) {
            counters.add(Counter.HOP_LIMITS_EXCEEDED, 1);
            return true;
        }
        return false;
    }
}

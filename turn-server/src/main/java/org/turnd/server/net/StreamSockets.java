package org.turnd.server.net;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.socket.SocketChannel;

/// What the TCP connections of clients and of peers have in common.
final class StreamSockets {
    private StreamSockets() {}

    /// Sets the options of a connection that nothing was read from yet.
    static void prepare(SocketChannel channel) {
        channel.config()
                // Costs less for a packet than Netty's usual one.
                .setAllocator(PooledByteBufAllocator.DEFAULT)
                .setRecvByteBufAllocator(new StreamReads())
                .setTcpNoDelay(true)
                .setKeepAlive(true)
                .setAllowHalfClosure(true);
    }

    /// From now on the connection carries relayed data (RFC 6062).
    static void carryData(SocketChannel channel) {
        StreamReads reads = channel.config().getRecvByteBufAllocator();
        reads.beLong();
    }
}

package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import org.turnd.cli.check.Carrier;
import org.turnd.stun.TransportAddress;

/// What a peer is to one client: a socket, and the relayed address that it talks to. Many clients
/// may have the same socket for their peer, as participants of a conference have.
///
/// @param address where the socket is
/// @param relayed the client's relayed transport address
record PeerLink(BenchLoop loop, int socket, TransportAddress address, TransportAddress relayed)
        implements Link {
    @Override
    public boolean send(ByteBuf frame, int length) {
        loop.udp().send(socket, relayed.high(), relayed.low(), relayed.port(), frame, 0, length);
        return true;
    }

    /// Tells whether a datagram from this address is from the client.
    boolean isFrom(long high, long low, int port) {
        return low == relayed.low() && port == relayed.port() && high == relayed.high();
    }

    @Override
    public Carrier carrier() {
        return Carrier.UDP;
    }
}

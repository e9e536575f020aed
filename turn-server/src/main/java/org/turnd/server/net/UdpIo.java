package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.turnd.stun.TransportAddress;

/// The UDP data plane of one shard: sockets by number, addresses as primitives, buffers reused.
///
/// Every method is called on the shard's event loop, and nothing here allocates for a packet.
/// Addresses are the 128 bits of an IPv6 address in two longs; IPv4 is its IPv4-mapped form.
public interface UdpIo extends AutoCloseable {
    /// Writable bytes before every received datagram: room for a Data indication's header (20), an
    /// IPv6 XOR-PEER-ADDRESS (24) and the DATA attribute's header (4).
    int HEADROOM_BYTES = 64;

    /// Writable bytes after every received datagram: room for attribute padding.
    int TAILROOM_BYTES = 4;

    /// Opens and binds a socket.
    ///
    /// @param high, low, port the local address; never a wildcard; port 0 picks a free one
    /// @param role decides how much is read at once and how much the kernel queues
    /// @param receiver gets what arrives
    /// @return the socket's number, small and reused after [#close(int)]
    /// @throws IOException when the address can't be bound
    int open(long high, long low, int port, Role role, Receiver receiver) throws IOException;

    /// Opens and binds a socket, as the longer form does.
    default int open(TransportAddress local, Role role, Receiver receiver) throws IOException {
        return open(local.high(), local.low(), local.port(), role, receiver);
    }

    /// The port an open socket is bound to.
    int localPort(int socket);

    /// Sends one datagram with the system's own IP header, as the longer form does.
    default void send(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        send(socket, high, low, port, buffer, offset, length, 0, 0);
    }

    /// Sends one datagram, or drops it and counts why. Borrows the buffer. A peer that can't be
    /// reached costs this packet and nothing else.
    ///
    /// @param trafficClass the octet of DSCP and ECN; a plane that can't set it sends 0
    /// @param hopLimit TTL or hop limit, 1 to 255; 0, and on a plane that can't set it any value,
    ///   means the system's own
    void send(
            int socket,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            int trafficClass,
            int hopLimit);

    /// Says whether [#sendWhole] works.
    boolean setsDontFragment();

    /// As [#send], in one piece or not at all: over IPv4 with the DF bit set, over IPv6 without a
    /// Fragment header. Only where [#setsDontFragment]. What [#send] sends may be fragmented, and
    /// its DF bit isn't set.
    void sendWhole(
            int socket,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            int trafficClass,
            int hopLimit);

    /// The octet of DSCP and ECN of the datagram that [Receiver#onDatagram] is getting; 0 when the
    /// plane can't tell.
    int receivedTrafficClass();

    /// That datagram's TTL or hop limit; 0 when the plane can't tell or wasn't asked to.
    int receivedHopLimit();

    /// Sends what [#send] has staged. The shard calls it once at the end of every wake-up.
    void flush();

    /// Sleeps on the loop's thread, exact to microseconds; a plane that can't doesn't sleep.
    ///
    /// @param nanos below a second
    default void sleep(long nanos) {}

    /// Closes one socket. Its receiver is not called again.
    void close(int socket);

    /// Closes every socket.
    @Override
    void close();

    /// What the plane counts. Readable on every thread.
    UdpCounters counters();

    /// What a socket is for. A listener serves every client of its shard and a relay socket one
    /// allocation: with equal budgets a hundred relays would starve the listener.
    enum Role {
        LISTENER,
        /// A listener whose address other shards bind too; the kernel spreads clients over them.
        SHARED_LISTENER,
        RELAY
    }

    /// Gets what arrives at a socket.
    interface Receiver {
        /// One datagram. The buffer is borrowed: its bytes from `offset - HEADROOM_BYTES` to
        /// `offset + length + TAILROOM_BYTES` may be written until this method returns.
        void onDatagram(
                int socket, long high, long low, int port, ByteBuf buffer, int offset, int length);

        /// An ICMP error about a datagram that this socket sent, from whoever on its way, or what
        /// ICMP would say of one too big to be sent whole. Relay sockets of a plane that hears of
        /// them only.
        ///
        /// @param high, low, port where the datagram was sent to
        /// @param type, code of ICMP, or of ICMPv6 when the address is IPv6
        /// @param mtu the next hop's MTU in "fragmentation needed" and "packet too big", else 0
        default void onIcmpError(
                int socket, long high, long low, int port, int type, int code, int mtu) {}
    }
}

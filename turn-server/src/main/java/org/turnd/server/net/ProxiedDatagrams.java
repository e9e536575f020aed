package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.FiveTupleTable;
import org.turnd.server.engine.Transport;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.server.policy.AddressRanges;
import org.turnd.stun.TransportAddress;

/// UDP clients behind proxies: each datagram names its client in a PROXY header, and what is for
/// the client goes back to the proxy, without a header, where its last datagram came from (T-02).
///
/// Where that is, is kept for five-tuples with an allocation: no longer and for no others. An
/// answer goes to where its request came from. Belongs to its shard's thread.
final class ProxiedDatagrams {
    /// Takes what proxies pass on.
    interface Receiver {
        /// A datagram of a client, as [UdpIo.Receiver#onDatagram].
        void onDatagram(
                int listener,
                long high,
                long low,
                int port,
                ByteBuf buffer,
                int offset,
                int length);
    }

    /// Where a proxy's datagrams for one client come from.
    private static final class Origin {
        long high;
        long low;

        /// 0 until a datagram has come.
        int port;

        /// Allocates nothing; a proxy may use another port for every datagram.
        void set(long newHigh, long newLow, int newPort) {
            high = newHigh;
            low = newLow;
            port = newPort;
        }
    }

    /// Five-tuples at most whose proxies are kept. There are no more than allocations have, and
    /// those of which another shard's last word was lost.
    private static final int ORIGINS_MAX = 1 << 20;

    private final AddressRanges trusted;
    private final ShardCounters counters;
    private final UdpIo udp;
    private final SocketOwners sockets;
    private final Receiver receiver;
    private final BitSet listeners = new BitSet();
    private final FiveTupleTable<Origin> origins;
    private final ProxyHeader header = new ProxyHeader();

    /// The client of the last datagram, and where that came from.
    private int lastListener = -1;

    private long lastHigh;
    private long lastLow;
    private int lastPort;
    private final Origin last = new Origin();

    /// @param trusted the proxies that are believed
    /// @param sockets is told of the sockets that are opened here
    ProxiedDatagrams(
            AddressRanges trusted,
            ShardCounters counters,
            UdpIo udp,
            SocketOwners sockets,
            Receiver receiver) {
        this.trusted = trusted;
        this.counters = counters;
        this.udp = udp;
        this.sockets = sockets;
        this.receiver = receiver;
        origins = new FiveTupleTable<>(new SecureRandom().nextLong());
    }

    /// Opens a listener's socket. Only one shard does: a client's datagrams belong together
    /// although a proxy may send them from any port.
    ///
    /// @return the port it is bound to
    int listen(int listener, TransportAddress address) throws IOException {
        int socket =
                udp.open(
                        address.high(),
                        address.low(),
                        address.port(),
                        UdpIo.Role.LISTENER,
                        this::onDatagram);
        sockets.addListener(listener, socket);
        listeners.set(listener);
        return udp.localPort(socket);
    }

    /// Says whether a client is behind a proxy, over UDP.
    boolean serves(ClientPath client) {
        return client.transport() == Transport.UDP && listeners.get(client.listener());
    }

    private void onDatagram(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        if (!trusted.contains(high, low)) {
            counters.add(Counter.DATAGRAMS_NOT_TRUSTED, 1);
            return;
        }
        int headerBytes = header.read(buffer, offset, length, false);
        if (headerBytes == ProxyHeader.INVALID) {
            counters.add(Counter.DATAGRAMS_NOT_PROXIED, 1);
            return;
        }
        int listener = sockets.owner(socket);
        lastListener = listener;
        lastHigh = header.hasSource() ? header.high() : high;
        lastLow = header.hasSource() ? header.low() : low;
        lastPort = header.hasSource() ? header.port() : port;
        last.set(high, low, port);
        Origin known = origins.find(listener, lastHigh, lastLow, lastPort);
        if (known != null) {
            known.set(high, low, port);
        }
        receiver.onDatagram(
                listener,
                lastHigh,
                lastLow,
                lastPort,
                buffer,
                offset + headerBytes,
                length - headerBytes);
    }

    /// Told whether a client's five-tuple has an allocation. Another shard's word of it (RFC 8016)
    /// comes late, and then the client's next datagram, its request once more if need be, tells
    /// where its proxy is.
    void mark(ClientPath client, boolean hasAllocation) {
        if (!serves(client)) {
            return;
        }
        if (!hasAllocation) {
            origins.remove(client);
        } else if (origins.find(client) == null && origins.size() < ORIGINS_MAX) {
            var origin = new Origin();
            if (isLast(client)) {
                origin.set(last.high, last.low, last.port);
            }
            origins.put(client, origin);
        }
    }

    /// Sends an answer to a client through its proxy, or drops and counts it when there is none.
    void answer(ClientPath client, ByteBuf buffer, int offset, int length) {
        Origin to = originOf(client);
        if (to != null) {
            int socket = sockets.ofListener(client.listener());
            udp.send(socket, to.high, to.low, to.port, buffer, offset, length);
        }
    }

    /// As [#answer], for relayed data, with the IP header that such has.
    void relay(ClientPath client, RelayedSends relayed, ByteBuf buffer, int offset, int length) {
        Origin to = originOf(client);
        if (to != null) {
            int socket = sockets.ofListener(client.listener());
            relayed.send(socket, to.high, to.low, to.port, buffer, offset, length);
        }
    }

    private @Nullable Origin originOf(ClientPath client) {
        Origin origin = isLast(client) ? last : origins.find(client);
        if (origin == null || origin.port == 0) {
            counters.add(Counter.DATAGRAMS_WITHOUT_PROXY, 1);
            return null;
        }
        return origin;
    }

    private boolean isLast(ClientPath client) {
        return client.listener() == lastListener
                && client.client().low() == lastLow
                && client.client().port() == lastPort
                && client.client().high() == lastHigh;
    }
}

package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// Clients whose messages reach one shard and whose allocation is on another (RFC 8016). Each
/// 5-tuple belongs to the shard that the kernel or the acceptor chose, and a relay's socket to the
/// shard that opened it, so a client that moves may need both: the first passes on what comes, the
/// second does the work and tells the first for how long.
///
/// Its public methods take what another shard has passed here by [EngineSink#passClient].
public final class Roaming {
    /// Bits of the first two octets that requests don't have: those of ChannelData, and the class.
    private static final int NOT_A_REQUEST = 0xC110;

    private final int shard;
    private final Allocations allocations;
    private final Mobility mobility;
    private final EngineSink sink;
    private final Routes routes;
    private final TurnEngine engine;

    Roaming(
            int shard,
            EngineSettings settings,
            Allocations allocations,
            Mobility mobility,
            EngineSink sink,
            long seed,
            TurnEngine engine) {
        this.shard = shard;
        this.allocations = allocations;
        this.mobility = mobility;
        this.sink = sink;
        this.engine = engine;
        this.routes = new Routes(seed, settings.allocationsMax());
    }

    /// UDP clients with their allocation elsewhere, and connections elsewhere with their allocation
    /// here.
    int clientCount() {
        return routes.datagramCount() + allocations.remoteStreamCount();
    }

    /// Passes on a datagram from a client without an allocation here. Returns false when it isn't
    /// known to have one elsewhere.
    boolean passOn(
            int listener,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        Routes.Route route = routes.find(listener, high, low, port, nowNanos);
        if (route == null) {
            return false;
        }
        pass(ClientPass.MESSAGE, route, buffer, offset, length);
        return true;
    }

    /// As above, for a message of a stream.
    boolean passOn(ClientPath client, ByteBuf buffer, int offset, int length) {
        Routes.Route route = client.route;
        if (route == null) {
            return false;
        }
        pass(ClientPass.MESSAGE, route, buffer, offset, length);
        return true;
    }

    /// Passes on that a connection has closed.
    void passClose(ClientPath client) {
        Routes.Route route = client.route;
        if (route != null) {
            client.route = null;
            pass(ClientPass.CLOSED, route, Unpooled.EMPTY_BUFFER, 0, 0);
        }
    }

    /// Passes on a request of a client without an allocation, when it is another shard's: a Refresh
    /// with a ticket to the shard that issued it, and what was passed here for nothing back again.
    ///
    /// @param ticketShard who issued the request's ticket; [SharedState#NONE] without a good one
    boolean passElsewhere(
            ClientPath client, int ticketShard, ByteBuf buffer, int offset, int length) {
        if (ticketShard == shard) {
            return false;
        }
        if (client.isRemote()) {
            sink.passClient(client.home(), ClientPass.RETURNED, client, buffer, offset, length);
            return true;
        }
        if (ticketShard == SharedState.NONE) {
            return false;
        }
        sink.passClient(ticketShard, ClientPass.MESSAGE, client, buffer, offset, length);
        return true;
    }

    /// Gives data of a client without an allocation back to its home; requests are judged by their
    /// tickets. Returns false when it has got one.
    private boolean givenBack(ClientPath client, ByteBuf buffer, int offset, int length) {
        if (client.isLeased() || isRequest(buffer, offset, length)) {
            return false;
        }
        sink.passClient(client.home(), ClientPass.RETURNED, client, buffer, offset, length);
        return true;
    }

    private static boolean isRequest(ByteBuf buffer, int offset, int length) {
        return length >= 2 && (buffer.getUnsignedShort(offset) & NOT_A_REQUEST) == 0;
    }

    /// The path of a client whose home is another shard: the one that its allocation has, or a new
    /// one.
    private ClientPath pathOf(
            int home,
            Transport transport,
            int listener,
            int connection,
            long high,
            long low,
            int port) {
        ClientPath known =
                transport == Transport.UDP
                        ? datagramPath(listener, high, low, port)
                        : allocations.findRemoteStream(home, connection);
        return known != null && known.isRemote()
                ? known
                : ClientPath.remote(home, transport, listener, connection, high, low, port);
    }

    private @Nullable ClientPath datagramPath(int listener, long high, long low, int port) {
        Allocation allocation = allocations.find(listener, high, low, port);
        if (allocation == null) {
            return null;
        }
        ClientPath next = allocation.next;
        return next != null && next.isDatagram(listener, high, low, port)
                ? next
                : allocation.client;
    }

    /// A message of a client whose home is another shard.
    ///
    /// @param home that shard
    public void onPassedMessage(
            int home,
            Transport transport,
            int listener,
            int connection,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        ClientPath client = pathOf(home, transport, listener, connection, high, low, port);
        if (!givenBack(client, buffer, offset, length)) {
            engine.onStreamMessage(client, buffer, offset, length, nowNanos);
        }
    }

    /// A client whose home is another shard can't be reached any more.
    public void onPassedClosed(
            int home,
            Transport transport,
            int listener,
            int connection,
            long high,
            long low,
            int port,
            long nowNanos) {
        ClientPath client = pathOf(home, transport, listener, connection, high, low, port);
        Allocation allocation = client.streamAllocation;
        if (allocation != null) {
            mobility.onClosed(client, allocation, nowNanos);
        }
        engine.forget(client);
    }

    /// Another shard says whether this client's messages are to go there, and until when.
    ///
    /// @param client as this shard knows it
    public void onTold(
            ClientPath client, int owner, boolean leased, long leaseNanos, long nowNanos) {
        if (!leased) {
            routes.drop(client, owner);
        } else if (allocations.findLive(client, nowNanos) != null
                || !routes.set(client, owner, leaseNanos, nowNanos)) {
            // It has got another one here in the meantime.
            sink.passClient(owner, ClientPass.CLOSED, client, Unpooled.EMPTY_BUFFER, 0, 0);
        }
    }

    /// Another shard has no use for this client's message, which it was passed.
    public void onReturned(
            ClientPath client, int owner, ByteBuf buffer, int offset, int length, long nowNanos) {
        routes.drop(client, owner);
        if (client.transport() == Transport.UDP) {
            TransportAddress from = client.client();
            engine.onDatagram(
                    client.listener(),
                    from.high(),
                    from.low(),
                    from.port(),
                    buffer,
                    offset,
                    length,
                    nowNanos);
        } else {
            engine.onStreamMessage(client, buffer, offset, length, nowNanos);
        }
    }

    private void pass(ClientPass kind, Routes.Route route, ByteBuf buffer, int offset, int length) {
        sink.passClient(route.owner, kind, route.client, buffer, offset, length);
    }
}

package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.ClientPass;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineSink;
import org.turnd.stun.TransportAddress;

/// One shard's ways to its clients: a listener's socket, the socket of a listener for proxies, a
/// connection, or another shard. Every buffer is borrowed.
final class ClientSends {
    private final EngineSink sink;
    private final UdpIo udp;
    private final SocketOwners sockets;
    private final RelayedSends relayed;
    private final ClientConnections connections;

    /// Null where no listener is for proxies.
    private @Nullable ProxiedDatagrams proxied;

    /// @param sink the shard, which passes on what is for clients of others
    ClientSends(
            EngineSink sink,
            UdpIo udp,
            SocketOwners sockets,
            RelayedSends relayed,
            ClientConnections connections) {
        this.sink = sink;
        this.udp = udp;
        this.sockets = sockets;
        this.relayed = relayed;
        this.connections = connections;
    }

    /// Returns what there is for clients behind proxies, at first the argument.
    ProxiedDatagrams behind(ProxiedDatagrams first) {
        if (proxied == null) {
            proxied = first;
        }
        return proxied;
    }

    /// Told whether a client's five-tuple has an allocation.
    void mark(ClientPath client, boolean hasAllocation) {
        if (proxied != null) {
            proxied.mark(client, hasAllocation);
        }
        connections.mark(client, hasAllocation);
    }

    /// As [EngineSink#sendToClient].
    void answer(ClientPath client, ByteBuf buffer, int offset, int length) {
        if (proxied != null && proxied.serves(client)) {
            proxied.answer(client, buffer, offset, length);
        } else if (isReached(client)) {
            TransportAddress to = client.client();
            int socket = sockets.ofListener(client.listener());
            udp.send(socket, to.high(), to.low(), to.port(), buffer, offset, length);
        } else {
            sendElsewhere(client, buffer, offset, length, false);
        }
    }

    /// As [EngineSink#relayToClient].
    void relay(ClientPath client, ByteBuf buffer, int offset, int length) {
        if (proxied != null && proxied.serves(client)) {
            proxied.relay(client, relayed, buffer, offset, length);
        } else if (isReached(client)) {
            TransportAddress to = client.client();
            int socket = sockets.ofListener(client.listener());
            relayed.send(socket, to.high(), to.low(), to.port(), buffer, offset, length);
        } else {
            sendElsewhere(client, buffer, offset, length, true);
        }
    }

    /// Says whether this shard has the socket that a UDP client sends to. It doesn't when the
    /// client is remote and its listener is for proxies.
    private boolean isReached(ClientPath client) {
        return client.connection() == ClientPath.NO_CONNECTION
                && sockets.ofListener(client.listener()) != SocketOwners.NO_SOCKET;
    }

    private void sendElsewhere(
            ClientPath client, ByteBuf buffer, int offset, int length, boolean isRelayed) {
        if (client.isRemote()) {
            sink.passClient(client.home(), ClientPass.DATA, client, buffer, offset, length);
        } else {
            connections.send(client.connection(), buffer, offset, length, isRelayed);
        }
    }
}

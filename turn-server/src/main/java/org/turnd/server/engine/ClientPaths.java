package org.turnd.server.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// Which allocation a client's five-tuple belongs to. An allocation has one five-tuple, and for as
/// long as its client is moving a second one (RFC 8016 §3.2.2).
final class ClientPaths {
    private final FiveTupleTable<Allocation> datagrams;

    /// Connections of other shards, by shard and number.
    private final Map<Long, ClientPath> remoteStreams = new HashMap<>();

    ClientPaths(long seed) {
        datagrams = new FiveTupleTable<>(seed);
    }

    /// Returns the allocation of a UDP five-tuple; for the data path.
    @Nullable Allocation find(int listener, long high, long low, int port) {
        return datagrams.find(listener, high, low, port);
    }

    @Nullable Allocation find(ClientPath client) {
        if (client.transport() != Transport.UDP) {
            return client.streamAllocation;
        }
        TransportAddress source = client.client();
        return find(client.listener(), source.high(), source.low(), source.port());
    }

    int remoteStreamCount() {
        return remoteStreams.size();
    }

    /// Returns the path of a connection of another shard that has an allocation here, or null.
    @Nullable ClientPath findRemoteStream(int home, int connection) {
        return remoteStreams.isEmpty() ? null : remoteStreams.get(key(home, connection));
    }

    /// Gives an allocation a five-tuple that has none.
    void bind(ClientPath client, Allocation allocation) {
        if (client.transport() == Transport.UDP) {
            datagrams.put(client, allocation);
        }
        if (client.transport() != Transport.UDP || client.isRemote()) {
            client.streamAllocation = allocation;
        }
        if (client.transport() != Transport.UDP && client.isRemote()) {
            remoteStreams.put(key(client.home(), client.connection()), client);
        }
    }

    /// Takes a five-tuple from its allocation, if it has one.
    void unbind(ClientPath client) {
        if (client.transport() == Transport.UDP) {
            datagrams.remove(client);
        } else if (client.isRemote()) {
            remoteStreams.remove(key(client.home(), client.connection()));
        }
        client.streamAllocation = null;
    }

    private static long key(int home, int connection) {
        return (long) home << 32 | connection;
    }
}

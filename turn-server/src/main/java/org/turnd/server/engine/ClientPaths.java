package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// Which allocation a client's five-tuple belongs to. An allocation has one five-tuple, and for as
/// long as its client is moving a second one (RFC 8016 §3.2.2).
final class ClientPaths {
    private final FiveTupleTable<Allocation> datagrams;

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

    /// Gives an allocation a five-tuple that has none.
    void bind(ClientPath client, Allocation allocation) {
        if (client.transport() == Transport.UDP) {
            datagrams.put(client, allocation);
        } else {
            client.streamAllocation = allocation;
        }
    }

    /// Takes a five-tuple from its allocation, if it has one.
    void unbind(ClientPath client) {
        if (client.transport() == Transport.UDP) {
            datagrams.remove(client);
        } else {
            client.streamAllocation = null;
        }
    }
}

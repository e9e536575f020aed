package org.turnd.server.engine;

import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// One thing an engine did to the outside world, as a value.
sealed interface Output {
    /// A message to a client.
    record ToClient(Destination client, Octets bytes) implements Output {
        static ToClient of(TestClient client, byte... bytes) {
            return new ToClient(client.destination(), Octets.of(bytes));
        }
    }

    /// A datagram from the socket of a relayed transport address.
    ///
    /// @param relay the local address of that socket
    record ToPeer(TransportAddress relay, TransportAddress peer, Octets bytes) implements Output {
        static ToPeer of(TransportAddress relay, TransportAddress peer, byte... bytes) {
            return new ToPeer(relay, peer, Octets.of(bytes));
        }
    }

    /// As [ToPeer], not to be fragmented.
    record WholeToPeer(TransportAddress relay, TransportAddress peer, Octets bytes)
            implements Output {}

    /// A datagram for a relay on another shard.
    record HandOver(int shard, TransportAddress relay, TransportAddress source, Octets bytes)
            implements Output {}

    /// Something about a client, for another shard.
    ///
    /// @param client as it was; whether it is leased may change
    record Pass(
            int shard,
            ClientPass kind,
            ClientPath client,
            boolean leased,
            long leaseNanos,
            Octets bytes)
            implements Output {}

    /// A relay socket was asked for.
    record BindRelay(TransportAddress relay) implements Output {}

    /// A relay socket was closed.
    record CloseRelay(TransportAddress relay) implements Output {}

    /// A connection to a peer was asked for.
    ///
    /// @param relay the local address it leaves from
    record ConnectPeer(TransportAddress relay, int connection, TransportAddress peer)
            implements Output {}

    /// A client's stream and a connection to a peer were made one.
    record BindPeer(Destination client, int shard, int connection) implements Output {}

    /// A connection to a peer was closed.
    record ClosePeer(int connection) implements Output {}

    /// Where an answer goes: a [ClientPath] that can be compared.
    record Destination(
            Transport transport, int listener, int connection, TransportAddress address) {
        static Destination of(ClientPath path) {
            return new Destination(
                    path.transport(), path.listener(), path.connection(), path.client());
        }
    }
}

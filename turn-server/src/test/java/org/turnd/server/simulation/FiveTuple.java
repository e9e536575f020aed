package org.turnd.server.simulation;

import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.Transport;
import org.turnd.stun.TransportAddress;

/// A five-tuple (RFC 8656 §2) and the shard it belongs to.
///
/// @param connection id of the stream connection, [ClientPath#NO_CONNECTION] for UDP
record FiveTuple(
        int shard, Transport transport, int listener, int connection, TransportAddress client) {

    static FiveTuple of(int shard, ClientPath path) {
        return new FiveTuple(
                shard, path.transport(), path.listener(), path.connection(), path.client());
    }

    @Override
    public String toString() {
        return transport + "#" + listener + " " + client + " shard " + shard;
    }
}

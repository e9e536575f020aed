package org.turnd.server.net;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.Bandwidth;

/// A client's stream and a connection to a peer made one (RFC 6062 §5.4). Each direction ends by
/// itself, so that a half-closed connection goes on in the other (L-15); with both over, both ends
/// close.
final class Splice {
    private final DataEnd client;
    private final DataEnd peer;
    private final AtomicInteger flowing = new AtomicInteger(2);

    private Splice(DataEnd client, DataEnd peer) {
        this.client = client;
        this.peer = peer;
    }

    /// Lets data flow.
    ///
    /// @param bandwidth what the client's user may relay; null for everything
    static void join(DataEnd client, DataEnd peer, @Nullable Bandwidth bandwidth) {
        var splice = new Splice(client, peer);
        Pace peerPace = bandwidth == null ? Pace.UNBOUNDED : bandwidth::spendToPeers;
        Pace clientPace = bandwidth == null ? Pace.UNBOUNDED : bandwidth::spendToClients;
        var toPeer = new DataFlow(client, peer, peerPace, splice::onFinished);
        var toClient = new DataFlow(peer, client, clientPace, splice::onFinished);
        client.begin(toPeer, toClient);
        peer.begin(toClient, toPeer);
    }

    private void onFinished() {
        if (flowing.decrementAndGet() == 0) {
            client.close();
            peer.close();
        }
    }
}

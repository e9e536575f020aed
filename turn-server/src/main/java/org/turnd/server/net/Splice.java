package org.turnd.server.net;

import java.util.concurrent.atomic.AtomicInteger;

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
    static void join(DataEnd client, DataEnd peer) {
        var splice = new Splice(client, peer);
        var toPeer = new DataFlow(client, peer, splice::onFinished);
        var toClient = new DataFlow(peer, client, splice::onFinished);
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

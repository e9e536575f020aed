package org.turnd.cli.bench;

import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.AllocatedRelay;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.stun.TransportAddress;

/// One client with its allocation, and the peer that it talks to.
final class Flow implements AutoCloseable {
    private final int channel;
    private final Link client;
    private final TurnClient control;
    private final AllocatedRelay relay;
    private @Nullable PeerLink peer;
    private @Nullable TransportAddress peerAddress;

    Flow(int channel, Link client, TurnClient control, AllocatedRelay relay) {
        this.channel = channel;
        this.client = client;
        this.control = control;
        this.relay = relay;
    }

    int channel() {
        return channel;
    }

    Link client() {
        return client;
    }

    TransportAddress relayed() {
        return relay.relayed();
    }

    /// Returns the server's name for itself, empty if it has none.
    String software() {
        return control.software();
    }

    /// Returns the peer, null if it is another flow's relay.
    @Nullable PeerLink peer() {
        return peer;
    }

    /// Returns where the client sends to.
    TransportAddress peerAddress() {
        if (peerAddress == null) {
            throw new IllegalStateException("no peer yet");
        }
        return peerAddress;
    }

    /// Talks to a socket of this process from now on.
    void talkTo(PeerLink other) {
        peer = other;
        peerAddress = other.address();
    }

    /// Talks to another flow's relayed address from now on.
    void talkTo(Flow other) {
        peerAddress = other.relayed();
    }

    /// Lets the peer in, or does so for another while.
    ///
    /// @param channels with a channel rather than a permission alone
    void permit(boolean channels) throws TurnFailure {
        if (channels) {
            control.bindChannel(channel, peerAddress());
        } else {
            control.createPermission(peerAddress());
        }
    }

    @Override
    public void close() {
        control.close();
    }
}

package org.turnd.server.engine;

/// Told when a channel begins, changes or ends, so that a faster data plane can carry it. Called on
/// the engine's thread; the engine goes on relaying whatever still reaches it.
public interface ChannelOffload {
    /// Offloads nothing.
    ChannelOffload NONE =
            new ChannelOffload() {
                @Override
                public void onChannelBound(
                        ClientPath client,
                        int relay,
                        int channel,
                        long high,
                        long low,
                        int port,
                        long expiresNanos) {}

                @Override
                public void onChannelClosed(ClientPath client, int relay, int channel) {}

                @Override
                public void onClientMoved(ClientPath from, ClientPath to) {}
            };

    /// A channel was bound, or bound again and so lives longer.
    ///
    /// @param expiresNanos when the least of allocation, permission and channel expires
    void onChannelBound(
            ClientPath client,
            int relay,
            int channel,
            long high,
            long low,
            int port,
            long expiresNanos);

    /// A channel ended.
    void onChannelClosed(ClientPath client, int relay, int channel);

    /// A client is at another five-tuple now, with all its channels (RFC 8016).
    void onClientMoved(ClientPath from, ClientPath to);
}

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
}

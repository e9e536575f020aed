package org.turnd.server.engine;

import java.util.List;
import org.turnd.stun.TransportAddress;

/// An allocation as events tell of it: how it was at that moment. Safe on every thread.
///
/// @param client the five-tuple that the event is about: the client's, or the one that it comes to
///   or leaves when it moves
/// @param realm the realm of who made it
/// @param username who made it; what counts as one user in quotas and logs
/// @param relayed its relayed transport addresses: two when it is dual, also after one has ended
/// @param relaysTcp these are TCP's (RFC 6062)
/// @param createdNanos when it was made, in the engine's time
/// @param bytesToPeers application data relayed so far
/// @param bytesToClient application data relayed so far
public record AllocationSummary(
        AllocationId id,
        ClientPath client,
        String realm,
        String username,
        List<TransportAddress> relayed,
        boolean relaysTcp,
        long createdNanos,
        long bytesToPeers,
        long bytesToClient) {
    public AllocationSummary {
        relayed = List.copyOf(relayed);
    }
}

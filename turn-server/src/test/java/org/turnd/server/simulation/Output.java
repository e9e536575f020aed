package org.turnd.server.simulation;

import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// One packet that an engine sends.
sealed interface Output {
    record ToClient(FiveTuple to, Octets bytes) implements Output {}

    /// A datagram from a relay.
    ///
    /// @param whole with DF set
    record ToPeer(int relay, TransportAddress peer, Octets bytes, boolean whole)
            implements Output {}

    record HandOver(int shard, TransportAddress relayed, TransportAddress source, Octets bytes)
            implements Output {}
}

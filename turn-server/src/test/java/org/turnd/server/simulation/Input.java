package org.turnd.server.simulation;

import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// One thing that happens to an engine.
sealed interface Input {
    /// A datagram or a stream message from a client.
    record FromClient(FiveTuple from, Octets bytes) implements Input {}

    record FromPeer(int relay, TransportAddress peer, Octets bytes) implements Input {}

    record HandedOver(TransportAddress relayed, TransportAddress source, Octets bytes)
            implements Input {}

    /// An ICMP error about a datagram that the relay sent, or didn't.
    record IcmpError(int relay, TransportAddress peer, int type, int code, int mtu)
            implements Input {}

    record RelayBound(int relay, FiveTuple owner) implements Input {}

    record RelayFailed(int relay, FiveTuple owner) implements Input {}

    record StreamClosed(FiveTuple client) implements Input {}

    record Timer() implements Input {}

    record Stopped() implements Input {}
}

package org.turnd.peers.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The networks to build.
///
/// @param peers one private network each, in order; 1 to 9
/// @param ipv6 every link carries IPv6 besides IPv4, with the same NATs
/// @param serverDefaultRoute the server's host can try to reach any address; without, a packet to a
///   private address fails at once with ENETUNREACH
public record NatLaboratorySpec(List<PeerNetwork> peers, boolean ipv6, boolean serverDefaultRoute) {
    static final int PEERS_MAX = 9;

    /// A peer's way to the internet.
    ///
    /// @param nat what stands in the way
    /// @param udpBlocked nothing but TCP passes
    public record PeerNetwork(NatKind nat, boolean udpBlocked) {}

    /// Checks the number of peers.
    public NatLaboratorySpec {
        peers = List.copyOf(peers);
        if (peers.isEmpty() || peers.size() > PEERS_MAX) {
            throw new IllegalArgumentException(
                    "a laboratory has 1 to " + PEERS_MAX + " peers, not " + peers.size());
        }
    }

    /// Returns IPv4 networks, one peer behind each of the NATs.
    ///
    /// @param nats one for each peer
    /// @return the specification
    public static NatLaboratorySpec of(NatKind... nats) {
        var peers = Arrays.stream(nats).map(nat -> new PeerNetwork(nat, false)).toList();
        return new NatLaboratorySpec(peers, false, true);
    }

    /// Returns the same networks with UDP blocked for every peer.
    ///
    /// @return the changed copy
    public NatLaboratorySpec blockingUdp() {
        var blocked = new ArrayList<PeerNetwork>();
        peers.forEach(peer -> blocked.add(new PeerNetwork(peer.nat(), true)));
        return new NatLaboratorySpec(blocked, ipv6, serverDefaultRoute);
    }

    /// Returns the same networks with IPv6 on every link.
    ///
    /// @return the changed copy
    public NatLaboratorySpec withIpv6() {
        return new NatLaboratorySpec(peers, true, serverDefaultRoute);
    }

    /// Returns the same networks with a server whose host has routes to the public addresses only.
    ///
    /// @return the changed copy
    public NatLaboratorySpec withoutServerDefaultRoute() {
        return new NatLaboratorySpec(peers, ipv6, false);
    }
}

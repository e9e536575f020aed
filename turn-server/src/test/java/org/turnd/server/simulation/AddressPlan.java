package org.turnd.server.simulation;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.policy.AddressRules;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// Who has which address, and which of them no client may reach. Said here by plain lists, so that
/// the server's address rules are judged by something that isn't address rules.
final class AddressPlan {
    static final TransportAddress RELAY_IPV4 = address("185.1.0.2", 0);
    static final TransportAddress RELAY_IPV6 = address("2a01:1::2", 0);
    static final TransportAddress RELAY_IPV4_INSIDE = address("10.200.0.2", 0);

    private static final List<TransportAddress> LISTENERS =
            List.of(address("185.1.0.1", 3478), address("2a01:1::1", 3478));

    private static final List<TransportAddress> PEERS =
            List.of(
                    address("23.1.0.1", 5000),
                    address("23.1.0.1", 5001),
                    address("23.1.0.2", 5000),
                    address("23.1.0.3", 6000),
                    address("10.77.0.1", 7000),
                    address("2a02:1::1", 5000),
                    address("2a02:1::1", 5001),
                    address("2a02:1::2", 5000));

    private static final List<TransportAddress> DENIED =
            List.of(
                    address("10.0.0.1", 5000),
                    address("127.0.0.1", 5000),
                    address("169.254.169.254", 80),
                    address("100.64.0.1", 5000),
                    address("192.168.1.1", 5000),
                    address("172.16.3.4", 5000),
                    address("23.99.0.1", 5000),
                    address("::1", 5000),
                    address("fe80::1", 5000),
                    address("fd00::1", 5000),
                    address("64:ff9b::a00:1", 5000),
                    address("2002::1", 5000),
                    LISTENERS.get(0),
                    LISTENERS.get(1));

    private final boolean ipv6;
    private final boolean mapped;

    /// @param ipv6 relays have IPv6 addresses, too
    /// @param mapped relays stand behind a 1:1 NAT
    AddressPlan(boolean ipv6, boolean mapped) {
        this.ipv6 = ipv6;
        this.mapped = mapped;
    }

    /// The rules the server is given: one private peer is allowed, one public one denied.
    AddressRules rules() {
        return AddressRules.of(
                new ServerSettings.Peers(List.of("10.77.0.1"), List.of("23.99.0.0/16")),
                LISTENERS,
                List.of(
                        LISTENERS.get(0),
                        LISTENERS.get(1),
                        RELAY_IPV4,
                        RELAY_IPV6,
                        RELAY_IPV4_INSIDE));
    }

    @Nullable TransportAddress relayInside(AddressFamily family) {
        if (family == AddressFamily.IPV6) {
            return ipv6 ? RELAY_IPV6 : null;
        }
        return mapped ? RELAY_IPV4_INSIDE : RELAY_IPV4;
    }

    @Nullable TransportAddress relayOutside(AddressFamily family) {
        if (family == AddressFamily.IPV6) {
            return ipv6 ? RELAY_IPV6 : null;
        }
        return RELAY_IPV4;
    }

    /// Returns the relayed address as peers see it, whether named by its outer or inner address;
    /// null when the IP address is none of relays.
    @Nullable TransportAddress relayed(TransportAddress named) {
        TransportAddress ip = named.withPort(0);
        if (ip.equals(RELAY_IPV4) || (mapped && ip.equals(RELAY_IPV4_INSIDE))) {
            return RELAY_IPV4.withPort(named.port());
        }
        return ipv6 && ip.equals(RELAY_IPV6) ? named : null;
    }

    /// Says whether no data may go to this address, for any client, unless it is a relay's.
    static boolean isDenied(TransportAddress peer) {
        TransportAddress ip = peer.withPort(0);
        return ip.equals(RELAY_IPV4)
                || ip.equals(RELAY_IPV6)
                || ip.equals(RELAY_IPV4_INSIDE)
                || DENIED.stream().anyMatch(denied -> denied.withPort(0).equals(ip));
    }

    /// Says whether a datagram sent to this address finds somebody.
    static boolean isPeer(TransportAddress address) {
        return PEERS.contains(address);
    }

    static TransportAddress anyPeer(RandomGenerator random) {
        return PEERS.get(random.nextInt(PEERS.size()));
    }

    static TransportAddress anyDenied(RandomGenerator random) {
        return DENIED.get(random.nextInt(DENIED.size()));
    }

    /// An address nobody has, and nobody has a permission for.
    static TransportAddress anyStranger(RandomGenerator random) {
        return address("23.50.0." + random.nextInt(1, 200), 4000);
    }

    static TransportAddress address(String ip, int port) {
        try {
            return TransportAddress.of(InetAddress.getByName(ip), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(ip, e);
        }
    }
}

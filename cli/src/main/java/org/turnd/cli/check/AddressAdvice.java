package org.turnd.cli.check;

import java.util.List;
import org.turnd.stun.TransportAddress;

/// Judges the addresses that a server tells its client.
final class AddressAdvice {
    private AddressAdvice() {}

    /// Returns what is wrong with a relayed transport address that makes it useless to peers; empty
    /// if nothing is.
    ///
    /// @param server where the client reached the server
    static List<Advice> ofRelayed(TransportAddress relayed, TransportAddress server) {
        var scope = AddressScope.of(relayed);
        if (scope == AddressScope.UNSPECIFIED || relayed.port() == 0) {
            return List.of(
                    new Advice(
                            "the server does not know the address it relays from",
                            "name it: relay.ipv4 or relay.ipv6, or relay.external-ipv4 behind a"
                                    + " 1:1 NAT"));
        }
        if (scope.compareTo(AddressScope.of(server)) < 0) {
            return List.of(
                    new Advice(
                            "the relayed address reaches "
                                    + scope.reach()
                                    + " while the server itself is reached at "
                                    + server.host()
                                    + ": peers elsewhere can't send to it",
                            "the server is behind a 1:1 NAT, as in most clouds: tell it its public"
                                    + " address with relay.external-ipv4 = "
                                    + server.host()));
        }
        return List.of();
    }

    /// Returns what is odd about the address that the server sees the client at; empty if nothing
    /// is.
    ///
    /// @param local what the client itself takes for its address
    static List<Advice> ofMapped(
            TransportAddress mapped, TransportAddress local, TransportAddress server) {
        if (sameHost(mapped, local)) {
            return List.of();
        }
        var fix =
                "let the server see its clients: host networking for containers, a load balancer"
                        + " that keeps source addresses";
        if (sameHost(mapped, server)) {
            return List.of(
                    new Advice(
                            "the server sees you at its own address, so something on its machine"
                                    + " (a container's port forwarding, a proxy) hides its clients",
                            fix));
        }
        if (AddressScope.of(server) == AddressScope.PUBLIC
                && AddressScope.of(mapped) != AddressScope.PUBLIC) {
            return List.of(
                    new Advice(
                            "the server sees you at a private address although it is on the"
                                    + " internet, so something before it hides its clients",
                            fix));
        }
        return List.of();
    }

    /// Returns what the mapped address says about the way to the server, in words.
    static String ofWay(TransportAddress mapped, TransportAddress local) {
        if (mapped.equals(local)) {
            return "no NAT on the way";
        }
        return sameHost(mapped, local)
                ? "a NAT on the way changes the port"
                : "behind a NAT, from " + local;
    }

    private static boolean sameHost(TransportAddress one, TransportAddress other) {
        return one.withPort(0).equals(other.withPort(0));
    }
}

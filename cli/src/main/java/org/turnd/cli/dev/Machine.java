package org.turnd.cli.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;
import org.turnd.server.net.LocalAddresses;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// The addresses of this machine and which of its ports are free.
final class Machine {
    /// Documentation addresses (RFC 5737, RFC 3849): nothing is ever sent there, only the route is
    /// asked for.
    private static final List<InetAddress> ELSEWHERE =
            List.of(InetAddress.ofLiteral("203.0.113.1"), InetAddress.ofLiteral("2001:db8::1"));

    private final List<TransportAddress> addresses;

    Machine(List<TransportAddress> addresses) {
        this.addresses = List.copyOf(addresses);
    }

    static Machine here() throws SocketException {
        return new Machine(LocalAddresses.all());
    }

    /// Every address, port 0.
    List<TransportAddress> addresses() {
        return addresses;
    }

    /// Returns the address of this family that packets to elsewhere leave from; without a way out,
    /// any that isn't loopback; loopback if there is nothing else; empty if the family is off.
    Optional<TransportAddress> primary(AddressFamily family) {
        List<TransportAddress> own =
                addresses.stream().filter(address -> address.family() == family).toList();
        return ELSEWHERE.stream()
                .flatMap(elsewhere -> source(elsewhere).stream())
                .filter(own::contains)
                .findFirst()
                .or(() ->
                        own.stream()
                                .filter(a -> !a.toInetAddress().isLoopbackAddress())
                                .findFirst())
                .or(() -> own.stream().findFirst());
    }

    /// Returns the first port from `first` that no UDP or TCP socket has on any of the addresses.
    int freePort(int first, int last) throws IOException {
        for (int port = first; port <= last; port++) {
            if (isFree(port)) {
                return port;
            }
        }
        throw new IOException("every port from " + first + " to " + last + " is taken");
    }

    /// Tells whether a TCP port is free on this address.
    static boolean isFreeTcp(TransportAddress address) {
        try (var tcp = ServerSocketChannel.open()) {
            tcp.bind(address.toInetSocketAddress());
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private boolean isFree(int port) {
        return addresses.stream()
                .map(address -> address.withPort(port))
                .allMatch(address -> isFreeTcp(address) && isFreeUdp(address));
    }

    private static boolean isFreeUdp(TransportAddress address) {
        try (var udp = DatagramChannel.open()) {
            udp.bind(address.toInetSocketAddress());
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static Optional<TransportAddress> source(InetAddress elsewhere) {
        try (var route = DatagramChannel.open()) {
            route.connect(new InetSocketAddress(elsewhere, 9));
            var local = (InetSocketAddress) route.getLocalAddress();
            return Optional.of(TransportAddress.of(local.getAddress(), 0));
        } catch (IOException noRoute) {
            return Optional.empty();
        }
    }
}

package org.turnd.cli.dev;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.LocalMachine;
import org.turnd.server.net.LocalAddresses;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// The addresses of this machine and which of its ports are free.
final class Machine {
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

    /// Returns the address of this family that others reach this machine at; loopback if there is
    /// none; null if the family is off.
    @Nullable TransportAddress primary(AddressFamily family) {
        LocalMachine machine = LocalMachine.look();
        TransportAddress found =
                family == AddressFamily.IPV4 ? machine.primaryIpv4() : machine.primaryIpv6();
        if (found != null) {
            return found;
        }
        return addresses.stream()
                .filter(address -> address.family() == family)
                .findFirst()
                .orElse(null);
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
}

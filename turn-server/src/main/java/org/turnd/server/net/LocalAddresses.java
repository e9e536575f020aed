package org.turnd.server.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.stun.TransportAddress;

/// The IP addresses that this machine has now.
public final class LocalAddresses {
    private LocalAddresses() {}

    /// Returns every address of every interface that is up, port 0. Link-local IPv6 addresses are
    /// left out: they mean nothing without an interface, and nobody reaches a server there.
    public static List<TransportAddress> all() throws SocketException {
        var found = new ArrayList<TransportAddress>();
        for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
            if (card.isUp()) {
                card.inetAddresses()
                        .filter(address -> !isScoped(address))
                        .map(address -> TransportAddress.of(address, 0))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static boolean isScoped(InetAddress address) {
        return address instanceof Inet6Address && address.isLinkLocalAddress();
    }

    /// Replaces every wildcard by the addresses of its family, so that an answer leaves from the
    /// address that was asked, and leaves out what is named twice.
    public static List<Listener> expand(List<Listener> listeners, List<TransportAddress> local) {
        var expanded = new LinkedHashSet<Listener>();
        for (Listener listener : listeners) {
            TransportAddress address = listener.address();
            if (!address.toInetAddress().isAnyLocalAddress()) {
                expanded.add(listener);
                continue;
            }
            for (TransportAddress own : local) {
                if (own.family() == address.family()) {
                    expanded.add(listener.at(own.withPort(address.port())));
                }
            }
        }
        return List.copyOf(expanded);
    }
}

package org.turnd.server.net;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ExternalAddress;
import org.turnd.server.config.HostNames;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.IceServerUri;
import org.turnd.stun.TransportAddress;

/// Finds the address that clients and peers see instead of a relay's own. Blocks for some seconds
/// at most: never to be called on an event loop.
public final class ExternalLookup {
    private static final int SERVERS_MAX = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final HostNames names;

    /// @param names who knows the addresses of hosts
    public ExternalLookup(HostNames names) {
        this.names = names;
    }

    /// Returns the address, port 0.
    ///
    /// @param relay the relay's own; the address is of its family
    /// @param known what was found before, null at first; a name with several addresses keeps it
    /// @throws IOException when nobody knows it, with the reason as half a sentence
    public TransportAddress find(
            ExternalAddress wanted, TransportAddress relay, @Nullable TransportAddress known)
            throws IOException {
        return switch (wanted) {
            case ExternalAddress.Fixed fixed -> fixed.address();
            case ExternalAddress.Named named -> {
                List<TransportAddress> all = addresses(named.host(), relay.family());
                yield known != null && all.contains(known) ? known : usable(all.getFirst(), relay);
            }
            case ExternalAddress.Seen seen -> usable(seenBy(seen.server(), relay), relay);
        };
    }

    private TransportAddress seenBy(IceServerUri server, TransportAddress relay)
            throws IOException {
        List<TransportAddress> servers = addresses(server.host(), relay.family());
        var failures = new ArrayList<String>();
        for (TransportAddress address : servers.subList(0, Math.min(SERVERS_MAX, servers.size()))) {
            try {
                return StunQuery.ask(relay, address.withPort(server.port()), PATIENCE).withPort(0);
            } catch (IOException silent) {
                failures.add(String.valueOf(silent.getMessage()));
            }
        }
        throw new IOException(String.join("; ", failures));
    }

    private List<TransportAddress> addresses(String host, AddressFamily family) throws IOException {
        List<TransportAddress> all =
                names.addresses(host).stream().filter(one -> one.family() == family).toList();
        if (all.isEmpty()) {
            throw new IOException(
                    "%s has no %s address"
                            .formatted(host, family == AddressFamily.IPV4 ? "IPv4" : "IPv6"));
        }
        return all;
    }

    /// No peer can send to any other.
    private static TransportAddress usable(TransportAddress found, TransportAddress relay)
            throws IOException {
        InetAddress address = found.toInetAddress();
        if (address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || found.family() != relay.family()) {
            throw new IOException(found.host() + " can't be the address of a relay");
        }
        return found;
    }
}

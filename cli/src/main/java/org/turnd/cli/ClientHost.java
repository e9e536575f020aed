package org.turnd.cli;

import java.util.stream.Stream;
import org.turnd.server.config.ServerSettings;
import org.turnd.stun.TransportAddress;

/// The address at which clients find a server whose configuration names no host.
final class ClientHost {
    private ClientHost() {}

    /// Returns the external address, or the relay's, or the first listener's; IPv4 before IPv6.
    static String of(ServerSettings settings) {
        ServerSettings.Relay relay = settings.relay();
        return Stream.of(relay.externalIpv4(), relay.ipv4(), relay.externalIpv6(), relay.ipv6())
                .flatMap(Stream::ofNullable)
                .findFirst()
                .orElseGet(() -> firstListener(settings))
                .host();
    }

    private static TransportAddress firstListener(ServerSettings settings) {
        return settings.listeners().getFirst().address();
    }
}

package org.turnd.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ExternalAddress;
import org.turnd.server.config.HostNames;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.net.ExternalLookup;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// The host at which clients find a server whose configuration names none.
final class ClientHost {
    private ClientHost() {}

    /// Returns the external address, or the name that stands for it; or the relay's, or the first
    /// listener's; IPv4 before IPv6. Where only a STUN server knows the address, it is asked.
    ///
    /// @throws IOException when that doesn't answer
    static String of(ServerSettings settings) throws IOException {
        ServerSettings.Relay relay = settings.relay();
        List<@Nullable String> hosts = new ArrayList<>();
        hosts.add(asked(relay.external().ipv4(), relay.ipv4()));
        hosts.add(host(relay.ipv4()));
        if (relay.ipv4() == null) {
            hosts.add(asked(relay.external().ipv6(), relay.ipv6()));
        }
        hosts.add(host(relay.ipv6()));
        return first(hosts.stream(), settings);
    }

    /// The same for a server that runs, and knows its addresses.
    static String of(TurnServer server) {
        ServerSettings settings = server.settings();
        var external = settings.relay().external();
        return first(
                Stream.of(
                        name(external.ipv4()),
                        host(server.advertisedAddress(AddressFamily.IPV4)),
                        name(external.ipv6()),
                        host(server.advertisedAddress(AddressFamily.IPV6))),
                settings);
    }

    private static String first(Stream<@Nullable String> hosts, ServerSettings settings) {
        return hosts.filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> settings.listeners().getFirst().address().host());
    }

    private static @Nullable String asked(
            @Nullable ExternalAddress external, @Nullable TransportAddress relay)
            throws IOException {
        if (external == null || relay == null) {
            return null;
        }
        String name = name(external);
        return name == null
                ? new ExternalLookup(HostNames.SYSTEM).find(external, relay, null).host()
                : name;
    }

    private static @Nullable String name(@Nullable ExternalAddress external) {
        return external instanceof ExternalAddress.Named named ? named.host() : null;
    }

    private static @Nullable String host(@Nullable TransportAddress address) {
        return address == null ? null : address.host();
    }
}

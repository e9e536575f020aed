package org.turnd.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ExternalAddress;
import org.turnd.server.config.LocalMachine;
import org.turnd.server.config.OAuthSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.net.DataPlaneChoice;
import org.turnd.server.net.TlsProviderChoice;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// What the log says of a server that has just started: one line each for what an operator wants to
/// know.
final class StartupReport {
    private final Logger log;

    StartupReport(Logger log) {
        this.log = log;
    }

    /// Writes the lines.
    ///
    /// @param http where metrics and health are, null when they are switched off
    void write(ServerSettings settings, TurnServer server, @Nullable TransportAddress http) {
        listeners(server.listeners(), settings.tls() != null);
        relay(settings.relay(), server);
        dataPlane(server.dataPlane(), server.shards().size());
        tls(server.tlsProvider());
        authentication(settings);
        peers(settings.peers());
        server.warnings().forEach(Daemon::warn);
        if (http == null) {
            log.atInfo().setMessage("http").addKeyValue("address", "off").log();
        } else {
            log.atInfo()
                    .setMessage("http")
                    .addKeyValue("address", http)
                    .addKeyValue("paths", "/metrics /livez /readyz")
                    .log();
        }
    }

    private void listeners(List<Listener> listeners, boolean hasCertificate) {
        var line = log.atInfo().setMessage("listening");
        for (Protocol protocol : Protocol.values()) {
            String addresses =
                    listeners.stream()
                            .filter(listener -> listener.protocol() == protocol)
                            .map(StartupReport::shown)
                            .collect(Collectors.joining(" "));
            if (!addresses.isEmpty()) {
                line = line.addKeyValue(protocol.name().toLowerCase(Locale.ROOT), addresses);
            }
        }
        line.addKeyValue("tls_on_tcp_ports", hasCertificate).log();
        for (AddressFamily family : AddressFamily.values()) {
            if (listeners.stream().noneMatch(one -> one.address().family() == family)) {
                notListening(family);
            }
        }
    }

    private void notListening(AddressFamily family) {
        log.atInfo()
                .setMessage("not_listening")
                .addKeyValue("family", family.name().toLowerCase(Locale.ROOT))
                .addKeyValue(
                        "reason",
                        LocalMachine.look().has(family)
                                ? "no listener of this family is configured"
                                : "this machine has no address of this family")
                .log();
    }

    private static String shown(Listener listener) {
        return listener.address() + (listener.proxied() ? " (for proxies)" : "");
    }

    private void relay(ServerSettings.Relay relay, TurnServer server) {
        log.atInfo()
                .setMessage("relaying")
                .addKeyValue("ipv4", seenAs(relay.ipv4(), relay, AddressFamily.IPV4, server))
                .addKeyValue("ipv6", seenAs(relay.ipv6(), relay, AddressFamily.IPV6, server))
                .addKeyValue("ports", relay.minPort() + "-" + relay.maxPort())
                .log();
    }

    private static String seenAs(
            @Nullable TransportAddress local,
            ServerSettings.Relay relay,
            AddressFamily family,
            TurnServer server) {
        if (local == null) {
            return "off";
        }
        ExternalAddress source = relay.external().of(family);
        TransportAddress told = server.advertisedAddress(family);
        if (source == null || told == null) {
            return local.host();
        }
        String how = source.mayChange() ? " (" + source.text() + ")" : "";
        return local.host() + " seen as " + told.host() + how;
    }

    private void dataPlane(DataPlaneChoice plane, int shards) {
        log.atInfo()
                .setMessage("data_plane")
                .addKeyValue("plane", plane.name())
                .addKeyValue("reason", plane.reason())
                .addKeyValue("shards", shards)
                .log();
    }

    private void tls(@Nullable TlsProviderChoice provider) {
        if (provider != null) {
            log.atInfo()
                    .setMessage("tls")
                    .addKeyValue("provider", provider.name())
                    .addKeyValue("reason", provider.reason())
                    .log();
        }
    }

    private void authentication(ServerSettings settings) {
        OAuthSettings oauth = settings.auth().oauth();
        log.atInfo()
                .setMessage("authentication")
                .addKeyValue("realm", settings.realm())
                .addKeyValue("shared_secrets", settings.auth().secrets().size())
                .addKeyValue("users", settings.auth().users().size())
                .addKeyValue("oauth_keys", oauth == null ? 0 : oauth.keys().size())
                .addKeyValue("stores", listOrNone(settings.auth().stores().names()))
                .log();
    }

    private void peers(ServerSettings.Peers peers) {
        log.atInfo()
                .setMessage("peers")
                .addKeyValue(
                        "denied_by_default",
                        "loopback, private, link-local, metadata, multicast, reserved and this"
                                + " server's own addresses")
                .addKeyValue("also_denied", listOrNone(peers.deny()))
                .addKeyValue("allowed_all_the_same", listOrNone(peers.allow()))
                .log();
    }

    private static String listOrNone(List<String> blocks) {
        return blocks.isEmpty() ? "none" : String.join(" ", blocks);
    }
}

package org.turnd.server.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Http;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Relay;
import org.turnd.stun.TransportAddress;

/// Finds values that are good by themselves and wrong together, or wrong on this machine.
final class CrossChecks {
    private final SettingsReader reader;
    private final LocalMachine machine;
    private final List<String> warnings;

    CrossChecks(SettingsReader reader, LocalMachine machine, List<String> warnings) {
        this.reader = reader;
        this.machine = machine;
        this.warnings = warnings;
    }

    void checkListeners(List<Listener> listeners, Relay relay) {
        if (listeners.isEmpty() && reader.isGood(Schema.UDP, Schema.TCP, Schema.TLS, Schema.DTLS)) {
            reader.addProblem(
                    Schema.UDP,
                    "there is no listener at all",
                    "at least one listener",
                    "remove the key, or name an address");
        }
        for (int i = 0; i < listeners.size(); i++) {
            Listener listener = listeners.get(i);
            for (Listener other : listeners.subList(0, i)) {
                if (collide(listener, other)) {
                    reader.addProblem(
                            settingOf(listener),
                            "%s is already taken by %s"
                                    .formatted(listener.address(), settingOf(other).path()),
                            "each address and port once",
                            "remove one, or give it another port");
                }
            }
            if (isAmongRelays(listener, relay) && reader.isGood(Schema.MIN_PORT, Schema.MAX_PORT)) {
                reader.addProblem(
                        Schema.UDP,
                        "the port of %s is one of the relays'".formatted(listener.address()),
                        "a port outside of %d-%d".formatted(relay.minPort(), relay.maxPort()),
                        "change the port, or relay.min-port and relay.max-port");
            }
        }
    }

    void checkRelay(Relay relay) {
        if (relay.minPort() > relay.maxPort() && reader.isGood(Schema.MIN_PORT, Schema.MAX_PORT)) {
            reader.addProblem(
                    reader.isGiven(Schema.MIN_PORT) ? Schema.MIN_PORT : Schema.MAX_PORT,
                    "the first port, %d, is above the last, %d"
                            .formatted(relay.minPort(), relay.maxPort()),
                    "relay.min-port up to relay.max-port",
                    "exchange them, or remove both");
        }
        if (relay.ipv4() == null
                && relay.ipv6() == null
                && reader.isGood(Schema.RELAY_IPV4, Schema.RELAY_IPV6)) {
            addNoRelay();
        }
        if (relay.transports() != ServerSettings.RelayTransports.UDP) {
            warnings.add(
                    "relay.transports = %s: users can open TCP connections from this machine to every"
                                    .formatted(relay.transports().name().toLowerCase(Locale.ROOT))
                            + " address that peers permit");
        }
        checkFamily(Schema.RELAY_IPV4, relay.ipv4(), ExternalSchema.IPV4, relay.external().ipv4());
        checkFamily(Schema.RELAY_IPV6, relay.ipv6(), ExternalSchema.IPV6, relay.external().ipv6());
    }

    /// A machine that starts may get its addresses later than this server starts.
    private void addNoRelay() {
        String found = "no address to relay from";
        String expected = "relay.ipv4 or relay.ipv6";
        String fix = "name an address of this machine";
        boolean mayPass =
                reader.value(Schema.RELAY_IPV4).isAuto()
                        || reader.value(Schema.RELAY_IPV6).isAuto();
        if (mayPass) {
            reader.addPassingProblem(Schema.RELAY_IPV4, "", found, expected, fix);
        } else {
            reader.addProblem(Schema.RELAY_IPV4, found, expected, fix);
        }
    }

    void checkLifetimes(ServerSettings.Limits limits) {
        // F-18
        if (limits.defaultLifetime().compareTo(limits.maxLifetime()) > 0
                && reader.isGood(Schema.DEFAULT_LIFETIME, Schema.MAX_LIFETIME)) {
            reader.addProblem(
                    reader.isGiven(Schema.MAX_LIFETIME)
                            ? Schema.MAX_LIFETIME
                            : Schema.DEFAULT_LIFETIME,
                    "the longest lifetime is below the default one",
                    "limits.default-lifetime up to limits.max-lifetime",
                    "raise limits.max-lifetime to %s or more"
                            .formatted(ValueTypes.text(limits.defaultLifetime())));
        }
    }

    void checkProxied(List<Listener> proxied, List<CidrBlock> trusted) {
        if (proxied.isEmpty()) {
            return;
        }
        if (trusted.isEmpty() && reader.isGood(EntranceSchema.TRUSTED_PROXIES)) {
            // T-01
            reader.addProblem(
                    EntranceSchema.TRUSTED_PROXIES,
                    "no proxy is trusted, so nobody could connect",
                    "the addresses of the proxies",
                    "name them, as in [10.0.0.5, 10.1.0.0/16]");
        }
        warnings.add(
                "proxy-protocol: %s may pretend to be any client; make sure that nobody else has"
                                .formatted(trusted)
                        + " these addresses");
    }

    void warnOfRisks(ServerSettings.Stun stun) {
        // B-07
        if (stun.classic() == ServerSettings.Switch.ON) {
            warnings.add(
                    "classic-stun = on: Binding requests without the magic cookie are answered; make"
                            + " sure that no other protocol shares the UDP ports");
        }
        // N-10
        if (stun.discovery() != null) {
            warnings.add(
                    "behavior-discovery.addresses: clients may have answers sent from another address"
                            + " and to another port of their own, up to %d a second each"
                                    .formatted(stun.discovery().requestsPerSecond()));
        }
    }

    void checkOAuth(@Nullable String serverName, List<OAuthSettings.SharedKey> keys) {
        if (serverName == null && !keys.isEmpty() && reader.isGood(OAuthSchema.SERVER_NAME)) {
            reader.addProblem(
                    OAuthSchema.KEYS,
                    "there is no oauth.server-name for them",
                    "oauth.server-name and oauth.keys together",
                    "set oauth.server-name to the name that tokens are made for");
        }
        if (serverName != null && keys.isEmpty() && reader.isGood(OAuthSchema.KEYS)) {
            reader.addProblem(
                    OAuthSchema.SERVER_NAME,
                    "there are no oauth.keys for it",
                    "oauth.server-name and oauth.keys together",
                    "set oauth.keys to what the authorization server shares with this one");
        }
        Instant now = Instant.now();
        for (OAuthSettings.SharedKey key : keys) {
            if (key.validUntil() != null && !now.isBefore(key.validUntil())) {
                warnings.add(
                        "oauth.keys: the key %s is good no more since %s"
                                .formatted(key.id(), key.validUntil()));
            }
        }
    }

    void checkTls(@Nullable Path certificate, @Nullable Path key, List<Listener> listeners) {
        if (reader.isGood(Schema.CERTIFICATE, Schema.KEY)) {
            if (certificate != null && key == null) {
                reader.addProblem(
                        Schema.CERTIFICATE,
                        "there is no tls.key for it",
                        "tls.certificate and tls.key together",
                        "set tls.key");
            }
            if (certificate == null && key != null) {
                reader.addProblem(
                        Schema.KEY,
                        "there is no tls.certificate for it",
                        "tls.certificate and tls.key together",
                        "set tls.certificate");
            }
            for (Listener listener : listeners) {
                boolean needsOne =
                        listener.protocol() == Protocol.TLS || listener.protocol() == Protocol.DTLS;
                if (needsOne && certificate == null && key == null) {
                    reader.addProblem(
                            settingOf(listener),
                            "there is no certificate",
                            "tls.certificate and tls.key",
                            "set both, or remove " + settingOf(listener).path());
                }
            }
        }
        checkReadable(Schema.CERTIFICATE, certificate);
        checkReadable(Schema.KEY, key);
    }

    void checkHttp(@Nullable Http http, List<Listener> listeners) {
        if (http == null) {
            return;
        }
        for (Listener listener : listeners) {
            if (!listener.protocol().isDatagram() && overlap(listener.address(), http.address())) {
                reader.addProblem(
                        Schema.HTTP,
                        "%s is already taken by %s"
                                .formatted(http.address(), settingOf(listener).path()),
                        "an address and port of its own",
                        "give it another port");
            }
        }
        if (!http.address().toInetAddress().isLoopbackAddress()) {
            warnings.add(
                    "http.address = %s: metrics have no password; make sure that only you reach it"
                            .formatted(http.address()));
        }
    }

    private void checkFamily(
            Setting<?> setting,
            @Nullable TransportAddress internal,
            Setting<?> externalSetting,
            @Nullable ExternalAddress external) {
        if (internal == null) {
            if (external != null && reader.isGood(setting)) {
                reader.addProblem(
                        externalSetting,
                        "there are no relays of this family",
                        "an external address for a relay address",
                        "set " + setting.path() + ", or remove this key");
            }
            return;
        }
        if (!machine.owns(internal) && reader.isGiven(setting)) {
            warnings.add(
                    "%s = %s: this machine has no such address now; allocations fail until it has"
                            .formatted(setting.path(), internal.host()));
        }
        if (external == null && internal.isIpv4() && LocalMachine.isPrivate(internal)) {
            warnings.add(
                    "relays are at %s, a private address: peers elsewhere reach them only if %s"
                                    .formatted(internal.host(), externalSetting.path())
                            + " names the public address");
        }
    }

    private void checkReadable(Setting<?> setting, @Nullable Path file) {
        if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
            reader.addProblem(
                    setting,
                    Files.exists(file) ? file + " can't be read" : "there is no file " + file,
                    setting.type().expected(),
                    "check the path, and that the server's user may read it");
        }
    }

    private static boolean collide(Listener one, Listener other) {
        // UDP and DTLS share a socket.
        boolean sameDatagrams = one.protocol().isDatagram() && one.protocol() == other.protocol();
        boolean bothTcp = !one.protocol().isDatagram() && !other.protocol().isDatagram();
        return (sameDatagrams || bothTcp) && overlap(one.address(), other.address());
    }

    static boolean overlap(TransportAddress one, TransportAddress other) {
        return one.port() == other.port() && one.port() != 0 && sameHost(one, other);
    }

    private static boolean sameHost(TransportAddress one, TransportAddress other) {
        return one.family() == other.family()
                && (isWildcard(one)
                        || isWildcard(other)
                        || one.withPort(0).equals(other.withPort(0)));
    }

    private static boolean isAmongRelays(Listener listener, Relay relay) {
        TransportAddress address = listener.address();
        TransportAddress internal = address.isIpv4() ? relay.ipv4() : relay.ipv6();
        return listener.protocol().isDatagram()
                && address.port() >= relay.minPort()
                && address.port() <= relay.maxPort()
                && internal != null
                && sameHost(address, internal);
    }

    private static boolean isWildcard(TransportAddress address) {
        return address.toInetAddress().isAnyLocalAddress();
    }

    private static Setting<?> settingOf(Listener listener) {
        return switch (listener.protocol()) {
            case UDP -> listener.proxied() ? EntranceSchema.PROXIED_UDP : Schema.UDP;
            case TCP -> listener.proxied() ? EntranceSchema.PROXIED_TCP : Schema.TCP;
            case TLS -> listener.proxied() ? EntranceSchema.PROXIED_TLS : Schema.TLS;
            case DTLS -> Schema.DTLS;
        };
    }
}

package org.turnd.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.BehaviorDiscovery;
import org.turnd.server.config.ServerSettings.Http;
import org.turnd.server.config.ServerSettings.Limits;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Log;
import org.turnd.server.config.ServerSettings.Peers;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Relay;
import org.turnd.server.config.ServerSettings.Stun;
import org.turnd.server.config.ServerSettings.Tls;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// Puts typed values together to [ServerSettings], with the defaults that depend on the machine and
/// on other keys. Reads every key once.
final class SettingsAssembly {
    private static final int PORT = 3478;
    private static final int TLS_PORT = 5349;

    private final SettingsReader reader;
    private final RawValues raw;
    private final LocalMachine machine;
    private final List<ConfigProblem> problems;
    private final List<String> warnings;
    private final CrossChecks checks;
    private final LocalNames names;

    SettingsAssembly(
            SettingsReader reader,
            RawValues raw,
            LocalMachine machine,
            List<ConfigProblem> problems,
            List<String> warnings) {
        this.reader = reader;
        this.raw = raw;
        this.machine = machine;
        this.problems = problems;
        this.warnings = warnings;
        checks = new CrossChecks(reader, machine, warnings);
        names = new LocalNames(reader, machine, warnings);
    }

    ServerSettings assemble(@Nullable Path file) {
        String realm = reader.value(Schema.REALM);
        Relay relay = relay();
        Path certificate = reader.path(Schema.CERTIFICATE, file);
        Path key = reader.path(Schema.KEY, file);
        Stun stun = stun();
        List<Listener> listeners = listeners(certificate != null);
        addProxied(listeners);
        addDiscovery(stun.discovery(), listeners);
        checks.checkListeners(listeners, relay);
        List<RealmSettings> realms =
                new RealmsAssembly(reader, raw, problems).assemble(realm, listeners, file);
        Auth auth =
                new AuthAssembly(reader, raw, checks, problems, warnings)
                        .assemble(realm, realms, file);
        RedirectSettings redirect =
                new RedirectAssembly(reader, machine, warnings).assemble(listeners);
        Limits limits = limits();
        checks.checkLifetimes(limits);
        checks.checkTls(certificate, key, listeners);
        Http http = reader.value(Schema.HTTP).map(Http::new).orElse(null);
        checks.checkHttp(http, listeners);
        AdminSettings admin = new AdminAssembly(reader, warnings).assemble(auth);
        ServerSettings.Secret keyPassword = reader.given(Schema.KEY_PASSWORD);
        ServerSettings.TlsProvider provider = reader.value(Schema.TLS_PROVIDER);
        return new ServerSettings(
                realm,
                reader.value(Schema.SOFTWARE).orElse(null),
                listeners,
                texts(EntranceSchema.TRUSTED_PROXIES),
                stun,
                relay,
                auth,
                redirect,
                peers(),
                limits,
                certificate == null || key == null
                        ? null
                        : new Tls(certificate, key, keyPassword, provider),
                http,
                new Log(
                        reader.value(Schema.LOG_FORMAT),
                        reader.value(Schema.LOG_LEVEL),
                        reader.value(Schema.AUDIT),
                        new EventAssembly(reader, warnings).assemble(file)),
                reader.value(Schema.SHARDS).orElse(0),
                reader.value(Schema.DATA_PLANE),
                reader.value(Schema.COALESCING),
                new ServerSettings.Mobility(
                        reader.value(Schema.MOBILITY), reader.value(Schema.MOBILITY_WINDOW)),
                reader.value(Schema.DRAIN_TIMEOUT),
                admin,
                realms);
    }

    private List<Listener> listeners(boolean hasCertificate) {
        var listeners = new ArrayList<Listener>();
        add(Protocol.UDP, Schema.UDP, names.everywhere(PORT), listeners);
        add(Protocol.TCP, Schema.TCP, names.everywhere(PORT), listeners);
        add(
                Protocol.TLS,
                Schema.TLS,
                hasCertificate ? names.everywhere(TLS_PORT) : List.of(),
                listeners);
        add(
                Protocol.DTLS,
                Schema.DTLS,
                hasCertificate ? names.everywhere(TLS_PORT) : List.of(),
                listeners);
        return listeners;
    }

    private void addProxied(List<Listener> listeners) {
        List<Listener> proxied = new ArrayList<>();
        add(Protocol.UDP, EntranceSchema.PROXIED_UDP, List.of(), proxied);
        add(Protocol.TCP, EntranceSchema.PROXIED_TCP, List.of(), proxied);
        add(Protocol.TLS, EntranceSchema.PROXIED_TLS, List.of(), proxied);
        checks.checkProxied(proxied, reader.list(EntranceSchema.TRUSTED_PROXIES));
        proxied.forEach(one -> listeners.add(new Listener(one.protocol(), one.address(), true)));
    }

    private static void addDiscovery(
            @Nullable BehaviorDiscovery discovery, List<Listener> listeners) {
        if (discovery != null) {
            discovery.listeners().stream()
                    .filter(one -> listeners.stream().noneMatch(other -> covers(other, one)))
                    .forEach(listeners::add);
        }
    }

    private static boolean covers(Listener listener, Listener other) {
        return listener.protocol() == other.protocol()
                && CrossChecks.overlap(listener.address(), other.address());
    }

    private void add(
            Protocol protocol,
            Setting<ListenAddress> setting,
            List<TransportAddress> byDefault,
            List<Listener> listeners) {
        List<TransportAddress> addresses = names.listenAddresses(setting);
        if (!reader.isGiven(setting)) {
            addresses = byDefault;
            reader.setEffective(setting, Hocon.list(byDefault));
        }
        addresses.forEach(address -> listeners.add(new Listener(protocol, address)));
    }

    private Relay relay() {
        Relay relay =
                new Relay(
                        relayAddress(Schema.RELAY_IPV4, AddressFamily.IPV4, machine.primaryIpv4()),
                        relayAddress(Schema.RELAY_IPV6, AddressFamily.IPV6, machine.primaryIpv6()),
                        new ExternalAddresses(
                                orNull(reader.value(ExternalSchema.IPV4)),
                                orNull(reader.value(ExternalSchema.IPV6)),
                                orNull(reader.value(ExternalSchema.REFRESH))),
                        reader.value(Schema.MIN_PORT),
                        reader.value(Schema.MAX_PORT),
                        reader.value(Schema.QUARANTINE),
                        reader.value(Schema.RELAY_TRANSPORTS),
                        reader.value(Schema.TCP_CONNECTIONS));
        checks.checkRelay(relay);
        return relay;
    }

    private @Nullable TransportAddress relayAddress(
            Setting<RelayAddress> setting,
            AddressFamily family,
            @Nullable TransportAddress primary) {
        RelayAddress said = reader.value(setting);
        if (said.name() != null) {
            return names.relayAddress(setting, said.name(), family);
        }
        if (!said.isAuto()) {
            return said.address();
        }
        String found = primary == null ? ValueTypes.NONE : primary.host();
        reader.setEffective(setting, Hocon.value(found));
        return primary;
    }

    private Stun stun() {
        Stun stun =
                new Stun(
                        reader.value(EntranceSchema.CLASSIC_STUN),
                        new DiscoveryReader(reader).read());
        checks.warnOfRisks(stun);
        return stun;
    }

    private Peers peers() {
        return new Peers(texts(Schema.ALLOW), texts(Schema.DENY));
    }

    private List<String> texts(Setting<CidrBlock> setting) {
        return reader.list(setting).stream().map(CidrBlock::toString).toList();
    }

    private Limits limits() {
        return new Limits(
                reader.value(Schema.ALLOCATIONS),
                reader.value(Schema.ALLOCATIONS_PER_USER),
                reader.value(Schema.PERMISSIONS),
                reader.value(Schema.CHANNELS),
                reader.value(Schema.DEFAULT_LIFETIME),
                reader.value(Schema.MAX_LIFETIME),
                reader.value(Schema.CONNECTIONS),
                reader.value(Schema.DTLS_HANDSHAKES),
                reader.value(Schema.HANDSHAKE_TIMEOUT),
                reader.value(Schema.IDLE_STREAM_TIMEOUT),
                reader.value(Schema.STREAM_QUEUE),
                reader.value(Schema.LISTENER_BUFFER),
                reader.value(Schema.RELAY_BUFFER),
                reader.value(Schema.CHANNEL_NUMBERS),
                LimitsSchema.read(reader));
    }

    private static <T> @Nullable T orNull(Optional<T> value) {
        return value.orElse(null);
    }
}

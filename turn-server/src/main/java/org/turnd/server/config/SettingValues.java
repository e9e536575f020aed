package org.turnd.server.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.BehaviorDiscovery;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;

/// Where the value of each key stands in [ServerSettings], so that two of them can be compared key
/// by key.
final class SettingValues {
    /// One key and its value.
    record Place(Setting<?> setting, Function<ServerSettings, @Nullable Object> value) {}

    private static final List<Place> PLACES =
            List.of(
                    at(Schema.REALM, ServerSettings::realm),
                    at(Schema.SOFTWARE, ServerSettings::software),
                    at(Schema.UDP, s -> listeners(s, Protocol.UDP, false)),
                    at(Schema.TCP, s -> listeners(s, Protocol.TCP, false)),
                    at(Schema.TLS, s -> listeners(s, Protocol.TLS, false)),
                    at(Schema.DTLS, s -> listeners(s, Protocol.DTLS, false)),
                    at(Schema.RELAY_IPV4, s -> s.relay().ipv4()),
                    at(Schema.RELAY_IPV6, s -> s.relay().ipv6()),
                    at(ExternalSchema.IPV4, s -> s.relay().external().ipv4()),
                    at(ExternalSchema.IPV6, s -> s.relay().external().ipv6()),
                    at(ExternalSchema.REFRESH, s -> s.relay().external().refresh()),
                    at(Schema.MIN_PORT, s -> s.relay().minPort()),
                    at(Schema.MAX_PORT, s -> s.relay().maxPort()),
                    at(Schema.QUARANTINE, s -> s.relay().quarantine()),
                    at(Schema.RELAY_TRANSPORTS, s -> s.relay().transports()),
                    at(AuthSchema.SECRET, s -> s.auth().secrets()),
                    at(AuthSchema.USERS, s -> s.auth().users()),
                    at(AuthSchema.SEPARATOR, s -> s.auth().separator()),
                    at(AuthSchema.NONCE_LIFETIME, s -> s.auth().nonceLifetime()),
                    at(AuthSchema.PASSWORD_ALGORITHMS, s -> s.auth().passwordAlgorithms()),
                    at(AuthSchema.USER_ANONYMITY, s -> s.auth().userAnonymity()),
                    at(AuthSchema.FEATURE_BITS, s -> s.auth().featureBits()),
                    at(AuthSchema.EXPIRED_CREDENTIALS, s -> s.auth().expiredCredentials()),
                    at(AuthSchema.QUOTA_BY, s -> s.auth().quotaBy()),
                    at(RedirectSchema.TO, s -> s.redirect().to()),
                    at(RedirectSchema.WHEN, s -> s.redirect().when()),
                    at(RedirectSchema.DOMAIN, s -> s.redirect().domain()),
                    at(
                            RedirectSchema.BEFORE_AUTHENTICATION,
                            s -> s.redirect().beforeAuthentication()),
                    at(RedirectSchema.ANYCAST_ADDRESSES, s -> s.redirect().anycastAddresses()),
                    at(RedirectSchema.ANYCAST_TO, s -> s.redirect().anycastTo()),
                    at(OAuthSchema.SERVER_NAME, s -> oauth(s, OAuthSettings::serverName)),
                    at(OAuthSchema.KEYS, s -> oauth(s, OAuthSettings::keys)),
                    at(
                            OAuthSchema.TRUNCATED_MAC_KEYS,
                            s -> oauth(s, OAuthSettings::truncatedMacKeys)),
                    at(Schema.ALLOW, s -> s.peers().allow()),
                    at(Schema.DENY, s -> s.peers().deny()),
                    at(Schema.ALLOCATIONS, s -> s.limits().allocations()),
                    at(Schema.ALLOCATIONS_PER_USER, s -> s.limits().allocationsPerUser()),
                    at(
                            LimitsSchema.ALLOCATIONS_PER_ADDRESS,
                            s -> s.limits().throttles().allocationsPerAddress()),
                    at(LimitsSchema.BANDWIDTH, s -> s.limits().throttles().bandwidth().total()),
                    at(
                            LimitsSchema.BANDWIDTH_PER_USER,
                            s -> s.limits().throttles().bandwidth().perUser()),
                    at(
                            LimitsSchema.BANDWIDTH_PER_ALLOCATION,
                            s -> s.limits().throttles().bandwidth().perAllocation()),
                    at(
                            LimitsSchema.STRANGER_ANSWERS,
                            s -> s.limits().throttles().strangerAnswersPerSecond()),
                    at(
                            LimitsSchema.REFLECTION_FACTOR,
                            s -> s.limits().throttles().reflectionFactor()),
                    at(
                            LimitsSchema.FAILED_LOGINS,
                            s -> s.limits().throttles().failedLoginsPerMinute()),
                    at(Schema.PERMISSIONS, s -> s.limits().permissionsPerAllocation()),
                    at(Schema.CHANNELS, s -> s.limits().channelsPerAllocation()),
                    at(Schema.TCP_CONNECTIONS, s -> s.relay().tcpConnectionsPerAllocation()),
                    at(Schema.DEFAULT_LIFETIME, s -> s.limits().defaultLifetime()),
                    at(Schema.MAX_LIFETIME, s -> s.limits().maxLifetime()),
                    at(Schema.CONNECTIONS, s -> s.limits().connections()),
                    at(
                            LimitsSchema.CONNECTIONS_PER_ADDRESS,
                            s -> s.limits().throttles().connectionsPerAddress()),
                    at(LimitsSchema.TLS_HANDSHAKES, s -> s.limits().throttles().tlsHandshakes()),
                    at(Schema.DTLS_HANDSHAKES, s -> s.limits().dtlsHandshakes()),
                    at(Schema.HANDSHAKE_TIMEOUT, s -> s.limits().handshakeTimeout()),
                    at(Schema.IDLE_STREAM_TIMEOUT, s -> s.limits().idleStreamTimeout()),
                    at(Schema.STREAM_QUEUE, s -> s.limits().streamQueueBytes()),
                    at(Schema.LISTENER_BUFFER, s -> s.limits().listenerBufferBytes()),
                    at(Schema.RELAY_BUFFER, s -> s.limits().relayBufferBytes()),
                    at(Schema.CHANNEL_NUMBERS, s -> s.limits().channelNumbers()),
                    at(Schema.CERTIFICATE, s -> tls(s, ServerSettings.Tls::certificateChain)),
                    at(Schema.KEY, s -> tls(s, ServerSettings.Tls::privateKey)),
                    at(Schema.KEY_PASSWORD, s -> tls(s, ServerSettings.Tls::keyPassword)),
                    at(Schema.TLS_PROVIDER, s -> tls(s, ServerSettings.Tls::provider)),
                    at(Schema.HTTP, ServerSettings::http),
                    at(Schema.LOG_FORMAT, s -> s.log().format()),
                    at(Schema.LOG_LEVEL, s -> s.log().level()),
                    at(Schema.AUDIT, s -> s.log().audit()),
                    at(EventSchema.AUDIT_FILE, s -> audit(s, EventSettings.AuditFile::path)),
                    at(EventSchema.AUDIT_FILE_SIZE, s -> audit(s, EventSettings.AuditFile::bytes)),
                    at(EventSchema.AUDIT_FILE_DAYS, s -> audit(s, EventSettings.AuditFile::days)),
                    at(EventSchema.WEBHOOK_URL, s -> webhook(s, EventSettings.Webhook::url)),
                    at(EventSchema.WEBHOOK_SECRET, s -> webhook(s, EventSettings.Webhook::secrets)),
                    at(EventSchema.WEBHOOK_EVENTS, s -> webhook(s, EventSettings.Webhook::kinds)),
                    at(EventSchema.WEBHOOK_QUEUE, s -> webhook(s, EventSettings.Webhook::queue)),
                    at(
                            EventSchema.WEBHOOK_TIMEOUT,
                            s -> webhook(s, EventSettings.Webhook::timeout)),
                    at(
                            EventSchema.WEBHOOK_GIVE_UP,
                            s -> webhook(s, EventSettings.Webhook::giveUpAfter)),
                    at(
                            EventSchema.WEBHOOK_PLAIN_HTTP,
                            s -> webhook(s, EventSettings.Webhook::plainHttp)),
                    at(Schema.SHARDS, ServerSettings::shards),
                    at(Schema.DATA_PLANE, ServerSettings::dataPlane),
                    at(Schema.COALESCING, ServerSettings::coalescing),
                    at(Schema.MOBILITY, s -> s.mobility().allowed()),
                    at(Schema.MOBILITY_WINDOW, s -> s.mobility().window()),
                    at(Schema.DRAIN_TIMEOUT, ServerSettings::drainTimeout),
                    at(AdminSchema.LISTEN, s -> admin(s, SettingValues::places)),
                    at(AdminSchema.TOKEN, s -> admin(s, AdminSettings::token)),
                    at(
                            AdminSchema.APPLICATION_TOKENS,
                            s -> admin(s, AdminSettings::applicationTokens)),
                    at(AdminSchema.CORS_ORIGINS, s -> admin(s, AdminSettings::corsOrigins)),
                    at(AdminSchema.HOSTS, s -> admin(s, AdminSettings::hosts)),
                    at(AdminSchema.ICE_URLS, s -> admin(s, AdminSettings::iceUrls)),
                    at(AdminSchema.CREDENTIALS_TTL, s -> admin(s, AdminSettings::credentialsTtl)),
                    at(
                            AdminSchema.CREDENTIALS_TTL_MAX,
                            s -> admin(s, AdminSettings::credentialsTtlMax)),
                    at(
                            AdminSchema.CREDENTIALS_PER_MINUTE,
                            s -> admin(s, AdminSettings::credentialsPerMinute)),
                    at(EntranceSchema.PROXIED_UDP, s -> listeners(s, Protocol.UDP, true)),
                    at(EntranceSchema.PROXIED_TCP, s -> listeners(s, Protocol.TCP, true)),
                    at(EntranceSchema.PROXIED_TLS, s -> listeners(s, Protocol.TLS, true)),
                    at(EntranceSchema.TRUSTED_PROXIES, ServerSettings::trustedProxies),
                    at(EntranceSchema.CLASSIC_STUN, s -> s.stun().classic()),
                    at(
                            EntranceSchema.DISCOVERY_ADDRESSES,
                            s -> discovery(s, BehaviorDiscovery::addresses)),
                    at(
                            EntranceSchema.DISCOVERY_PORTS,
                            s -> discovery(s, d -> List.of(d.firstPort(), d.secondPort()))),
                    at(
                            EntranceSchema.DISCOVERY_EXTERNAL,
                            s -> discovery(s, SettingValues::external)),
                    at(
                            EntranceSchema.DISCOVERY_RATE,
                            s -> discovery(s, BehaviorDiscovery::requestsPerSecond)));

    private SettingValues() {}

    private static Place at(Setting<?> setting, Function<ServerSettings, @Nullable Object> value) {
        return new Place(setting, value);
    }

    /// Returns the keys whose values differ, in the order of the reference.
    static List<String> different(ServerSettings one, ServerSettings other) {
        var keys = new ArrayList<String>();
        List<Place> all =
                Stream.of(PLACES, StoreValues.PLACES, TracingValues.PLACES)
                        .flatMap(List::stream)
                        .toList();
        for (Place place : all) {
            if (!Objects.equals(place.value().apply(one), place.value().apply(other))) {
                keys.add(place.setting().path());
            }
        }
        return keys;
    }

    /// The listeners that a key asks for; NAT behaviour discovery adds its own.
    private static List<Listener> listeners(
            ServerSettings settings, Protocol protocol, boolean proxied) {
        BehaviorDiscovery discovery = settings.stun().discovery();
        List<Listener> added = discovery == null ? List.of() : discovery.listeners();
        return settings.listeners().stream()
                .filter(one -> one.protocol() == protocol && one.proxied() == proxied)
                .filter(one -> !added.contains(one))
                .toList();
    }

    private static @Nullable Object oauth(
            ServerSettings settings, Function<OAuthSettings, ?> value) {
        OAuthSettings oauth = settings.auth().oauth();
        return oauth == null ? null : value.apply(oauth);
    }

    private static @Nullable Object audit(
            ServerSettings settings, Function<EventSettings.AuditFile, Object> value) {
        EventSettings.AuditFile file = settings.log().events().auditFile();
        return file == null ? null : value.apply(file);
    }

    private static @Nullable Object webhook(
            ServerSettings settings, Function<EventSettings.Webhook, Object> value) {
        EventSettings.Webhook webhook = settings.log().events().webhook();
        return webhook == null ? null : value.apply(webhook);
    }

    private static @Nullable Object admin(
            ServerSettings settings, Function<AdminSettings, @Nullable Object> value) {
        AdminSettings admin = settings.admin();
        return admin == null ? null : value.apply(admin);
    }

    private static Object places(AdminSettings admin) {
        return Arrays.asList(admin.addresses(), admin.socket());
    }

    private static @Nullable Object tls(
            ServerSettings settings, Function<ServerSettings.Tls, @Nullable Object> value) {
        ServerSettings.Tls tls = settings.tls();
        return tls == null ? null : value.apply(tls);
    }

    /// What is said of them; without a word they are the addresses themselves.
    private static @Nullable Object external(BehaviorDiscovery discovery) {
        return discovery.externalAddresses().equals(discovery.addresses())
                ? null
                : discovery.externalAddresses();
    }

    private static @Nullable Object discovery(
            ServerSettings settings, Function<BehaviorDiscovery, @Nullable Object> value) {
        BehaviorDiscovery discovery = settings.stun().discovery();
        return discovery == null ? null : value.apply(discovery);
    }
}

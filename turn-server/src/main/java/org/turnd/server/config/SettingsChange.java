package org.turnd.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Limits;
import org.turnd.server.config.ServerSettings.Log;
import org.turnd.server.config.ServerSettings.Relay;
import org.turnd.server.config.ServerSettings.Tls;

/// What a running server makes of other settings: which values it takes, and which have to wait for
/// a restart.
///
/// @param inForce the settings to go on with: what can change is new, all else as it was
/// @param taken the keys whose new value is in force, in the order of the reference
/// @param needRestart the keys whose new value isn't
public record SettingsChange(ServerSettings inForce, List<String> taken, List<String> needRestart) {
    public SettingsChange {
        taken = List.copyOf(taken);
        needRestart = List.copyOf(needRestart);
    }

    /// Compares the settings of a running server with those it shall have.
    public static SettingsChange of(ServerSettings now, ServerSettings next) {
        ServerSettings inForce = inForce(now, next);
        return new SettingsChange(inForce, different(now, inForce), different(inForce, next));
    }

    private static List<String> different(ServerSettings one, ServerSettings other) {
        List<String> keys = new ArrayList<>(SettingValues.different(one, other));
        keys.addAll(RealmValues.different(one.realms(), other.realms()));
        return keys;
    }

    private static ServerSettings inForce(ServerSettings now, ServerSettings next) {
        return new ServerSettings(
                now.realm(),
                next.software(),
                now.listeners(),
                now.trustedProxies(),
                now.stun(),
                relay(now.relay(), next.relay()),
                auth(now, next),
                redirect(now.redirect(), next.redirect()),
                next.peers(),
                limits(now.limits(), next.limits()),
                tls(now, next),
                now.http(),
                new Log(
                        now.log().format(),
                        next.log().level(),
                        next.log().audit(),
                        now.log().events()),
                now.shards(),
                now.dataPlane(),
                now.coalescing(),
                next.mobility(),
                next.drainTimeout(),
                now.admin(),
                realms(now, next));
    }

    private static Relay relay(Relay now, Relay next) {
        return new Relay(
                now.ipv4(),
                now.ipv6(),
                next.external(),
                now.minPort(),
                now.maxPort(),
                now.quarantine(),
                now.transports(),
                next.tcpConnectionsPerAllocation());
    }

    /// The keys of users, and so which algorithms make them, are those of a realm.
    private static Auth auth(ServerSettings now, ServerSettings next) {
        Auth old = now.auth();
        Auth fresh = next.auth();
        boolean isSameRealm = Objects.equals(now.realm(), next.realm());
        return new Auth(
                fresh.secrets(),
                isSameRealm ? fresh.users() : old.users(),
                old.separator(),
                fresh.nonceLifetime(),
                isSameRealm ? fresh.passwordAlgorithms() : old.passwordAlgorithms(),
                fresh.userAnonymity(),
                fresh.featureBits(),
                fresh.expiredCredentials(),
                old.quotaBy(),
                fresh.oauth(),
                old.stores());
    }

    /// Realms and their listeners stay as they are; users, secrets and limits change.
    private static List<RealmSettings> realms(ServerSettings now, ServerSettings next) {
        return now.realms().stream()
                .map(old -> {
                    for (RealmSettings fresh : next.realms()) {
                        if (fresh.name().equals(old.name())) {
                            return new RealmSettings(
                                    old.name(),
                                    old.listeners(),
                                    fresh.secrets(),
                                    fresh.users(),
                                    fresh.limits());
                        }
                    }
                    return old;
                })
                .toList();
    }

    private static RedirectSettings redirect(RedirectSettings now, RedirectSettings next) {
        return new RedirectSettings(
                next.to(),
                next.when(),
                next.domain(),
                next.beforeAuthentication(),
                now.anycastAddresses(),
                now.anycastTo());
    }

    private static Limits limits(Limits now, Limits next) {
        return new Limits(
                next.allocations(),
                next.allocationsPerUser(),
                next.permissionsPerAllocation(),
                next.channelsPerAllocation(),
                next.defaultLifetime(),
                next.maxLifetime(),
                now.connections(),
                now.dtlsHandshakes(),
                now.handshakeTimeout(),
                now.idleStreamTimeout(),
                now.streamQueueBytes(),
                now.listenerBufferBytes(),
                now.relayBufferBytes(),
                now.channelNumbers(),
                throttles(now.throttles(), next.throttles()));
    }

    private static Throttles throttles(Throttles now, Throttles next) {
        return new Throttles(
                next.allocationsPerAddress(),
                now.connectionsPerAddress(),
                now.tlsHandshakes(),
                next.bandwidth(),
                next.reflectionFactor(),
                next.strangerAnswersPerSecond(),
                next.failedLoginsPerMinute());
    }

    /// Where there was no certificate there are no listeners for one, and the other way round.
    private static @Nullable Tls tls(ServerSettings now, ServerSettings next) {
        Tls old = now.tls();
        Tls fresh = next.tls();
        return old == null || fresh == null
                ? old
                : new Tls(
                        fresh.certificateChain(),
                        fresh.privateKey(),
                        fresh.keyPassword(),
                        old.provider());
    }
}

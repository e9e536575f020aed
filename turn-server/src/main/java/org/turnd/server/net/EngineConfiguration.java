package org.turnd.server.net;

import java.util.List;
import java.util.stream.Collectors;
import org.turnd.server.config.RedirectSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.engine.AbuseLimits;
import org.turnd.server.engine.EngineSettings;
import org.turnd.server.engine.Redirect;
import org.turnd.server.engine.RelayTransports;
import org.turnd.server.engine.SecurityFeatures;
import org.turnd.server.engine.Transport;

/// What one engine is told of a server's settings.
final class EngineConfiguration {
    private EngineConfiguration() {}

    /// @param shards how many engines share the work
    static EngineSettings of(ServerSettings settings, int shards) {
        ServerSettings.Limits limits = settings.limits();
        return new EngineSettings(
                settings.realm(),
                settings.software(),
                (int) limits.defaultLifetime().toSeconds(),
                (int) limits.maxLifetime().toSeconds(),
                (int) settings.auth().nonceLifetime().toSeconds(),
                securityFeatures(settings.auth()),
                redirect(settings.redirect()),
                Math.ceilDiv(limits.allocations(), shards),
                limits.permissionsPerAllocation(),
                limits.channelsPerAllocation(),
                ShardGroup.STORED_ANSWERS_MAX,
                settings.mobility().allowed() == ServerSettings.Switch.ON,
                (int) settings.mobility().window().toSeconds(),
                limits.channelNumbers().max(),
                settings.stun().classic() == ServerSettings.Switch.ON,
                new AbuseLimits(
                        limits.throttles().strangerAnswersPerSecond(),
                        limits.throttles().failedLoginsPerMinute(),
                        limits.throttles().reflectionFactor()),
                relayTransports(settings.relay()));
    }

    private static SecurityFeatures securityFeatures(ServerSettings.Auth auth) {
        return new SecurityFeatures(
                auth.passwordAlgorithms(),
                auth.userAnonymity() == ServerSettings.Switch.ON,
                auth.featureBits().order());
    }

    private static Redirect redirect(RedirectSettings redirect) {
        return new Redirect(
                targets(redirect.to()),
                redirect.domain(),
                redirect.when().stream()
                        .map(occasion -> Redirect.Occasion.valueOf(occasion.name()))
                        .collect(Collectors.toSet()),
                redirect.beforeAuthentication() == ServerSettings.Switch.ON,
                targets(redirect.anycastTo()));
    }

    private static List<Redirect.Target> targets(List<RedirectSettings.Target> targets) {
        return targets.stream()
                .map(target -> {
                    Protocol only = target.protocol();
                    return new Redirect.Target(
                            only == null ? null : Transport.valueOf(only.name()), target.address());
                })
                .toList();
    }

    private static RelayTransports relayTransports(ServerSettings.Relay relay) {
        ServerSettings.RelayTransports wanted = relay.transports();
        return new RelayTransports(
                wanted != ServerSettings.RelayTransports.TCP,
                wanted != ServerSettings.RelayTransports.UDP,
                relay.tcpConnectionsPerAllocation());
    }
}

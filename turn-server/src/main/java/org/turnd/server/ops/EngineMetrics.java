package org.turnd.server.ops;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.turnd.server.engine.Counter;
import org.turnd.server.engine.EngineCounters;
import org.turnd.server.engine.RefusalCause;

/// What the engines of all shards count, as metrics: sums over the shards, live traffic included.
public final class EngineMetrics {
    private static final String PACKETS = "turnd_relayed_packets";
    private static final String BYTES = "turnd_relayed_bytes";
    private static final String DROPPED = "turnd_dropped_packets";

    /// Where a counter is shown.
    ///
    /// @param label, value empty where the metric has no label
    private record Series(String name, String help, String label, String value) {
        static Series plain(String name, String help) {
            return new Series(name, help, "", "");
        }

        static Series dropped(Counter counter) {
            String cause = text(counter).substring("dropped_".length());
            return new Series(
                    DROPPED, "Packets dropped by the protocol, by cause.", "cause", cause);
        }
    }

    private EngineMetrics() {}

    /// Registers the counts of these engines.
    public static void register(Metrics metrics, List<EngineCounters> engines) {
        Map<String, Series> families = new LinkedHashMap<>();
        Map<String, Map<String, LongSupplier>> values = new LinkedHashMap<>();
        for (Counter counter : Counter.values()) {
            Series series = series(counter);
            families.putIfAbsent(series.name(), series);
            values.computeIfAbsent(series.name(), name -> new LinkedHashMap<>())
                    .put(series.value(), () -> sum(engines, counter));
        }
        families.forEach((name, series) -> {
            Map<String, LongSupplier> family = values.getOrDefault(name, Map.of());
            if (series.label().isEmpty()) {
                family.values().forEach(v -> metrics.counter(name, series.help(), v));
            } else {
                metrics.counter(name, series.help(), series.label(), family);
            }
        });
        metrics.gauge("turnd_allocations", "Live allocations.", () -> liveAllocations(engines));
        registerRefusals(metrics, engines);
    }

    /// Returns how many allocations these engines hold now, give or take those that are being made.
    public static long liveAllocations(List<EngineCounters> engines) {
        // Ended first: an allocation that ends in between must not make the difference negative.
        long ended = sum(engines, Counter.ALLOCATIONS_ENDED);
        return sum(engines, Counter.ALLOCATIONS_CREATED) - ended;
    }

    private static void registerRefusals(Metrics metrics, List<EngineCounters> engines) {
        Map<String, LongSupplier> values = new LinkedHashMap<>();
        for (RefusalCause cause : RefusalCause.values()) {
            values.put(
                    cause.name().toLowerCase(Locale.ROOT),
                    () -> engines.stream().mapToLong(engine -> engine.get(cause)).sum());
        }
        metrics.counter(
                "turnd_refused_requests",
                "Requests answered with an error, by cause. no_credentials is every client's first"
                        + " request, not a failure.",
                "cause",
                values);
    }

    private static Series series(Counter counter) {
        return switch (counter) {
            case BINDING_REQUESTS ->
                    Series.plain("turnd_binding_requests", "STUN Binding requests answered.");
            case ALLOCATIONS_CREATED, ALLOCATIONS_ENDED -> allocations(counter);
            case PERMISSIONS_INSTALLED ->
                    Series.plain("turnd_permissions_installed", "Permissions made or refreshed.");
            case PERMISSIONS_REVOKED ->
                    Series.plain(
                            "turnd_permissions_revoked",
                            "Permissions and peer connections that a reload has ended, because the"
                                    + " peer is denied now.");
            case CHANNELS_BOUND ->
                    Series.plain("turnd_channels_bound", "Channels bound or refreshed.");
            case CLIENTS_MOVED ->
                    Series.plain(
                            "turnd_clients_moved",
                            "Allocations that went along with their client to another address.");
            case RETRANSMISSIONS_ANSWERED, REQUESTS_WAITED -> requests(counter);
            case PACKETS_HANDED_OVER ->
                    Series.plain(
                            "turnd_handed_over_packets",
                            "Packets from one relayed address of this server to another, inside the"
                                    + " process.");
            case ICMP_ERRORS_RELAYED -> icmp("relayed");
            case ICMP_ERRORS_DROPPED -> icmp("dropped");
            case PEER_CONNECTIONS_OPENED,
                    PEER_CONNECTIONS_CLOSED,
                    PEER_CONNECTIONS_REFUSED,
                    PEER_CONNECTIONS_NOT_BOUND ->
                    peerConnections(counter);
            case PACKETS_TO_PEERS -> relayed(PACKETS, "Packets relayed.", "to_peer");
            case PACKETS_TO_CLIENTS -> relayed(PACKETS, "Packets relayed.", "to_client");
            case BYTES_TO_PEERS -> relayed(BYTES, "Bytes of application data relayed.", "to_peer");
            case BYTES_TO_CLIENTS ->
                    relayed(BYTES, "Bytes of application data relayed.", "to_client");
            case DROPPED_MALFORMED,
                    DROPPED_UNKNOWN_METHOD,
                    DROPPED_UNEXPECTED_CLASS,
                    DROPPED_NOT_STUN,
                    DROPPED_NO_ALLOCATION,
                    DROPPED_NO_CHANNEL,
                    DROPPED_NO_PERMISSION,
                    DROPPED_PEER_DENIED,
                    DROPPED_BAD_INDICATION,
                    DROPPED_TOO_LONG,
                    DROPPED_DISCOVERY_RATE,
                    DROPPED_ALLOCATION_BANDWIDTH,
                    DROPPED_USER_BANDWIDTH,
                    DROPPED_REALM_BANDWIDTH,
                    DROPPED_TOTAL_BANDWIDTH,
                    DROPPED_REFLECTION,
                    DROPPED_STRANGER_RATE,
                    DROPPED_LOGIN_RATE,
                    DROPPED_NO_ANSWER,
                    DROPPED_TOO_MANY_WAITING ->
                    Series.dropped(counter);
        };
    }

    private static Series allocations(Counter counter) {
        return counter == Counter.ALLOCATIONS_CREATED
                ? Series.plain("turnd_allocations_started", "Allocations made.")
                : Series.plain("turnd_allocations_ended", "Allocations that are over.");
    }

    private static Series requests(Counter counter) {
        return counter == Counter.RETRANSMISSIONS_ANSWERED
                ? Series.plain(
                        "turnd_retransmissions_answered",
                        "Requests sent again by a client and answered as before.")
                : Series.plain(
                        "turnd_requests_waited",
                        "Requests that waited until a store had told of their user.");
    }

    private static Series peerConnections(Counter counter) {
        return switch (counter) {
            case PEER_CONNECTIONS_OPENED ->
                    Series.plain(
                            "turnd_peer_connections_opened",
                            "Connections between TCP relays and peers.");
            case PEER_CONNECTIONS_CLOSED ->
                    Series.plain(
                            "turnd_peer_connections_closed",
                            "Connections between TCP relays and peers that are over.");
            case PEER_CONNECTIONS_REFUSED ->
                    Series.plain(
                            "turnd_peer_connections_refused",
                            "Connections of peers to TCP relays that were closed at once: no"
                                    + " permission, or too many.");
            case PEER_CONNECTIONS_NOT_BOUND ->
                    Series.plain(
                            "turnd_peer_connections_not_bound",
                            "Connections of TCP relays that no client came for within 30 s.");
            default -> throw new IllegalArgumentException(counter + " counts no connections");
        };
    }

    private static Series icmp(String result) {
        return new Series(
                "turnd_icmp_errors",
                "ICMP errors about relayed datagrams, told to the client or not: another type, no"
                        + " permission, too many.",
                "result",
                result);
    }

    private static Series relayed(String name, String help, String direction) {
        return new Series(name, help, "direction", direction);
    }

    private static long sum(List<EngineCounters> engines, Counter counter) {
        return engines.stream().mapToLong(engine -> engine.get(counter)).sum();
    }

    private static String text(Counter counter) {
        return counter.name().toLowerCase(Locale.ROOT);
    }
}

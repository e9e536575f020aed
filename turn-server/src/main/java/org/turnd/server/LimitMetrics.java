package org.turnd.server;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongBiFunction;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.engine.ListenerCounters;
import org.turnd.server.net.ShardStatus;
import org.turnd.server.ops.Metrics;
import org.turnd.stun.AddressFamily;

/// What a running server may run out of, as metrics: ports, allocations, time until its certificate
/// ends; and what its listeners have to do.
public final class LimitMetrics {
    private LimitMetrics() {}

    /// Registers them for a server that has just started.
    public static void register(Metrics metrics, TurnServer server) {
        metrics.gauge(
                "turnd_allocations_limit",
                "Allocations at most at a time: limits.allocations.",
                () -> server.settings().limits().allocations());
        metrics.gauge(
                "turnd_connections_limit",
                "TCP and TLS connections at most at a time: limits.connections.",
                () -> server.settings().limits().connections());
        ports(metrics, server.settings().relay(), server);
        metrics.gaugeOrNothing(
                "turnd_certificate_expiry_timestamp_seconds",
                "When the certificate in use ends. Nothing without one.",
                () ->
                        server.certificateEnd().stream()
                                .mapToLong(Instant::getEpochSecond)
                                .findAny());
        listeners(metrics, server);
    }

    private static void ports(Metrics metrics, ServerSettings.Relay relay, TurnServer server) {
        Map<String, LongSupplier> all = new LinkedHashMap<>();
        Map<String, LongSupplier> free = new LinkedHashMap<>();
        for (AddressFamily family : AddressFamily.values()) {
            if ((family == AddressFamily.IPV4 ? relay.ipv4() : relay.ipv6()) != null) {
                String name = family.name().toLowerCase(Locale.ROOT);
                all.put(name, () -> relay.maxPort() - relay.minPort() + 1);
                free.put(name, () -> server.freeRelayPorts(family));
            }
        }
        metrics.gauge(
                "turnd_relay_ports",
                "Ports that relays can have, by address family.",
                "family",
                all);
        metrics.gauge(
                "turnd_relay_ports_free",
                "Those of them that the next relay can have; the others are in use or rest after it.",
                "family",
                free);
    }

    private static void listeners(Metrics metrics, TurnServer server) {
        metrics.gauge(
                "turnd_listener_allocations",
                "Live allocations by the listener at which they were made.",
                "listener",
                values(
                        server,
                        (counts, listener) -> {
                            // Ended first, so that one that ends in between makes nothing negative.
                            long ended = counts.endedAt(listener);
                            return counts.startedAt(listener) - ended;
                        }));
        metrics.counter(
                "turnd_listener_allocations_started",
                "Allocations made, by listener.",
                "listener",
                values(server, ListenerCounters::startedAt));
    }

    private static Map<String, LongSupplier> values(
            TurnServer server, ToLongBiFunction<ListenerCounters, Integer> value) {
        List<ListenerCounters> counters =
                server.shards().stream()
                        .map(ShardStatus::engineCounters)
                        .map(engine -> engine.listeners())
                        .toList();
        Map<String, LongSupplier> values = new LinkedHashMap<>();
        List<Listener> listeners = server.listeners();
        for (int i = 0; i < listeners.size(); i++) {
            Listener listener = listeners.get(i);
            int index = i;
            values.put(
                    listener.protocol().name().toLowerCase(Locale.ROOT) + " " + listener.address(),
                    () -> counters.stream().mapToLong(c -> value.applyAsLong(c, index)).sum());
        }
        return values;
    }
}

package org.turnd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.turnd.server.auth.StoreFailure;
import org.turnd.server.auth.StoredUsers;
import org.turnd.server.config.RedisSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.config.StoresSettings;
import org.turnd.server.engine.EngineCounters;
import org.turnd.server.net.LoopWatch;
import org.turnd.server.net.ShardCounters;
import org.turnd.server.net.ShardStatus;
import org.turnd.server.net.TestSettings;
import org.turnd.server.net.UdpCounters;
import org.turnd.server.ops.EventMetrics;
import org.turnd.server.ops.Metrics;
import org.turnd.server.ops.OutletStatus;
import org.turnd.server.ops.ReloadHistory;
import org.turnd.server.ops.StoreMetrics;

/// Holds `docs/reference/metrics.md` against the metrics that there are. With
/// `-Dturnd.regenerate=true` it writes the page first.
class MetricsReferenceTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "metrics.md");
    private final IdleShard shard = new IdleShard();

    @Test
    void theReferenceListsWhatThereIs() throws Exception {
        var metrics = new Metrics("1");
        ServerMetrics.register(metrics, List.of(shard));
        new ReloadHistory(InstantSource.system()).register(metrics);
        EventMetrics.register(metrics, OutletStatus.NONE, OutletStatus.NONE, OutletStatus.NONE);
        ServerSettings settings = new TestSettings().listen(Protocol.UDP, "127.0.0.1", 0).build();
        String page;
        try (StoredUsers stored = stored();
                var server = TurnServer.start(settings)) {
            StoreMetrics.register(metrics, stored);
            LimitMetrics.register(metrics, server);
            AddressMetrics.register(metrics, server);
            try (LoopWatch watch =
                    server.watchLoops(LoopWatch.BOUND, LoopWatch.INTERVAL, () -> {})) {
                LoopMetrics.register(metrics, watch);
            }
            page = page(metrics);
        }

        if (Boolean.getBoolean("turnd.regenerate")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertEquals(
                page, Files.readString(PAGE), "stale: run this test with -Dturnd.regenerate=true");
    }

    /// Stores that nobody asks, so that they needn't be there.
    private static StoredUsers stored() throws StoreFailure {
        var redis = new RedisSettings(URI.create("redis://127.0.0.1"), null, null, "{user}", null);
        var stores =
                new StoresSettings(
                        StoresSettings.Bounds.USUAL, Switch.OFF, null, null, redis, null, null);
        StoredUsers stored =
                StoredUsers.open(
                        new TestSettings().auth(auth -> auth.with(stores)).build(),
                        InstantSource.system());
        if (stored == null) {
            throw new AssertionError("the settings name stores");
        }
        return stored;
    }

    @Test
    void everyCounterOfAShardIsShown() {
        for (var counter : UdpCounters.Counter.values()) {
            shard.udpCounters().add(counter, 12_345);
        }
        for (var counter : ShardCounters.Counter.values()) {
            shard.counters().add(counter, 12_345);
        }
        var metrics = new Metrics("1");
        ServerMetrics.register(metrics, List.of(shard));

        long shown =
                metrics.scrape().stream()
                        .filter(CounterSnapshot.class::isInstance)
                        .map(CounterSnapshot.class::cast)
                        .flatMap(snapshot -> snapshot.getDataPoints().stream())
                        .filter(point -> point.getValue() == 12_345)
                        .count();

        // Streams and DTLS sessions that are over are the difference of all and open ones.
        int untold = 2;
        int counters = UdpCounters.Counter.values().length + ShardCounters.Counter.values().length;
        assertEquals(counters - untold, shown);
    }

    @Test
    void openConnectionsAreAGauge() {
        var metrics = new Metrics("1");
        ServerMetrics.register(metrics, List.of(shard, shard));

        assertTrue(page(metrics).contains("| `turnd_connections` | gauge |"), page(metrics));
    }

    private static String page(Metrics metrics) {
        Map<String, String> rows = new LinkedHashMap<>();
        for (MetricSnapshot snapshot : metrics.scrape()) {
            String name = snapshot.getMetadata().getPrometheusName();
            if (name.startsWith("turnd_")) {
                rows.put(
                        name,
                        "| `%s` | %s | %s | %s |"
                                .formatted(
                                        shownName(snapshot),
                                        typeOf(snapshot),
                                        labels(snapshot),
                                        snapshot.getMetadata().getHelp()));
            }
        }
        return """
        # Metrics

        What `/metrics` shows, besides the usual `process_...` and `jvm_...`. Generated from the server:
        a test holds this page against it.

        | Name | Type | Labels | Meaning |
        |---|---|---|---|
        %s
        """
                .formatted(String.join("\n", rows.values()));
    }

    private static String typeOf(MetricSnapshot snapshot) {
        return switch (snapshot) {
            case CounterSnapshot counter -> "counter";
            case HistogramSnapshot histogram -> "histogram";
            default -> "gauge";
        };
    }

    private static String shownName(MetricSnapshot snapshot) {
        String name = snapshot.getMetadata().getPrometheusName();
        return switch (snapshot) {
            case CounterSnapshot counter -> name + "_total";
            case InfoSnapshot info -> name + "_info";
            default -> name;
        };
    }

    private static String labels(MetricSnapshot snapshot) {
        Map<String, TreeSet<String>> labels = new LinkedHashMap<>();
        snapshot.getDataPoints()
                .forEach(point ->
                        point.getLabels()
                                .forEach(label ->
                                        labels.computeIfAbsent(
                                                        label.getName(), name -> new TreeSet<>())
                                                .add(label.getValue())));
        // What stands here is each server's own.
        labels.computeIfPresent("version", (name, values) -> new TreeSet<>());
        labels.computeIfPresent("listener", (name, values) -> new TreeSet<>());
        return labels.entrySet().stream()
                .map(entry ->
                        "`"
                                + entry.getKey()
                                + "`"
                                + entry.getValue().stream()
                                        .map(value -> " " + value)
                                        .collect(Collectors.joining(",")))
                .collect(Collectors.joining("; "));
    }

    /// A shard that nobody uses.
    private static final class IdleShard implements ShardStatus {
        private final EngineCounters engineCounters = new EngineCounters();
        private final UdpCounters udpCounters = new UdpCounters();
        private final ShardCounters counters = new ShardCounters();

        @Override
        public int index() {
            return 0;
        }

        @Override
        public EngineCounters engineCounters() {
            return engineCounters;
        }

        @Override
        public UdpCounters udpCounters() {
            return udpCounters;
        }

        @Override
        public ShardCounters counters() {
            return counters;
        }

        @Override
        public int allocations() {
            return 0;
        }

        @Override
        public int streamConnections() {
            return 0;
        }
    }
}

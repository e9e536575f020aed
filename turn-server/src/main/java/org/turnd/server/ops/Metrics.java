package org.turnd.server.ops;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Everything that `/metrics` shows. Values are asked for when somebody scrapes, never pushed, so
/// that a metric costs nothing on the data path. Names are `turnd_...` in base units; no label
/// carries a user name or an address.
///
/// Register at start, on one thread; scrape on any.
public final class Metrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();

    /// Metrics with the version of this server and the vital signs of its process.
    public Metrics(String version) {
        Info.builder()
                .name("turnd_build_info")
                .help("Version of this server.")
                .labelNames("version")
                .register(registry)
                .addLabelValues(version);
        ProcessMetrics.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmBufferPoolMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
    }

    /// Adds a count that only grows.
    ///
    /// @param name without `_total`
    /// @param value read at every scrape, on the scraping thread
    public void counter(String name, String help, LongSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    /// Adds counts that only grow, told apart by one label.
    ///
    /// @param name without `_total`
    /// @param values the label's values, each read at every scrape
    public void counter(
            String name, String help, String label, Map<String, ? extends LongSupplier> values) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback ->
                        values.forEach((l, v) -> callback.call((double) v.getAsLong(), l)))
                .register(registry);
    }

    /// Adds times that only grow, told apart by one label.
    ///
    /// @param name without `_total`; ends in `_seconds`
    /// @param nanos the label's values, each read at every scrape, in nanoseconds
    public void secondsCounter(
            String name, String help, String label, Map<String, ? extends LongSupplier> nanos) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(
                        callback -> nanos.forEach((l, v) -> callback.call(v.getAsLong() / 1e9, l)))
                .register(registry);
    }

    /// Adds a value that grows and shrinks.
    public void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    /// Adds values that grow and shrink, told apart by one label.
    ///
    /// @param values the label's values, each read at every scrape
    public void gauge(
            String name, String help, String label, Map<String, ? extends LongSupplier> values) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback ->
                        values.forEach((l, v) -> callback.call((double) v.getAsLong(), l)))
                .register(registry);
    }

    /// Adds a time that grows and shrinks.
    public void gaugeOfSeconds(String name, String help, LongSupplier nanos) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(nanos.getAsLong() / 1e9))
                .register(registry);
    }

    /// Adds a value that isn't always there.
    public void gaugeOrNothing(String name, String help, Supplier<OptionalLong> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> value.get().ifPresent(v -> callback.call((double) v)))
                .register(registry);
    }

    /// Adds a distribution.
    ///
    /// @param value read at every scrape, on the scraping thread
    public void histogram(String name, String help, Supplier<Distribution> value) {
        registry.register(() -> {
            Distribution now = value.get();
            return HistogramSnapshot.builder()
                    .name(name)
                    .help(help)
                    .dataPoint(
                            HistogramDataPointSnapshot.builder()
                                    .classicHistogramBuckets(now.buckets())
                                    .sum(now.sum())
                                    .build())
                    .build();
        });
    }

    /// How values are distributed.
    ///
    /// @param counts by the upper bounds of their buckets, the last of which is infinity; none
    ///   counts what is in one before it
    /// @param sum of all values
    public record Distribution(SortedMap<Double, Long> counts, double sum) {
        private ClassicHistogramBuckets buckets() {
            return ClassicHistogramBuckets.of(
                    List.copyOf(counts.keySet()), List.copyOf(counts.values()));
        }
    }

    /// Reads every value now.
    public MetricSnapshots scrape() {
        return registry.scrape();
    }
}

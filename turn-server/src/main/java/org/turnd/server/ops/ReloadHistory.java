package org.turnd.server.ops;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// How often the configuration was read again, and how that went. Safe on every thread.
public final class ReloadHistory {
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final InstantSource clock;
    private volatile boolean isLastGood = true;
    private volatile Instant lastGood;

    /// A server that starts now, with a configuration that is good.
    public ReloadHistory(InstantSource clock) {
        this.clock = clock;
        lastGood = clock.instant();
    }

    /// The configuration was read again, and is in force as far as it can be.
    public void succeeded() {
        succeeded.incrementAndGet();
        lastGood = clock.instant();
        isLastGood = true;
    }

    /// The configuration was read again, and the old one stays.
    public void failed() {
        failed.incrementAndGet();
        isLastGood = false;
    }

    /// Adds what is to be known of it.
    public void register(Metrics metrics) {
        Map<String, LongSupplier> outcomes =
                Map.of("success", succeeded::get, "failure", failed::get);
        metrics.counter(
                "turnd_config_reloads",
                "How often the configuration was read again.",
                "outcome",
                outcomes);
        metrics.gauge(
                "turnd_config_last_reload_successful",
                "1 when the configuration in force is the one that was read last, 0 when that one"
                        + " was refused.",
                () -> isLastGood ? 1 : 0);
        metrics.gauge(
                "turnd_config_last_reload_success_timestamp_seconds",
                "When the configuration in force was read.",
                () -> lastGood.getEpochSecond());
    }
}

package org.turnd.server.ops;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/// What became of events on their way out, as metrics.
public final class EventMetrics {
    private EventMetrics() {}

    /// Registers the counts of these outlets; [OutletStatus#NONE] for what isn't switched on.
    public static void register(
            Metrics metrics, OutletStatus auditFile, OutletStatus webhook, OutletStatus traces) {
        Map<String, OutletStatus> outlets = new LinkedHashMap<>();
        outlets.put("audit_file", auditFile);
        outlets.put("webhook", webhook);
        outlets.put("traces", traces);
        metrics.counter(
                "turnd_events_delivered",
                "Events that were written or that the receiver took; for traces, requests.",
                "outlet",
                values(outlets, OutletStatus::delivered));
        metrics.counter(
                "turnd_events_dropped",
                "Events that got lost: the queue was full, or the receiver didn't take them for too"
                        + " long.",
                "outlet",
                values(outlets, OutletStatus::dropped));
        metrics.counter(
                "turnd_events_failed_attempts",
                "Failed attempts to deliver events; a later one may have succeeded.",
                "outlet",
                values(outlets, OutletStatus::failures));
        metrics.gauge(
                "turnd_events_queued",
                "Events that wait.",
                "outlet",
                values(outlets, OutletStatus::queued));
    }

    private static Map<String, LongSupplier> values(
            Map<String, OutletStatus> outlets, ToLongFunction<OutletStatus> value) {
        Map<String, LongSupplier> values = new LinkedHashMap<>();
        outlets.forEach((name, outlet) -> values.put(name, () -> value.applyAsLong(outlet)));
        return values;
    }
}

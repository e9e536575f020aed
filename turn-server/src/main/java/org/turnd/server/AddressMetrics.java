package org.turnd.server;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.turnd.server.ops.Metrics;
import org.turnd.stun.AddressFamily;

/// What becomes of the addresses that peers are told, as metrics.
public final class AddressMetrics {
    private AddressMetrics() {}

    /// Registers them for a server that has just started.
    public static void register(Metrics metrics, TurnServer server) {
        metrics.counter(
                "turnd_external_address_changes",
                "How often the external address of a family has become another, because the name or"
                        + " the STUN server of relay.external-* said so.",
                "family",
                values(server.advertised()::changes));
        metrics.counter(
                "turnd_external_address_lookup_failures",
                "How often nobody knew it when it was looked up again; the last one is told on.",
                "family",
                values(server.advertised()::failures));
    }

    private static Map<String, LongSupplier> values(ToLongFunction<AddressFamily> value) {
        Map<String, LongSupplier> values = new LinkedHashMap<>();
        for (AddressFamily family : AddressFamily.values()) {
            values.put(family.name().toLowerCase(Locale.ROOT), () -> value.applyAsLong(family));
        }
        return values;
    }
}

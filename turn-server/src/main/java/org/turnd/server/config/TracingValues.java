package org.turnd.server.config;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.SettingValues.Place;

/// Where the values of `tracing.*` stand, for [SettingValues].
final class TracingValues {
    static final List<Place> PLACES =
            List.of(
                    at(TracingSchema.ENDPOINT, TracingSettings::endpoint),
                    at(TracingSchema.HEADER, TracingSettings::header),
                    at(TracingSchema.SAMPLE_RATIO, TracingSettings::sampleRatio),
                    at(TracingSchema.SERVICE_NAME, TracingSettings::serviceName),
                    at(TracingSchema.CLIENT_ADDRESS, TracingSettings::clientAddress),
                    at(TracingSchema.QUEUE, TracingSettings::queue));

    private TracingValues() {}

    private static Place at(Setting<?> setting, Function<TracingSettings, @Nullable Object> value) {
        return new Place(
                setting,
                settings -> {
                    TracingSettings tracing = settings.log().events().tracing();
                    return tracing == null ? null : value.apply(tracing);
                });
    }
}

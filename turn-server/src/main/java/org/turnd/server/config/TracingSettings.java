package org.turnd.server.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;

/// Where traces of requests go.
///
/// @param endpoint takes traces by OTLP over HTTP
/// @param header what the collector wants to know whom by, `Name: value`; null for nothing
/// @param sampleRatio which part of the requests is traced, 0 to 1
/// @param serviceName whose traces they are
/// @param clientAddress whether they tell the client's address
/// @param queue requests at most that wait for the collector
public record TracingSettings(
        URI endpoint,
        @Nullable Secret header,
        double sampleRatio,
        String serviceName,
        Switch clientAddress,
        int queue) {}

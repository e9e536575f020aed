package org.turnd.cli;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.turnd.server.Version;
import org.turnd.server.config.EventSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.config.TracingSettings;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.ops.EventLog;
import org.turnd.server.ops.EventMetrics;
import org.turnd.server.ops.EventOutlet;
import org.turnd.server.ops.EventPublisher;
import org.turnd.server.ops.Metrics;
import org.turnd.server.ops.OutletStatus;
import org.turnd.server.ops.RequestTracing;
import org.turnd.server.ops.Webhook;

/// Everywhere that a daemon's events go: the log, and as the settings say a file, a webhook and a
/// collector of traces. Outlives the server, so that the end of the last allocation is told as
/// well.
final class EventOutlets implements AutoCloseable {
    private final EventLog log;
    private final @Nullable AuditFile auditFile;
    private final @Nullable Webhook webhook;
    private final @Nullable RequestTracing tracing;

    private EventOutlets(
            EventLog log,
            @Nullable AuditFile auditFile,
            @Nullable Webhook webhook,
            @Nullable RequestTracing tracing) {
        this.log = log;
        this.auditFile = auditFile;
        this.webhook = webhook;
        this.tracing = tracing;
    }

    /// Opens what the settings name.
    ///
    /// @throws IOException when the audit file can't be written
    static EventOutlets open(Logger log, ServerSettings of) throws IOException {
        ServerSettings.Log settings = of.log();
        EventSettings.AuditFile file = settings.events().auditFile();
        EventSettings.Webhook hook = settings.events().webhook();
        TracingSettings traces = settings.events().tracing();
        return new EventOutlets(
                new EventLog(log, System::nanoTime, settings.audit() == Switch.ON),
                file == null ? null : open(file),
                hook == null
                        ? null
                        : Webhook.start(hook, InstantSource.system(), new SecureRandom()),
                traces == null
                        ? null
                        : RequestTracing.start(
                                traces, Version.text(), System::nanoTime, InstantSource.system()));
    }

    private static AuditFile open(EventSettings.AuditFile file) throws IOException {
        try {
            return AuditFile.open(file);
        } catch (IOException e) {
            throw new IOException(
                    "audit.path = %s can't be written: %s".formatted(file.path(), e.getMessage()),
                    e);
        }
    }

    /// What engines tell.
    EngineEvents events() {
        List<EventOutlet> outlets = new ArrayList<>();
        outlets.add(log);
        if (auditFile != null) {
            outlets.add(auditFile);
        }
        if (webhook != null) {
            outlets.add(webhook);
        }
        return new EventPublisher(outlets, tracing, System::nanoTime, InstantSource.system());
    }

    /// Says from now on in the log who talks to whom, or doesn't.
    void audit(boolean isOn) {
        log.audit(isOn);
    }

    /// Adds what became of events.
    void register(Metrics metrics) {
        EventMetrics.register(
                metrics,
                auditFile == null ? OutletStatus.NONE : auditFile,
                webhook == null ? OutletStatus.NONE : webhook,
                tracing == null ? OutletStatus.NONE : tracing);
    }

    /// Delivers what waits, within a few seconds.
    @Override
    public void close() {
        if (webhook != null) {
            webhook.close();
        }
        if (auditFile != null) {
            auditFile.close();
        }
        if (tracing != null) {
            tracing.close();
        }
    }
}

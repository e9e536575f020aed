package org.turnd.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.TurnServer;
import org.turnd.server.admin.AdminDaemon;
import org.turnd.server.admin.AdminServer;
import org.turnd.server.config.AdminSettings;
import org.turnd.server.config.EffectiveValue;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.LogLevel;
import org.turnd.server.ops.Liveness;
import org.turnd.server.ops.Readiness;

/// What the admin API may see and do of this process.
final class DaemonAdmin implements AdminDaemon, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("org.turnd");

    private final TurnServer server;
    private final Readiness readiness;
    private final Liveness liveness;
    private final Reloader reloader;
    private final long startNanos = System.nanoTime();
    private @Nullable AdminServer api;

    private DaemonAdmin(
            TurnServer server, Readiness readiness, Liveness liveness, Reloader reloader) {
        this.server = server;
        this.readiness = readiness;
        this.liveness = liveness;
        this.reloader = reloader;
    }

    /// Opens the admin API, where the settings want one.
    ///
    /// @throws IOException when it can't listen there
    static DaemonAdmin open(
            TurnServer server, Readiness readiness, Liveness liveness, Reloader reloader)
            throws IOException {
        var daemon = new DaemonAdmin(server, readiness, liveness, reloader);
        AdminSettings admin = server.settings().admin();
        if (admin != null) {
            AdminServer opened = AdminServer.start(daemon, admin);
            daemon.api = opened;
            LOG.atInfo()
                    .setMessage("admin")
                    .addKeyValue("listening", String.join(" ", places(opened, admin)))
                    .log();
        }
        return daemon;
    }

    @Override
    public void close() {
        if (api != null) {
            api.close();
        }
    }

    private static List<String> places(AdminServer opened, AdminSettings admin) {
        List<String> places = new ArrayList<>();
        opened.addresses().forEach(address -> places.add(address.toString()));
        if (admin.socket() != null) {
            places.add("unix:" + admin.socket());
        }
        return places;
    }

    @Override
    public TurnServer server() {
        return server;
    }

    @Override
    public ServerSettings settings() {
        return server.settings();
    }

    @Override
    public List<EffectiveValue> configuration() {
        return reloader.values();
    }

    @Override
    public List<String> missing() {
        return readiness.missing();
    }

    @Override
    public List<String> stuck() {
        return liveness.stuck();
    }

    @Override
    public List<String> degraded() {
        return readiness.degraded();
    }

    @Override
    public Duration uptime() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    @Override
    public void drain() {
        LOG.atInfo()
                .setMessage("draining")
                .addKeyValue("allocations", server.allocationCount())
                .addKeyValue("by", "admin API")
                .log();
        readiness.unmet(Daemon.DRAINING);
        server.drain();
    }

    @Override
    public void undrain() {
        LOG.atInfo().setMessage("undrained").log();
        server.undrain();
        readiness.met(Daemon.DRAINING);
    }

    @Override
    public LogLevel logLevel() {
        return LogSetup.level();
    }

    @Override
    public void setLogLevel(LogLevel level) {
        LogSetup.level(level);
    }

    @Override
    public Reload reload() {
        ReloadOutcome outcome = reloader.reload("admin API");
        return new Reload(
                outcome.isReloaded(),
                outcome.changed(),
                outcome.needRestart(),
                outcome.warnings(),
                outcome.problems());
    }

    @Override
    public List<String> iceUrls() {
        ServerSettings settings = server.settings();
        return IceServerUrls.of(server.listeners(), ClientHost.of(server), settings.tls() != null);
    }
}

package org.turnd.cli;

import java.io.Console;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.AddressMetrics;
import org.turnd.server.LimitMetrics;
import org.turnd.server.LoopMetrics;
import org.turnd.server.ServerMetrics;
import org.turnd.server.StartFailure;
import org.turnd.server.TurnServer;
import org.turnd.server.Version;
import org.turnd.server.auth.StoredUsers;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.net.LoopWatch;
import org.turnd.server.ops.Liveness;
import org.turnd.server.ops.Metrics;
import org.turnd.server.ops.OpsServer;
import org.turnd.server.ops.Readiness;
import org.turnd.server.ops.ReloadHistory;
import org.turnd.server.ops.ServiceNotifier;
import org.turnd.server.ops.StoreMetrics;
import org.turnd.server.ops.StoreReadiness;

/// A server from its start to its end: it opens, says so, drains at the first SIGTERM or SIGINT and
/// ends when the last allocation does, when the drain time is over or at the second signal. At
/// SIGHUP it reads its configuration again.
final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger("org.turnd");
    private static final String LISTENERS = "listeners";
    static final String DRAINING = "draining";

    private final ConfigResult.Loaded loaded;
    private final ServerSettings settings;
    private final Reloader.Configuration configuration;
    private final ReloadHistory reloads = new ReloadHistory(InstantSource.system());
    private final @Nullable ServiceNotifier manager;
    private final Watchdog watchdog;
    private final Liveness liveness = new Liveness();
    private final Readiness readiness = new Readiness(List.of(LISTENERS));
    private final Metrics metrics = new Metrics(Version.text());
    private final BlockingQueue<Wake> wakes = new LinkedBlockingQueue<>();

    private enum Wake {
        SIGNAL,
        DRAINED
    }

    /// @param loaded what to run with
    /// @param configuration where that came from, for a reload
    /// @param environment where a service manager says whether it waits
    Daemon(
            ConfigResult.Loaded loaded,
            Reloader.Configuration configuration,
            Map<String, String> environment) {
        this.loaded = loaded;
        this.settings = loaded.settings();
        this.configuration = configuration;
        manager = ServiceNotifier.of(environment.get("NOTIFY_SOCKET")).orElse(null);
        watchdog = Watchdog.of(environment, manager);
    }

    /// Logs what is allowed in the configuration and probably not meant.
    static void warn(String warning) {
        LOG.atWarn().setMessage("configuration").addKeyValue("warning", warning).log();
    }

    /// Runs until it is told to stop.
    ///
    /// @param onceOpen called when all listeners are open
    void run(Opened onceOpen) throws IOException, StartFailure, InterruptedException {
        Signals.onSignal("TERM", () -> wakes.add(Wake.SIGNAL));
        Signals.onSignal("INT", () -> wakes.add(Wake.SIGNAL));
        LOG.atInfo().setMessage("starting").addKeyValue("version", Version.text()).log();
        OpsServer ops = startOps();
        DaemonAdmin admin = null;
        try (EventOutlets outlets = EventOutlets.open(LOG, settings);
                TurnServer server = startServer(outlets);
                LoopWatch watch =
                        server.watchLoops(
                                LoopWatch.BOUND, watchdog.interval(), watchdog::allTurn)) {
            liveness.ask(watch::stuck);
            LoopMetrics.register(metrics, watch);
            ServerMetrics.register(metrics, server.shards());
            LimitMetrics.register(metrics, server);
            AddressMetrics.register(metrics, server);
            StoredUsers stored = server.storedUsers();
            if (stored != null) {
                StoreMetrics.register(metrics, stored);
                var stores = new StoreReadiness(stored, settings.auth());
                readiness.ask(stores::missing, stores::degraded);
            }
            reloads.register(metrics);
            outlets.register(metrics);
            Reloader reloader = reloader(server, outlets);
            admin = DaemonAdmin.open(server, readiness, liveness, reloader);
            new StartupReport(LOG).write(settings, server, ops == null ? null : ops.address());
            readiness.met(LISTENERS);
            tellManager(notifier -> notifier.ready(status(server)));
            LOG.atInfo().setMessage("ready").log();
            if (!isAtATerminal()) {
                Signals.onSignal("HUP", () -> reloader.reload("SIGHUP"));
            }
            onceOpen.accept(server);
            try (var _ = watch(reloader)) {
                waitForSignal();
            }
            drain(server);
        } finally {
            if (admin != null) {
                admin.close();
            }
            if (ops != null) {
                ops.close();
            }
            LOG.atInfo().setMessage("stopped").log();
        }
    }

    private @Nullable OpsServer startOps() throws IOException {
        ServerSettings.Http http = settings.http();
        return http == null ? null : OpsServer.start(http.address(), metrics, readiness, liveness);
    }

    private TurnServer startServer(EventOutlets outlets) throws StartFailure {
        return TurnServer.builder(settings).events(outlets.events()).start();
    }

    /// A terminal that closes sends SIGHUP, and means the end.
    @SuppressWarnings("SystemConsoleNull") // JDK 25 has none again where there is no terminal
    private static boolean isAtATerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private Reloader reloader(TurnServer server, EventOutlets outlets) {
        return new Reloader(
                loaded,
                configuration,
                server,
                wanted -> {
                    LogSetup.level(wanted.log().level());
                    outlets.audit(wanted.log().audit() == Switch.ON);
                },
                reloads,
                begins ->
                        tellManager(notifier -> {
                            if (begins) {
                                notifier.reloading();
                            } else {
                                notifier.ready(status(server));
                            }
                        }));
    }

    /// Returns null where nothing is to be watched, or can be.
    private @Nullable FileWatch watch(Reloader reloader) {
        if (loaded.watch() == Switch.OFF) {
            return null;
        }
        try {
            var watch = new FileWatch(reloader::files, () -> reloader.reload("watch"));
            LOG.atInfo().setMessage("watching").addKeyValue("files", reloader.files()).log();
            return watch;
        } catch (IOException e) {
            warn("reload.watch = on, but files can't be watched: " + e.getMessage());
            return null;
        }
    }

    private static String status(TurnServer server) {
        return server.listeners().size() + " listeners";
    }

    private void waitForSignal() throws InterruptedException {
        Wake first = wakes.take();
        assert first == Wake.SIGNAL : "nothing else comes before the drain has begun";
    }

    private void drain(TurnServer server) throws InterruptedException {
        readiness.unmet(DRAINING);
        Duration patience = server.settings().drainTimeout();
        LOG.atInfo()
                .setMessage("draining")
                .addKeyValue("allocations", server.allocationCount())
                .addKeyValue("timeout_seconds", patience.toSeconds())
                .log();
        tellManager(notifier -> notifier.stopping("draining", patience));
        server.drain();
        server.drained().thenRun(() -> wakes.add(Wake.DRAINED));
        Wake wake = wakes.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        String reason =
                wake == null
                        ? "drain timeout"
                        : switch (wake) {
                            case SIGNAL -> "second signal";
                            case DRAINED -> "last allocation ended";
                        };
        LOG.atInfo()
                .setMessage("drained")
                .addKeyValue("reason", reason)
                .addKeyValue("allocations", server.allocationCount())
                .log();
    }

    /// A service manager that can't be told is worth a warning, not the end of the service.
    private void tellManager(Word word) {
        if (manager == null) {
            return;
        }
        try {
            word.to(manager);
        } catch (IOException e) {
            LOG.atWarn().setMessage("notify_failed").addKeyValue("reason", e.getMessage()).log();
        }
    }

    /// Gets the server that is open now.
    @FunctionalInterface
    interface Opened {
        void accept(TurnServer server) throws IOException;
    }

    @FunctionalInterface
    private interface Word {
        void to(ServiceNotifier manager) throws IOException;
    }
}

package org.turnd.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.turnd.server.Reload;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ConfigProblem;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.config.EffectiveValue;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.ops.ReloadHistory;

/// Reads a running server's configuration again and has the server take it: all that can change at
/// once, or nothing when something is wrong. Safe on every thread; one reload at a time.
final class Reloader {
    private static final String WATCH = "reload.watch";
    private static final Logger LOG = LoggerFactory.getLogger("org.turnd");

    private final Configuration configuration;
    private final TurnServer server;
    private final Consumer<ServerSettings> logging;
    private final ReloadHistory history;
    private final Observer observer;

    /// What was read last and is in force, but for what waits for a restart.
    private volatile ConfigResult.Loaded loaded;

    /// @param loaded what the server was started with
    /// @param logging told how logging shall be, when that has changed
    /// @param observer told that a reload begins and ends
    Reloader(
            ConfigResult.Loaded loaded,
            Configuration configuration,
            TurnServer server,
            Consumer<ServerSettings> logging,
            ReloadHistory history,
            Observer observer) {
        this.loaded = loaded;
        this.configuration = configuration;
        this.server = server;
        this.logging = logging;
        this.history = history;
        this.observer = observer;
    }

    /// Reads the configuration again.
    ///
    /// @param trigger who wants it, for the log
    synchronized ReloadOutcome reload(String trigger) {
        observer.reloading(true);
        try {
            ReloadOutcome outcome = reload();
            report(outcome, trigger);
            return outcome;
        } finally {
            observer.reloading(false);
        }
    }

    /// What takes effect, key by key.
    List<EffectiveValue> values() {
        return loaded.values();
    }

    /// The files that the configuration in force was made of.
    Set<Path> files() {
        return ConfigurationFiles.of(loaded);
    }

    private ReloadOutcome reload() {
        try {
            return switch (configuration.read()) {
                case ConfigResult.Refused refused ->
                        ReloadOutcome.refused(
                                refused.problems().stream().map(ConfigProblem::toString).toList());
                case ConfigResult.Loaded next -> take(next);
            };
        } catch (IOException e) {
            return ReloadOutcome.refused(List.of(String.valueOf(e.getMessage())));
        }
    }

    private ReloadOutcome take(ConfigResult.Loaded next) {
        return switch (server.reload(next.settings())) {
            case Reload.Refused refused -> ReloadOutcome.refused(refused.problems());
            case Reload.Taken taken -> {
                if (taken.changed().stream().anyMatch(key -> key.startsWith("log."))) {
                    logging.accept(server.settings());
                }
                var needRestart = new ArrayList<>(taken.needRestart());
                if (next.watch() != loaded.watch()) {
                    needRestart.add(WATCH);
                }
                loaded = inForce(next, needRestart);
                var warnings = new ArrayList<>(next.warnings());
                warnings.addAll(taken.warnings());
                yield new ReloadOutcome(true, taken.changed(), needRestart, warnings, List.of());
            }
        };
    }

    private ConfigResult.Loaded inForce(ConfigResult.Loaded next, List<String> needRestart) {
        Map<String, EffectiveValue> old =
                loaded.values().stream()
                        .collect(Collectors.toMap(EffectiveValue::key, Function.identity()));
        List<EffectiveValue> values =
                next.values().stream()
                        .map(value ->
                                needRestart.contains(value.key())
                                        ? old.getOrDefault(value.key(), value)
                                        : value)
                        .toList();
        return new ConfigResult.Loaded(server.settings(), loaded.watch(), next.warnings(), values);
    }

    private void report(ReloadOutcome outcome, String trigger) {
        if (!outcome.isReloaded()) {
            history.failed();
            LOG.atError()
                    .setMessage("reload_failed")
                    .addKeyValue("trigger", trigger)
                    .addKeyValue(
                            "problems",
                            String.join(" | ", outcome.problems()).replaceAll("\\s+", " "))
                    .log();
            return;
        }
        history.succeeded();
        outcome.warnings().forEach(Daemon::warn);
        LOG.atLevel(outcome.needRestart().isEmpty() ? Level.INFO : Level.WARN)
                .setMessage("reloaded")
                .addKeyValue("trigger", trigger)
                .addKeyValue("changed", String.join(" ", outcome.changed()))
                .addKeyValue("needs_restart", String.join(" ", outcome.needRestart()))
                .log();
    }

    /// Where the settings come from.
    @FunctionalInterface
    interface Configuration {
        /// Reads them as they are now.
        ///
        /// @throws IOException when there is nothing that could be read again
        ConfigResult read() throws IOException;
    }

    /// Who looks after this process.
    @FunctionalInterface
    interface Observer {
        /// A reload begins, or is over.
        void reloading(boolean begins);
    }
}

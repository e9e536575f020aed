package org.turnd.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.net.LoopWatch;
import org.turnd.server.ops.ServiceNotifier;

/// Tells a service manager that wants to know it, as systemd with `WatchdogSec=`, that the event
/// loops turn. When they don't it hears nothing, and starts the server anew.
final class Watchdog {
    /// Words in the manager's time: one may come late, and one may get lost.
    private static final int WORDS = 4;

    private static final Logger LOG = LoggerFactory.getLogger("org.turnd");

    private final @Nullable ServiceNotifier manager;
    private final Duration interval;

    /// Used by the watch's thread alone.
    private boolean hasFailed;

    private Watchdog(@Nullable ServiceNotifier manager, Duration interval) {
        this.manager = manager;
        this.interval = interval;
    }

    /// Returns what this environment asks for.
    ///
    /// @param manager null when there is none
    static Watchdog of(Map<String, String> environment, @Nullable ServiceNotifier manager) {
        Duration patience =
                ServiceNotifier.watchdog(environment, ProcessHandle.current().pid()).orElse(null);
        if (manager == null || patience == null) {
            return new Watchdog(null, LoopWatch.INTERVAL);
        }
        Duration part = patience.dividedBy(WORDS);
        return new Watchdog(
                manager, part.compareTo(LoopWatch.INTERVAL) < 0 ? part : LoopWatch.INTERVAL);
    }

    /// How often the loops shall be looked at.
    Duration interval() {
        return interval;
    }

    /// All loops turn.
    void allTurn() {
        if (manager == null) {
            return;
        }
        try {
            manager.alive();
        } catch (IOException e) {
            if (!hasFailed) {
                LOG.atWarn()
                        .setMessage("notify_failed")
                        .addKeyValue("reason", e.getMessage())
                        .log();
            }
            hasFailed = true;
        }
    }
}

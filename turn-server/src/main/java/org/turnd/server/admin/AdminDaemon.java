package org.turnd.server.admin;

import java.time.Duration;
import java.util.List;
import org.turnd.server.TurnServer;
import org.turnd.server.config.EffectiveValue;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.LogLevel;

/// What a daemon lets its operators see and do. Methods are called on any thread but an event
/// loop's; those that read files may block.
public interface AdminDaemon {
    TurnServer server();

    /// The settings that the server runs with.
    ServerSettings settings();

    /// What takes effect, key by key, secrets hidden; empty where no configuration was read.
    List<EffectiveValue> configuration();

    /// What keeps the server from taking new clients; empty when it is ready.
    List<String> missing();

    /// What stands still and should turn; empty when all is well.
    List<String> stuck();

    /// What doesn't work, though the server may be ready.
    List<String> degraded();

    /// Since the start.
    Duration uptime();

    /// Takes no new allocations, and says so to who asks whether the server is ready.
    void drain();

    /// Takes new allocations again.
    void undrain();

    LogLevel logLevel();

    /// Logs from this level on, until the next change or the end of the process.
    void setLogLevel(LogLevel level);

    /// Reads again what can be read again.
    Reload reload();

    /// `turn:` and `turns:` URIs of the server, the cheapest way first.
    List<String> iceUrls();

    /// How reading again went. Keys are named as in the configuration.
    ///
    /// @param done whether what was read is used now; else nothing has changed
    /// @param changed the keys whose new value is in force
    /// @param needRestart the keys whose new value waits for a restart
    /// @param warnings what is probably not meant
    /// @param problems why nothing has changed
    record Reload(
            boolean done,
            List<String> changed,
            List<String> needRestart,
            List<String> warnings,
            List<String> problems) {
        public Reload {
            changed = List.copyOf(changed);
            needRestart = List.copyOf(needRestart);
            warnings = List.copyOf(warnings);
            problems = List.copyOf(problems);
        }
    }
}

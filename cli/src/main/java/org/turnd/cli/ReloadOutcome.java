package org.turnd.cli;

import java.util.List;

/// What became of reading the configuration again. Keys are named as in the configuration; nothing
/// here is a secret.
///
/// @param isReloaded whether the new configuration is in force; when it isn't nothing has changed
/// @param changed the keys whose new value is in force
/// @param needRestart the keys whose new value waits for a restart
/// @param warnings what is probably not meant
/// @param problems why the configuration was refused, all of them
record ReloadOutcome(
        boolean isReloaded,
        List<String> changed,
        List<String> needRestart,
        List<String> warnings,
        List<String> problems) {
    ReloadOutcome {
        changed = List.copyOf(changed);
        needRestart = List.copyOf(needRestart);
        warnings = List.copyOf(warnings);
        problems = List.copyOf(problems);
    }

    /// Nothing has changed.
    static ReloadOutcome refused(List<String> problems) {
        return new ReloadOutcome(false, List.of(), List.of(), List.of(), problems);
    }
}

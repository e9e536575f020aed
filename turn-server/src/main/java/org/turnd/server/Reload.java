package org.turnd.server;

import java.util.List;

/// How [TurnServer#reload] went. Keys are named as in the configuration.
public sealed interface Reload {
    /// The new settings are in force, as far as a running server can take them.
    ///
    /// @param changed the keys whose new value is in force; `tls.certificate` also when the files
    ///   hold another certificate
    /// @param needRestart the keys whose new value waits for a restart; the old one holds
    /// @param warnings what is probably not meant, such as a certificate that ends soon
    record Taken(List<String> changed, List<String> needRestart, List<String> warnings)
            implements Reload {
        public Taken {
            changed = List.copyOf(changed);
            needRestart = List.copyOf(needRestart);
            warnings = List.copyOf(warnings);
        }
    }

    /// Nothing has changed.
    ///
    /// @param problems why not, one line each
    record Refused(List<String> problems) implements Reload {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}

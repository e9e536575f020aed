package org.turnd.server.config;

import java.util.List;

/// What reading a configuration gives: settings, or everything that is wrong with it.
public sealed interface ConfigResult {
    /// A configuration to run with.
    ///
    /// @param watch whether a daemon reads it again by itself when its files have changed
    /// @param warnings what is allowed and probably not meant, one sentence each
    /// @param values every key with its effective value, in the order of the reference
    record Loaded(
            ServerSettings settings,
            ServerSettings.Switch watch,
            List<String> warnings,
            List<EffectiveValue> values)
            implements ConfigResult {
        public Loaded {
            warnings = List.copyOf(warnings);
            values = List.copyOf(values);
        }
    }

    /// A configuration with mistakes, all of them.
    record Refused(List<ConfigProblem> problems) implements ConfigResult {
        public Refused {
            problems = List.copyOf(problems);
        }

        /// Says whether starting again can help.
        public boolean mayPass() {
            return problems.stream().allMatch(ConfigProblem::mayPass);
        }
    }
}

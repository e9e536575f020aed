package org.turnd.cli;

import java.nio.file.Path;
import java.util.Map;
import org.turnd.server.config.ServerSettings;

/// Reads the configuration for every command alike.
final class ConfigSource {
    static final String DEFAULT_FILE = "/etc/turnd/turnd.conf";

    private ConfigSource() {}

    @SuppressWarnings("DoNotCallSuggester") // until the loader is there
    static ServerSettings load(Path file, Map<String, String> environment)
            throws ConfigurationFailure {
        throw new ConfigurationFailure("not yet");
    }
}

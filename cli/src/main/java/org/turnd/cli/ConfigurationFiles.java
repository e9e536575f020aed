package org.turnd.cli;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.config.EffectiveValue;
import org.turnd.server.config.ServerSettings;

/// Which files a configuration was made of.
final class ConfigurationFiles {
    private ConfigurationFiles() {}

    /// Returns the files that values stand in, and those of certificate and key.
    static Set<Path> of(ConfigResult.Loaded loaded) {
        var files = new LinkedHashSet<Path>();
        for (EffectiveValue value : loaded.values()) {
            add(value.origin().file(), files);
        }
        ServerSettings.Tls tls = loaded.settings().tls();
        if (tls != null) {
            files.add(tls.certificateChain());
            files.add(tls.privateKey());
        }
        return files;
    }

    private static void add(@Nullable String file, Set<Path> files) {
        if (file != null) {
            files.add(Path.of(file));
        }
    }
}

package org.turnd.server.config;

import org.turnd.server.config.ServerSettings.Switch;

/// The keys of reading the configuration again, `reload.*`. [Schema] lists them among all others.
final class ReloadSchema {
    static final Setting<Switch> WATCH =
            Setting.of(
                    "reload.watch",
                    ValueTypes.choice(Switch.class),
                    "off",
                    "Whether the daemon watches the configuration, what it includes, and the files of"
                            + " secrets, certificate and key, and reloads when what they hold has"
                            + " changed. While it is off a reload is asked for with SIGHUP or the"
                            + " admin API.");

    private ReloadSchema() {}
}

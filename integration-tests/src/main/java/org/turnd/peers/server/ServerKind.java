package org.turnd.peers.server;

import java.util.Locale;
import org.turnd.peers.lab.Namespace;

/// The servers the harness knows how to start.
public enum ServerKind {
    /// The daemon of this project, on the data plane that it takes by itself.
    TURND,
    /// The daemon of this project with `data-plane = portable`.
    TURND_PORTABLE,
    /// Debian's coturn, to compare with.
    COTURN;

    /// Prepares a server on a host; it is not started yet.
    ///
    /// @param host where it will run
    /// @param settings what it is told
    /// @return the server, to be closed
    public TurnServerProcess on(Namespace host, TurnServerSettings settings) {
        return switch (this) {
            case TURND -> new TurndProcess(host, settings, "auto");
            case TURND_PORTABLE -> new TurndProcess(host, settings, "portable");
            case COTURN -> new CoturnProcess(host, settings);
        };
    }

    /// Returns the name as written on a command line.
    ///
    /// @return for example `turnd-portable`
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package org.turnd.peers;

import org.turnd.cli.CommandExtension;

/// Adds `peers` to `turnd` when this jar is on the class path.
public final class PeersExtension implements CommandExtension {
    /// Creates the extension; cheap.
    public PeersExtension() {}

    @Override
    public Object command() {
        return new PeersCommand();
    }
}

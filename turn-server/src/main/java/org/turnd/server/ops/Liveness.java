package org.turnd.server.ops;

import java.util.List;
import java.util.function.Supplier;

/// Whether this process does its work, or only looks alive. Safe on every thread.
public final class Liveness {
    private volatile Supplier<List<String>> watch = List::of;

    /// Asks this watch from now on.
    ///
    /// @param stuck names what stands still, a few words each; must not block
    public void ask(Supplier<List<String>> stuck) {
        watch = stuck;
    }

    /// What stands still; empty when all is well.
    public List<String> stuck() {
        return watch.get();
    }
}

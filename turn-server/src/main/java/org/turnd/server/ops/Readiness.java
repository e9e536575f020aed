package org.turnd.server.ops;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;

/// What still keeps this server from taking new clients, and what degrades it. Safe on every
/// thread.
public final class Readiness {
    private final ConcurrentSkipListSet<String> missing;
    private volatile Supplier<List<String>> alsoMissing = List::of;
    private volatile Supplier<List<String>> degraded = List::of;

    /// Starts with these conditions unmet, each a short noun that an operator understands.
    public Readiness(Collection<String> missing) {
        this.missing = new ConcurrentSkipListSet<>(missing);
    }

    /// A condition is met.
    public void met(String condition) {
        missing.remove(condition);
    }

    /// A condition is not met, or no longer.
    public void unmet(String condition) {
        missing.add(condition);
    }

    /// Asks these from now on; they must not block.
    ///
    /// @param alsoMissing conditions that are unmet
    /// @param degraded what doesn't work, though the server is ready
    public void ask(Supplier<List<String>> alsoMissing, Supplier<List<String>> degraded) {
        this.alsoMissing = alsoMissing;
        this.degraded = degraded;
    }

    /// The unmet conditions, sorted; empty when the server is ready.
    public List<String> missing() {
        var all = new TreeSet<>(missing);
        all.addAll(alsoMissing.get());
        return List.copyOf(all);
    }

    /// What doesn't work, and why; a server that is ready may have such parts.
    public List<String> degraded() {
        return degraded.get();
    }
}

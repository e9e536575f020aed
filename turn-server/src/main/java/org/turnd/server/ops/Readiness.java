package org.turnd.server.ops;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;

/// What still keeps this server from taking new clients. Safe on every thread.
public final class Readiness {
    private final ConcurrentSkipListSet<String> missing;

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

    public boolean isReady() {
        return missing.isEmpty();
    }

    /// The unmet conditions, sorted.
    public List<String> missing() {
        return List.copyOf(missing);
    }
}

package org.turnd.server.simulation;

import java.util.EnumMap;
import java.util.Map;
import org.turnd.server.engine.Counter;
import org.turnd.server.engine.EngineCounters;
import org.turnd.server.engine.RefusalCause;

/// What engines counted, summed up: it tells whether the scenarios get about.
final class Tally {
    private final Map<Counter, Long> counts = new EnumMap<>(Counter.class);
    private final Map<RefusalCause, Long> refusals = new EnumMap<>(RefusalCause.class);

    void add(EngineCounters counters) {
        for (Counter counter : Counter.values()) {
            counts.merge(counter, counters.get(counter), Long::sum);
        }
        for (RefusalCause cause : RefusalCause.values()) {
            refusals.merge(cause, counters.get(cause), Long::sum);
        }
    }

    void add(Tally other) {
        other.counts.forEach((counter, count) -> counts.merge(counter, count, Long::sum));
        other.refusals.forEach((cause, count) -> refusals.merge(cause, count, Long::sum));
    }

    long get(Counter counter) {
        return counts.getOrDefault(counter, 0L);
    }

    long get(RefusalCause cause) {
        return refusals.getOrDefault(cause, 0L);
    }

    @Override
    public String toString() {
        return counts + " " + refusals;
    }
}

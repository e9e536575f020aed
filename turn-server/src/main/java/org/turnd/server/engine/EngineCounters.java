package org.turnd.server.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counts of one engine: written by its thread alone, read by any. No lock, no atomic.
public final class EngineCounters {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int COUNTERS = Counter.values().length;
    private static final int CAUSES = RefusalCause.values().length;

    private final long[] counts = new long[COUNTERS];
    private final long[] refusals = new long[CAUSES];
    private final ListenerCounters listeners = new ListenerCounters();

    /// Adds one. Engine's thread only.
    public void increment(Counter counter) {
        add(counter, 1);
    }

    /// Adds `n`. Engine's thread only.
    public void add(Counter counter, long n) {
        SLOT.setOpaque(counts, counter.ordinal(), counts[counter.ordinal()] + n);
    }

    /// Counts of allocations, by listener.
    public ListenerCounters listeners() {
        return listeners;
    }

    /// Adds one refusal. Engine's thread only.
    public void increment(RefusalCause cause) {
        SLOT.setOpaque(refusals, cause.ordinal(), refusals[cause.ordinal()] + 1);
    }

    public long get(Counter counter) {
        return (long) SLOT.getOpaque(counts, counter.ordinal());
    }

    public long get(RefusalCause cause) {
        return (long) SLOT.getOpaque(refusals, cause.ordinal());
    }
}

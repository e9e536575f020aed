package org.turnd.server.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// Counts of one engine, told apart by the listener at which an allocation began: written by its
/// thread alone, read by any. An allocation costs two additions, a packet none.
public final class ListenerCounters {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int LISTENERS_AT_FIRST = 16;

    private volatile long[] started = new long[LISTENERS_AT_FIRST];
    private volatile long[] ended = new long[LISTENERS_AT_FIRST];

    void started(int listener) {
        started = incremented(started, listener);
    }

    void ended(int listener) {
        ended = incremented(ended, listener);
    }

    private static long[] incremented(long[] counts, int listener) {
        long[] roomy = listener < counts.length ? counts : Arrays.copyOf(counts, 2 * listener);
        SLOT.setOpaque(roomy, listener, roomy[listener] + 1);
        return roomy;
    }

    /// Allocations made at a listener.
    public long startedAt(int listener) {
        return get(started, listener);
    }

    /// Those of them that are over.
    public long endedAt(int listener) {
        return get(ended, listener);
    }

    private static long get(long[] counts, int listener) {
        return listener < counts.length ? (long) SLOT.getOpaque(counts, listener) : 0;
    }
}

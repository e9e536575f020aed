package org.turnd.server.ops;

import java.util.concurrent.atomic.AtomicLongArray;

/// Lets a few events of each kind through a second and counts the rest. Safe on every thread,
/// without a lock.
///
/// One long a kind: the second it speaks of in the upper half, how many came in it in the lower.
final class EventSampler {
    /// Returned for an event that is only counted.
    static final int SUPPRESSED = -1;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long COUNT_MASK = 0xFFFF_FFFFL;

    private final AtomicLongArray windows;
    private final int perSecond;

    /// @param kinds how many kinds of events there are
    /// @param perSecond how many of each are let through in one second
    EventSampler(int kinds, int perSecond) {
        this.windows = new AtomicLongArray(kinds);
        this.perSecond = perSecond;
    }

    /// Counts one event. Returns [#SUPPRESSED], or how many of its kind were suppressed in the last
    /// second that had any before this one.
    int admit(int kind, long nowNanos) {
        long second = (nowNanos / NANOS_PER_SECOND) & 0x7FFF_FFFFL;
        while (true) {
            long window = windows.get(kind);
            boolean isNewSecond = window >>> 32 != second;
            long seen = window & COUNT_MASK;
            long next = isNewSecond ? second << 32 | 1 : window + (seen < COUNT_MASK ? 1 : 0);
            if (windows.compareAndSet(kind, window, next)) {
                if (isNewSecond) {
                    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, seen - perSecond));
                }
                return seen < perSecond ? 0 : SUPPRESSED;
            }
        }
    }
}

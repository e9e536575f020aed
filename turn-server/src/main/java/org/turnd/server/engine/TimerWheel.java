package org.turnd.server.engine;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One intrusive, hashed timer wheel with a tick of a second: adding, moving and removing cost the
/// same however many timers run, and allocate nothing.
///
/// A timer fires on the first tick at or after its deadline, never before. Who needs to be exact to
/// the nanosecond compares its own deadline with the clock; the wheel only says when to clean up.
final class TimerWheel {
    static final long TICK_NANOS = 1_000_000_000L;

    /// More than the longest lifetime (3600 s), so that most timers fire in their first round.
    private static final int SLOTS = 4096;

    private final @Nullable Timer[] slots = new @Nullable Timer[SLOTS];
    private final long[] occupied = new long[SLOTS / Long.SIZE];

    /// Ticks up to this one have fired.
    private long currentTick = Long.MIN_VALUE;

    private int size;

    /// A thing with a deadline; at most in one wheel.
    abstract static class Timer {
        private @Nullable Timer previous;
        private @Nullable Timer next;
        private long tick;
        private boolean scheduled;
    }

    /// Schedules a timer, or moves it.
    void schedule(Timer timer, long deadlineNanos, long nowNanos) {
        cancel(timer);
        if (size == 0) {
            currentTick = Math.max(currentTick, Math.floorDiv(nowNanos, TICK_NANOS));
        }
        long tick = -Math.floorDiv(-deadlineNanos, TICK_NANOS);
        timer.tick = Math.max(tick, currentTick + 1);
        timer.scheduled = true;
        insert(timer);
        size++;
    }

    /// Removes a timer that is scheduled; does nothing to one that isn't.
    void cancel(Timer timer) {
        if (!timer.scheduled) {
            return;
        }
        timer.scheduled = false;
        size--;
        int slot = slotOf(timer.tick);
        Timer next = timer.next;
        Timer previous = timer.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            slots[slot] = next;
            if (next == null) {
                occupied[slot >> 6] &= ~(1L << slot);
            }
        }
        timer.next = null;
        timer.previous = null;
    }

    /// Removes every timer that is due and passes it to `due`, which may schedule it again. A jump
    /// of the clock costs one walk over the wheel at most.
    void advance(long nowNanos, Consumer<Timer> due) {
        long nowTick = Math.floorDiv(nowNanos, TICK_NANOS);
        if (nowTick <= currentTick) {
            return;
        }
        long first = Math.max(currentTick + 1, nowTick - SLOTS + 1);
        currentTick = nowTick;
        for (long tick = first; tick <= nowTick && size > 0; tick++) {
            fire(slotOf(tick), nowTick, due);
        }
    }

    /// Returns when [#advance] has something to do at the earliest, or `Long.MAX_VALUE`. It may be
    /// earlier than the next deadline when that lies a whole round ahead.
    long nextDeadlineNanos() {
        if (size == 0) {
            return Long.MAX_VALUE;
        }
        int from = slotOf(currentTick + 1);
        for (int words = 0; words <= occupied.length; words++) {
            int word = ((from >> 6) + words) & (occupied.length - 1);
            long bits = occupied[word];
            if (words == 0) {
                bits &= -1L << from;
            }
            if (bits != 0) {
                int slot = (word << 6) + Long.numberOfTrailingZeros(bits);
                return (currentTick + 1 + ((slot - from) & (SLOTS - 1))) * TICK_NANOS;
            }
        }
        throw new AssertionError("timers without a slot");
    }

    private void fire(int slot, long nowTick, Consumer<Timer> due) {
        Timer timer = slots[slot];
        while (timer != null) {
            Timer next = timer.next;
            if (timer.tick <= nowTick) {
                cancel(timer);
                due.accept(timer);
                // What came due may have cancelled its neighbour; the slot is short, so begin
                // again.
                next = slots[slot];
            }
            timer = next;
        }
    }

    private void insert(Timer timer) {
        int slot = slotOf(timer.tick);
        Timer head = slots[slot];
        timer.next = head;
        if (head != null) {
            head.previous = timer;
        }
        slots[slot] = timer;
        occupied[slot >> 6] |= 1L << slot;
    }

    private static int slotOf(long tick) {
        return (int) tick & (SLOTS - 1);
    }
}

package org.turnd.server.net;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Calls back on a loop when a deadline has come that may move nearer meanwhile. Belongs to the
/// loop's thread.
final class DeadlineTimer {
    private static final long NEVER = Long.MAX_VALUE;

    private final EventExecutor loop;
    private final Runnable onDue;
    private @Nullable Future<?> scheduled;
    private long scheduledNanos = NEVER;

    DeadlineTimer(EventExecutor loop, Runnable onDue) {
        this.loop = loop;
        this.onDue = onDue;
    }

    /// Sees to it that the call comes at this time, or before.
    void set(long deadlineNanos) {
        if (deadlineNanos >= scheduledNanos) {
            return;
        }
        if (scheduled != null) {
            scheduled.cancel(false);
        }
        scheduledNanos = deadlineNanos;
        long delay = Math.max(0, deadlineNanos - System.nanoTime());
        scheduled = loop.schedule(this::fire, delay, TimeUnit.NANOSECONDS);
    }

    private void fire() {
        scheduled = null;
        scheduledNanos = NEVER;
        onDue.run();
    }
}

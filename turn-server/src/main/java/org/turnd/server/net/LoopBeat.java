package org.turnd.server.net;

import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One event loop as [LoopWatch] sees it: a task goes to it, and the next one when it has run.
///
/// Methods belong to the watch's thread unless they say otherwise.
final class LoopBeat implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);
    private static final int STACK_FRAMES_MAX = 32;

    private final int shard;
    private final SingleThreadIoEventLoop loop;
    private boolean isReported;

    /// Written by the watch's thread before the task is handed over.
    private volatile long sentNanos;

    private volatile long latencyNanos;
    private volatile boolean isWaiting;

    LoopBeat(int shard, SingleThreadIoEventLoop loop) {
        this.shard = shard;
        this.loop = loop;
    }

    int shard() {
        return shard;
    }

    /// Sends the next task when the last one has run.
    void send(long nowNanos) {
        if (isWaiting) {
            return;
        }
        if (isReported) {
            isReported = false;
            LOG.atInfo().setMessage("loop_turns_again").addKeyValue("shard", shard).log();
        }
        sentNanos = nowNanos;
        isWaiting = true;
        try {
            loop.execute(this);
        } catch (RejectedExecutionException e) {
            // The server is being closed.
            isWaiting = false;
        }
    }

    /// The loop turns. On its thread.
    @Override
    public void run() {
        latencyNanos = System.nanoTime() - sentNanos;
        isWaiting = false;
    }

    /// Doesn't count time in which the watch's own thread stood still: then the process did.
    void excuse(long lostNanos) {
        long sent = sentNanos;
        sentNanos = sent + lostNanos;
    }

    /// How long the latest task had to wait, or waits already. On any thread.
    long latencyNanos(long nowNanos) {
        return Math.max(latencyNanos, waitingNanos(nowNanos));
    }

    /// How long the loop hasn't turned though it was asked to; 0 while it turns. On any thread.
    long waitingNanos(long nowNanos) {
        return isWaiting ? nowNanos - sentNanos : 0;
    }

    /// Logs, once until it turns again, what the loop's thread is doing.
    void report(long nowNanos) {
        if (isReported) {
            return;
        }
        isReported = true;
        var thread = loop.threadProperties();
        LOG.atWarn()
                .setMessage("loop_stuck")
                .addKeyValue("shard", shard)
                .addKeyValue("seconds", waitingNanos(nowNanos) / 1_000_000_000)
                .addKeyValue("thread", thread.name())
                .addKeyValue("state", thread.state())
                .addKeyValue("stack", text(thread.stackTrace()))
                .log();
    }

    /// The innermost frame first, on one line.
    private static String text(StackTraceElement @Nullable [] stack) {
        if (stack == null) {
            return "";
        }
        var text = new StringBuilder();
        for (int i = 0; i < Math.min(stack.length, STACK_FRAMES_MAX); i++) {
            text.append(i == 0 ? "" : " < ").append(stack[i]);
        }
        return text.toString();
    }
}

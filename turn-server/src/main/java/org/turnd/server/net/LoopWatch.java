package org.turnd.server.net;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that the event loops turn. Once in an interval each gets a task, which costs a loop
/// one wake-up and a packet nothing. A loop that hasn't run its task for as long as the bound is
/// stuck: it serves nobody, though everything else of the process may look well.
///
/// Has a thread of its own. Methods are safe on every thread and don't wait.
public final class LoopWatch implements AutoCloseable {
    /// How long a loop may not turn before it counts as stuck: no healthy one needs a tenth.
    public static final Duration BOUND = Duration.ofSeconds(10);

    /// How often the loops are looked at.
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);

    private final List<LoopBeat> beats;
    private final long boundNanos;
    private final long intervalNanos;
    private final Runnable whenAllTurn;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("turnd-watch").unstarted(this::run);
    private volatile boolean isClosed;
    private volatile long lookedNanos;

    /// Doesn't look yet.
    ///
    /// @param whenAllTurn called on the watch's thread after each look at which no loop was stuck
    LoopWatch(List<LoopBeat> beats, Duration bound, Duration interval, Runnable whenAllTurn) {
        this.beats = List.copyOf(beats);
        boundNanos = bound.toNanos();
        intervalNanos = interval.toNanos();
        this.whenAllTurn = whenAllTurn;
        lookedNanos = System.nanoTime();
    }

    /// Begins to watch these shards.
    static LoopWatch start(
            List<Shard> shards, Duration bound, Duration interval, Runnable whenAllTurn) {
        List<LoopBeat> beats = new ArrayList<>();
        shards.forEach(shard -> beats.add(new LoopBeat(shard.index(), shard.loop())));
        var watch = new LoopWatch(beats, bound, interval, whenAllTurn);
        watch.thread.start();
        return watch;
    }

    private void run() {
        while (!isClosed) {
            try {
                look(System.nanoTime());
            } catch (RuntimeException e) {
                // A watch that ended with its first bug would say for ever that all is well.
                LOG.error("The event loops could not be looked at", e);
            }
            LockSupport.parkNanos(this, intervalNanos);
        }
    }

    /// Looks at every loop once.
    void look(long nowNanos) {
        long lostNanos = nowNanos - lookedNanos - intervalNanos;
        lookedNanos = nowNanos;
        boolean allTurn = true;
        for (LoopBeat beat : beats) {
            if (lostNanos > intervalNanos) {
                beat.excuse(lostNanos);
            }
            if (beat.waitingNanos(nowNanos) >= boundNanos) {
                allTurn = false;
                beat.report(nowNanos);
            }
            beat.send(nowNanos);
        }
        if (allTurn) {
            whenAllTurn.run();
        }
    }

    /// Names what doesn't turn, and since when; empty when all is well.
    public List<String> stuck() {
        return stuck(System.nanoTime());
    }

    List<String> stuck(long nowNanos) {
        List<String> stuck = new ArrayList<>();
        for (LoopBeat beat : beats) {
            long waiting = beat.waitingNanos(nowNanos);
            if (waiting >= boundNanos) {
                stuck.add(text("shard " + beat.shard(), waiting));
            }
        }
        long unwatched = nowNanos - lookedNanos - intervalNanos;
        if (unwatched >= boundNanos) {
            stuck.add(text("the watch over the shards", unwatched));
        }
        return stuck;
    }

    private static String text(String who, long nanos) {
        return "%s has not turned for %d s".formatted(who, nanos / 1_000_000_000);
    }

    /// How many loops are stuck.
    public int stuckCount() {
        long now = System.nanoTime();
        return (int) beats.stream().filter(beat -> beat.waitingNanos(now) >= boundNanos).count();
    }

    /// How long the slowest loop took to come to its latest task, or takes already.
    public long latencyNanos() {
        long now = System.nanoTime();
        return beats.stream().mapToLong(beat -> beat.latencyNanos(now)).max().orElse(0);
    }

    /// Looks no more.
    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
    }
}

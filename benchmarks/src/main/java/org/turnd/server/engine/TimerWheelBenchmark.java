package org.turnd.server.engine;

import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.turnd.server.engine.TimerWheel.Timer;

/// The wheel of all lifetimes, with as many timers as there are allocations, due at random within
/// 600 s.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimerWheelBenchmark {
    private static final long LIFETIME_NANOS = 600 * 1_000_000_000L;

    @Param({"100", "10000", "100000"})
    int timers;

    private static final class Lifetime extends Timer {}

    private final TimerWheel wheel = new TimerWheel();
    private final Timer another = new Lifetime();
    private final Consumer<Timer> again = this::scheduleAgain;
    private Timer[] running;
    private long[] deadlines;
    private long nowNanos;
    private long fired;
    private int turn;

    @Setup
    public void scheduleTimers() {
        SplittableRandom random = new SplittableRandom(1);
        running = new Timer[timers];
        deadlines = random.longs(timers, 1, LIFETIME_NANOS).toArray();
        for (int i = 0; i < timers; i++) {
            running[i] = new Lifetime();
            wheel.schedule(running[i], deadlines[i], nowNanos);
        }
        // Clients don't come back in the order in which they came.
        Collections.shuffle(Arrays.asList(running), new Random(1));
    }

    /// An allocation that begins and is deleted.
    @Benchmark
    public TimerWheel scheduleAndCancel() {
        wheel.schedule(another, deadlines[next()], nowNanos);
        wheel.cancel(another);
        return wheel;
    }

    /// A Refresh.
    @Benchmark
    public TimerWheel reschedule() {
        int timer = next();
        wheel.schedule(running[timer], deadlines[timers - 1 - timer], nowNanos);
        return wheel;
    }

    /// The clock goes on by as much as brings one timer due on average; it is scheduled again.
    @Benchmark
    public long advance() {
        nowNanos += LIFETIME_NANOS / timers;
        wheel.advance(nowNanos, again);
        return fired;
    }

    /// What a shard asks at every wake-up.
    @Benchmark
    public long nextDeadline() {
        return wheel.nextDeadlineNanos();
    }

    private void scheduleAgain(Timer timer) {
        fired++;
        wheel.schedule(timer, nowNanos + LIFETIME_NANOS, nowNanos);
    }

    private int next() {
        turn = turn + 1 == timers ? 0 : turn + 1;
        return turn;
    }
}

package org.turnd.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.stun.ChannelData;
import org.turnd.stun.TransportAddress;

/// Clients that come and go: connect, Allocate (answered 401 first), ChannelBind, Refresh 0. Each
/// waits for its answers, and begins again.
final class AllocationRun {
    private static final long LATENCY_NANOS_MAX = 60_000_000_000L;

    private final Endpoint server;
    private final ClientOptions options;
    private final TransportAddress peer;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong mismatches = new AtomicLong();
    private final AtomicReference<@Nullable TurnFailure> failure = new AtomicReference<>();
    private final Histogram latencyNanos = new ConcurrentHistogram(LATENCY_NANOS_MAX, 3);

    /// What came of it.
    ///
    /// @param mismatches how often the server still knew a client's port from before (437)
    /// @param failure the first other one, null if there was none
    /// @param latencyNanos of a whole life, from connecting to the last answer
    record Outcome(
            long allocations,
            long mismatches,
            long nanos,
            @Nullable TurnFailure failure,
            Histogram latencyNanos,
            @Nullable Long serverCpuNanos,
            Duration ownCpu) {}

    AllocationRun(Endpoint server, ClientOptions options, TransportAddress peer) {
        this.server = server;
        this.options = options;
        this.peer = peer;
    }

    /// Lets clients come and go.
    ///
    /// @param clients at the same time
    /// @param pid the server's process, null if it is not known
    Outcome run(int clients, double warmupSeconds, double seconds, @Nullable Long pid)
            throws IOException {
        lives(clients, warmupSeconds);
        done.set(0);
        mismatches.set(0);
        latencyNanos.reset();
        Long before = pid == null ? null : ServerProcessUsage.read(pid).cpuNanos();
        var ownBefore = ownCpu();
        long start = System.nanoTime();
        lives(clients, seconds);
        long nanos = System.nanoTime() - start;
        Long cpu =
                pid == null || before == null
                        ? null
                        : ServerProcessUsage.read(pid).cpuNanos() - before;
        return new Outcome(
                done.get(),
                mismatches.get(),
                nanos,
                failure.get(),
                latencyNanos,
                cpu,
                ownCpu().minus(ownBefore));
    }

    private void lives(int clients, double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < clients; i++) {
            threads.add(Thread.ofVirtual().name("bench-client-" + i).start(() -> lives(end)));
        }
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lives(long end) {
        while (System.nanoTime() < end && failure.get() == null) {
            long start = System.nanoTime();
            try (var client = TurnClient.connect(server, options)) {
                client.allocate(null);
                client.bindChannel(ChannelData.MIN_NUMBER, peer);
                client.refresh(0);
                latencyNanos.recordValue(Math.min(System.nanoTime() - start, LATENCY_NANOS_MAX));
                done.incrementAndGet();
            } catch (TurnFailure e) {
                if (Fleet.isMismatch(e)) {
                    mismatches.incrementAndGet();
                } else {
                    failure.compareAndSet(null, e);
                }
            }
        }
    }

    private static Duration ownCpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }
}

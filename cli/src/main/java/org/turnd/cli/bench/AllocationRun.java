package org.turnd.cli.bench;

import java.io.IOException;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.TurnFailure;
import org.turnd.stun.TransportAddress;

/// Clients that come and go: connect, Allocate (answered 401 first), ChannelBind, Refresh 0. Each
/// waits for its answers, and begins again from another port.
final class AllocationRun {
    private final BenchLoop loop;
    private final Endpoint server;
    private final ClientOptions options;
    private final TransportAddress peer;

    /// What came of it.
    ///
    /// @param mismatches how often the server still knew a client's port from before (437)
    /// @param repeated requests that were not answered in time and sent again
    /// @param failure the first other one, null if there was none
    /// @param latencyNanos of a whole life, from connecting to the last answer
    record Outcome(
            long allocations,
            long mismatches,
            long repeated,
            long nanos,
            @Nullable TurnFailure failure,
            Histogram latencyNanos,
            @Nullable Long serverCpuNanos,
            Duration ownCpu) {}

    AllocationRun(BenchLoop loop, Endpoint server, ClientOptions options, TransportAddress peer) {
        this.loop = loop;
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
        if (warmupSeconds > 0) {
            var warm = lives(clients, warmupSeconds);
            if (warm.failure() != null) {
                return outcome(warm, null, Duration.ZERO);
            }
        }
        Long before = pid == null ? null : ServerProcessUsage.read(pid).cpuNanos();
        var ownBefore = loop.cpu();
        var lives = lives(clients, seconds);
        var own = loop.cpu().minus(ownBefore);
        Long cpu =
                pid == null || before == null
                        ? null
                        : ServerProcessUsage.read(pid).cpuNanos() - before;
        return outcome(lives, cpu, own);
    }

    private Lives lives(int clients, double seconds) throws IOException {
        var local = TransportAddress.of(Fleet.localAddress(server), 0);
        var connector = new StreamConnector(loop, server, options);
        var setting = new Lives.Setting(loop, server, local, connector, options, peer);
        var lives = new Lives(setting, clients, (long) (seconds * 1e9));
        loop.call(() -> {
            loop.work(lives);
            return lives;
        });
        lives.await();
        return loop.call(() -> {
            loop.rest();
            return lives;
        });
    }

    private static Outcome outcome(Lives lives, @Nullable Long serverCpu, Duration own) {
        return new Outcome(
                lives.completed(),
                lives.mismatches(),
                lives.repeated(),
                lives.nanos(),
                lives.failure(),
                lives.latencyNanos(),
                serverCpu,
                own);
    }
}

package org.turnd.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.TurnFailure;

/// Rounds of packets over the flows of a fleet.
final class TrafficRun {
    private static final Duration QUIET = Duration.ofMillis(100);
    private static final Duration SAMPLE = Duration.ofMillis(500);
    private static final Duration DRAIN_MAX = Duration.ofSeconds(2);

    /// Well below the lifetime of a permission (RFC 8656 §9).
    private static final Duration PERMISSION_AGE_MAX = Duration.ofSeconds(200);

    private static final double SEARCH_FROM = 5_000;
    private static final double SEARCH_PRECISION = 1.05;
    private static final int SEARCH_ROUNDS_MAX = 20;

    private final Fleet fleet;
    private final BenchLoop loop;
    private final BenchOptions options;
    private final PacketStream[] streams;
    private final @Nullable ControlProbe probe;
    private long permittedNanos = System.nanoTime();
    private int rounds;

    TrafficRun(Fleet fleet, BenchOptions options) throws IOException {
        this.fleet = fleet;
        this.loop = fleet.loop();
        this.options = options;
        this.streams = fleet.streams(options);
        this.probe = options.isProbing() ? fleet.newProbe() : null;
    }

    /// Runs at a fixed rate: the warm-up, then what counts.
    Round fixed(double rate) throws IOException, TurnFailure {
        warmUp(Double.isInfinite(rate) ? Load.UNLIMITED : rate);
        return round(rate, options.seconds());
    }

    /// Runs at one rate after the other: the warm-up at the first, then what counts.
    List<Round> ramp(List<Double> rates) throws IOException, TurnFailure {
        warmUp(rates.getFirst());
        var rounds = new ArrayList<Round>();
        for (double rate : rates) {
            rounds.add(round(rate, options.seconds()));
        }
        return rounds;
    }

    /// Looks for the highest rate with a loss that is low enough.
    ///
    /// @return every round tried; the best is the good one with the highest rate
    List<Round> search() throws IOException, TurnFailure {
        warmUp(SEARCH_FROM);
        var tried = new ArrayList<Round>();
        double good = 0;
        double bad = Double.POSITIVE_INFINITY;
        double rate = SEARCH_FROM;
        while (tried.size() < SEARCH_ROUNDS_MAX && rate >= 1 && bad / good > SEARCH_PRECISION) {
            var round = round(rate, options.seconds());
            tried.add(round);
            if (isWithin(round, options.lossPercentMax())) {
                good = rate;
            } else {
                bad = rate;
            }
            rate = nextRate(good, bad);
        }
        return tried;
    }

    static boolean isWithin(Round round, double lossPercentMax) {
        return round.isSentAsAsked()
                && round.counts().received() > 0
                && round.lossPercent() <= lossPercentMax;
    }

    /// Returns the rate to try between one that is good, or 0, and one that is bad, or infinite.
    static double nextRate(double good, double bad) {
        if (Double.isInfinite(bad)) {
            return good * 2;
        }
        return good == 0 ? bad / 2 : Math.sqrt(good * bad);
    }

    private void warmUp(double rate) throws IOException, TurnFailure {
        if (options.warmupSeconds() > 0) {
            round(rate, options.warmupSeconds());
        }
    }

    private Round round(double rate, double seconds) throws IOException, TurnFailure {
        keepPermissions();
        var measurement = new Measurement(rounds++, streams.length);
        var load =
                Load.of(
                        rate,
                        streams,
                        options.burst(),
                        measurement.round(),
                        (long) (seconds * 1e9));
        Long serverBefore = serverCpuNanos();
        var ownBefore = loop.cpu();
        begin(load, measurement);
        var timeline = watch(load, measurement);
        var sent = load.await();
        var own = loop.cpu().minus(ownBefore);
        loop.execute(loop::rest);
        drain(measurement);
        var control = probe == null ? null : loop.call(probe::outcome);
        Long serverAfter = serverCpuNanos();
        return new Round(
                rate,
                sent,
                loop.call(measurement::counts),
                loop.call(measurement::latencies),
                serverBefore == null || serverAfter == null ? null : serverAfter - serverBefore,
                own.isNegative() ? Duration.ZERO : own,
                control,
                timeline);
    }

    // Every look takes the loop some microseconds: rarely enough to leave the latencies alone.
    private List<Round.Sample> watch(Load load, Measurement measurement) throws IOException {
        var timeline = new ArrayList<Round.Sample>();
        long start = System.nanoTime();
        long then = start;
        long received = 0;
        Long cpu = serverCpuNanos();
        while (!load.isDoneWithin(SAMPLE)) {
            long now = System.nanoTime();
            long receivedNow = loop.call(() -> measurement.counts().received());
            Long cpuNow = serverCpuNanos();
            double nanos = now - then;
            timeline.add(
                    new Round.Sample(
                            (now - start) / 1e9,
                            (receivedNow - received) * 1e9 / nanos,
                            cpu == null || cpuNow == null ? Double.NaN : (cpuNow - cpu) / nanos));
            then = now;
            received = receivedNow;
            cpu = cpuNow;
        }
        return timeline;
    }

    private void begin(Load load, Measurement measurement) throws IOException {
        loop.call(() -> {
            fleet.arrivals().begin(measurement, streams, load::arrived);
            loop.work(probe == null ? load : probe.beside(load));
            return measurement;
        });
    }

    private void drain(Measurement measurement) throws IOException {
        long end = System.nanoTime() + DRAIN_MAX.toNanos();
        var last = loop.call(measurement::counts);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(QUIET.toNanos());
            var now = loop.call(measurement::counts);
            if (now.equals(last)) {
                return;
            }
            last = now;
        }
    }

    private void keepPermissions() throws TurnFailure {
        if (System.nanoTime() - permittedNanos > PERMISSION_AGE_MAX.toNanos()) {
            for (var flow : fleet.flows()) {
                flow.permit(options.usesChannels());
            }
            permittedNanos = System.nanoTime();
        }
    }

    private @Nullable Long serverCpuNanos() throws IOException {
        var pid = options.pid();
        return pid == null ? null : ServerProcessUsage.read(pid).cpuNanos();
    }
}

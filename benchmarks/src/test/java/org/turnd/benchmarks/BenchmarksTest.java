package org.turnd.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

class BenchmarksTest {
    private static final int BENCHMARKS_MIN = 20;

    @Test
    @Timeout(60)
    void everyBenchmarkRuns() throws RunnerException {
        Options once =
                new OptionsBuilder()
                        .mode(Mode.SingleShotTime)
                        .timeUnit(TimeUnit.MICROSECONDS)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .forks(0)
                        .param("allocations", "100")
                        .param("timers", "100")
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build();

        Collection<RunResult> results = new Runner(once).run();

        assertTrue(results.size() > BENCHMARKS_MIN, "too few: " + results.size());
    }
}

package org.turnd.stun;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// From user name, realm and password to the key of a MAC, as for each request that comes with a
/// time-limited credential.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class KeyBenchmark {
    // Fields, so that no key can be computed in advance.
    private String username = TypicalMessages.USERNAME;
    private String realm = TypicalMessages.REALM;
    private String password = TypicalMessages.PASSWORD;

    @Benchmark
    public IntegrityKey deriveMd5() {
        return IntegrityKey.md5(username, realm, password);
    }

    @Benchmark
    public IntegrityKey deriveSha256() {
        return IntegrityKey.sha256(username, realm, password);
    }
}

package org.turnd.server.engine;

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
import org.turnd.stun.TransportAddress;

/// What a request without credentials costs, and the last check of one that has them.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class NonceBenchmark {
    private final Nonces nonces =
            new Nonces(new byte[32], 600, SecurityFeatures.DEFAULT, "example.org");
    private final ClientPath client =
            ClientPath.datagram(0, TransportAddress.ipv4(0xC6336401, 40_000));
    private final String nonce = nonces.issue(client, 0);

    @Benchmark
    public String issue() {
        return nonces.issue(client, 0);
    }

    @Benchmark
    public boolean check() {
        return nonces.isFresh(nonce, client, 0);
    }
}

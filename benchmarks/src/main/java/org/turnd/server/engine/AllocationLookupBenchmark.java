package org.turnd.server.engine;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.turnd.stun.TransportAddress;

/// Five-tuple to allocation. Every client takes its turn, in no order that memory has.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class AllocationLookupBenchmark {
    @Param({"100", "10000", "100000"})
    int allocations;

    private FiveTupleTable<Allocation> table;
    private RandomAddresses clients;
    private RandomAddresses strangers;

    @Setup
    public void fillTable() {
        SplittableRandom random = new SplittableRandom(1);
        table = new FiveTupleTable<>(random.nextLong());
        clients = new RandomAddresses(allocations, 0x5F000000, random);
        strangers = new RandomAddresses(allocations, 0x60000000, random);
        for (TransportAddress client : clients.all()) {
            Allocation allocation = BareAllocation.of(client);
            table.put(allocation.client, allocation);
        }
    }

    @Benchmark
    public @Nullable Allocation findAllocation() {
        int client = clients.next();
        return table.find(BareAllocation.LISTENER, 0, clients.low(client), clients.port(client));
    }

    @Benchmark
    public @Nullable Allocation findNone() {
        int stranger = strangers.next();
        return table.find(
                BareAllocation.LISTENER, 0, strangers.low(stranger), strangers.port(stranger));
    }
}

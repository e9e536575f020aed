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
import org.turnd.stun.ChannelData;
import org.turnd.stun.TransportAddress;

/// The peers of one allocation: channels by number and by address, and permissions.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class PeerLookupBenchmark {
    /// A browser has a few; the default limit is 256.
    @Param({"2", "256"})
    int peers;

    private RandomAddresses addresses;
    private Channels channels;
    private Permissions permissions;

    @Setup
    public void bindChannels() {
        SplittableRandom random = new SplittableRandom(1);
        addresses = new RandomAddresses(peers, 0x08000000, random);
        channels = new Channels(random.nextLong(), peers);
        permissions = new Permissions(random.nextLong(), peers);
        TransportAddress relayed = TransportAddress.ipv4(0xCB00710A, 55_000);
        Allocation allocation = BareAllocation.of(relayed);
        Relay relay = new Relay(0, allocation, relayed, permissions);
        for (int i = 0; i < peers; i++) {
            ChannelBinding channel =
                    new ChannelBinding(
                            ChannelData.MIN_NUMBER + i,
                            relay,
                            0,
                            addresses.low(i),
                            addresses.port(i));
            channel.expiresNanos = ChannelBinding.LIFETIME_NANOS;
            channels.add(channel, 0);
            permissions.install(0, addresses.low(i), 0);
        }
    }

    @Benchmark
    public @Nullable ChannelBinding channelByNumber() {
        return channels.find(ChannelData.MIN_NUMBER + addresses.next(), 0);
    }

    @Benchmark
    public @Nullable ChannelBinding channelByPeer() {
        int peer = addresses.next();
        return channels.find(0, addresses.low(peer), addresses.port(peer), 0);
    }

    @Benchmark
    public boolean permission() {
        return permissions.isLive(0, addresses.low(addresses.next()), 0);
    }
}

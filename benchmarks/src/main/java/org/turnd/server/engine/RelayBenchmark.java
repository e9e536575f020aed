package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.turnd.stun.ChannelData;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// One packet's whole way through the engine, from the first byte of the input to the sink. Every
/// client takes its turn. With `-prof gc` each has to show 0 bytes per operation.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RelayBenchmark {
    private static final int DATA_BYTES = 200;
    private static final int HEADROOM_BYTES = 64;
    private static final int BUFFER_BYTES = 512;

    private static final TransportAddress PEER = LoadedEngine.EVERYBODYS_PEER;

    @Param({"100", "10000", "50000"})
    int allocations;

    private final ByteBuf channelData = LoadedEngine.buffer(BUFFER_BYTES);
    private final ByteBuf send = LoadedEngine.buffer(BUFFER_BYTES);
    private final ByteBuf data = LoadedEngine.buffer(BUFFER_BYTES);
    private int sendBytes;
    private LoadedEngine loaded;
    private long sent;

    @Setup
    public void allocate() {
        loaded = new LoadedEngine(allocations);
        ChannelData.writeHeader(channelData, HEADROOM_BYTES, LoadedEngine.CHANNEL, DATA_BYTES);
        var id = TransactionId.of(1, 1);
        sendBytes =
                new StunWriter()
                        .begin(send, HEADROOM_BYTES, StunMethod.SEND, StunClass.INDICATION, id)
                        .xorPeerAddress(PEER.high(), PEER.low(), PEER.port())
                        .dataHeader(DATA_BYTES)
                        .length();
    }

    /// A drop is faster than a packet.
    @TearDown
    public void checkThatNothingWasDropped() {
        if (loaded.sink.packets != sent) {
            throw new AssertionError(loaded.sink.packets + " of " + sent + " packets arrived");
        }
    }

    @Benchmark
    public long channelDataToPeer() {
        int length = ChannelData.HEADER_LENGTH + DATA_BYTES;
        loaded.fromClient(loaded.clients.next(), channelData, HEADROOM_BYTES, length);
        return countSent();
    }

    @Benchmark
    public long peerToChannelData() {
        int client = loaded.clients.next();
        long low = loaded.peers.low(client);
        int port = loaded.peers.port(client);
        loaded.fromPeer(client, low, port, data, HEADROOM_BYTES, DATA_BYTES);
        return countSent();
    }

    @Benchmark
    public long sendIndicationToPeer() {
        loaded.fromClient(loaded.clients.next(), send, HEADROOM_BYTES, sendBytes);
        return countSent();
    }

    @Benchmark
    public long peerToDataIndication() {
        int client = loaded.clients.next();
        loaded.fromPeer(client, PEER.low(), PEER.port(), data, HEADROOM_BYTES, DATA_BYTES);
        return countSent();
    }

    private long countSent() {
        sent++;
        return loaded.sink.packets;
    }
}

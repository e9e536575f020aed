package org.turnd.stun;

import io.netty.buffer.ByteBuf;
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

/// Reading and writing of messages, without integrity.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    private static final int CHANNEL = 0x4000;
    private static final int DATA_INDICATION =
            MessageType.of(StunMethod.DATA, StunClass.INDICATION);

    private final StunWriter writer = new StunWriter();
    private final StunView view = new StunView();
    private final MessageIntegrity integrity = new MessageIntegrity();
    private final IntegrityKey key =
            IntegrityKey.md5(
                    TypicalMessages.USERNAME, TypicalMessages.REALM, TypicalMessages.PASSWORD);
    private final ByteBuf allocate = TypicalMessages.buffer();
    private final int allocateBytes =
            TypicalMessages.allocateRequest(writer, allocate).integrity(integrity, key).length();
    private final ByteBuf send = TypicalMessages.buffer();
    private final int sendBytes = TypicalMessages.sendIndication(writer, send).length();
    private final ByteBuf channelData = TypicalMessages.buffer();
    private final ByteBuf output = TypicalMessages.buffer();
    private long transaction;

    public CodecBenchmark() {
        ChannelData.writeHeader(channelData, 0, CHANNEL, TypicalMessages.DATA_BYTES);
    }

    /// An Allocate request in place: its framing, and where the user's name is.
    @Benchmark
    public int viewAllocateRequest() {
        MalformedStun malformed = view.wrapRequiringCookie(allocate, 0, allocateBytes);
        return malformed == null ? view.find(AttributeType.USERNAME) : -1;
    }

    /// An Allocate request as a value, every attribute decoded.
    @Benchmark
    public Decoded decodeAllocateRequest() {
        return StunMessage.decode(allocate, 0, allocateBytes);
    }

    @Benchmark
    public int writeAllocateResponse() {
        return TypicalMessages.allocateResponse(writer, output).length();
    }

    @Benchmark
    public int readChannelDataHeader() {
        return ChannelData.fits(
                        channelData, 0, ChannelData.HEADER_LENGTH + TypicalMessages.DATA_BYTES)
                ? ChannelData.number(channelData, 0) + ChannelData.dataLength(channelData, 0)
                : -1;
    }

    @Benchmark
    public ByteBuf writeChannelDataHeader() {
        ChannelData.writeHeader(output, 0, CHANNEL, TypicalMessages.DATA_BYTES);
        return output;
    }

    /// A Send indication in place: its framing, the peer's address, where the data is.
    @Benchmark
    public long readSendIndication() {
        if (view.wrapRequiringCookie(send, 0, sendBytes) != null) {
            return -1;
        }
        int peer = view.find(AttributeType.XOR_PEER_ADDRESS);
        int data = view.find(AttributeType.DATA);
        return view.xorAddressHigh(peer)
                + view.xorAddressLow(peer)
                + view.xorPort(peer)
                + view.valueLength(data);
    }

    /// A Data indication around data that already lies there.
    @Benchmark
    public int writeDataIndication() {
        TransportAddress peer = TypicalMessages.PEER;
        return writer.begin(
                        output,
                        0,
                        DATA_INDICATION,
                        TransactionId.MAGIC_COOKIE,
                        CHANNEL,
                        transaction++)
                .xorPeerAddress(peer.high(), peer.low(), peer.port())
                .dataHeader(TypicalMessages.DATA_BYTES)
                .length();
    }
}

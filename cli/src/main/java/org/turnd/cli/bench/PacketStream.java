package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ChannelData;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Packets one way, from one link to another. Its frames are made once and stamped for each packet.
/// One thread sends.
final class PacketStream {
    private final Link source;
    private final Link destination;
    private final @Nullable Link turnsAt;
    private final Frame[] frames;
    private long sequence;

    /// A packet that wants only its stamp.
    ///
    /// @param payload where the payload begins
    record Frame(ByteBuffer buffer, int payload) {}

    /// Makes a stream.
    ///
    /// @param frames sent in turn
    /// @param turnsAt where packets are sent back, null if they go one way
    PacketStream(Link source, Link destination, @Nullable Link turnsAt, Frame[] frames) {
        this.source = source;
        this.destination = destination;
        this.turnsAt = turnsAt;
        this.frames = frames.clone();
    }

    Link destination() {
        return destination;
    }

    @Nullable Link turnsAt() {
        return turnsAt;
    }

    /// Begins with sequence number 0 again.
    void restart() {
        sequence = 0;
    }

    /// Returns how many packets were sent since the beginning.
    long sent() {
        return sequence;
    }

    /// Sends the next packet.
    ///
    /// @return false if the operating system had no room, and the packet is still the next
    boolean send(int round) throws IOException {
        var frame = frames[(int) (sequence % frames.length)];
        Payload.stamp(frame.buffer(), frame.payload(), round, sequence, System.nanoTime());
        if (!source.send(frame.buffer().rewind())) {
            return false;
        }
        sequence++;
        return true;
    }

    /// Makes the frame of a peer: nothing but the payload.
    static Frame plain(int stream, int size) {
        var buffer = ByteBuffer.allocateDirect(size);
        Payload.prepare(buffer, 0, stream, size);
        return new Frame(buffer, 0);
    }

    /// Makes a ChannelData frame (RFC 8656 §12.4).
    static Frame channelData(Carrier carrier, int channel, int stream, int size) {
        // J-14 (RFC 8656 §12.5): on a stream ChannelData is padded to a multiple of four.
        var buffer =
                carrier.isReliable()
                        ? ByteBuffer.allocate(ChannelData.paddedLength(size))
                        : ByteBuffer.allocateDirect(ChannelData.HEADER_LENGTH + size);
        ChannelData.writeHeader(Unpooled.wrappedBuffer(buffer), 0, channel, size);
        Payload.prepare(buffer, ChannelData.HEADER_LENGTH, stream, size);
        return new Frame(buffer, ChannelData.HEADER_LENGTH);
    }

    /// Makes a Send indication (RFC 8656 §11.1).
    static Frame sendIndication(Carrier carrier, TransportAddress peer, int stream, int size) {
        ByteBuf message = Unpooled.buffer();
        int length =
                new StunWriter()
                        .begin(
                                message,
                                0,
                                StunMethod.SEND,
                                StunClass.INDICATION,
                                TransactionId.of(stream, size))
                        .put(new XorPeerAddress(peer))
                        .put(new Data(Octets.of(new byte[size])))
                        .length();
        var view = new StunView();
        if (view.wrap(message, 0, length) != null) {
            throw new IllegalStateException("what the codec writes it reads");
        }
        int payload = view.find(AttributeType.DATA);
        var buffer =
                carrier.isReliable()
                        ? ByteBuffer.allocate(length)
                        : ByteBuffer.allocateDirect(length);
        message.getBytes(0, buffer);
        Payload.prepare(buffer, payload, stream, size);
        return new Frame(buffer, payload);
    }
}

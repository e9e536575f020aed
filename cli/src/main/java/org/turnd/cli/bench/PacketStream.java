package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
/// Used on the loop's thread.
final class PacketStream {
    private final Link source;
    private final Link destination;
    private final @Nullable PeerLink turnsAt;
    private final Frame[] frames;
    private int nextFrame;
    private long sequence;

    /// A packet that wants only its stamp.
    ///
    /// @param payload where the payload begins
    record Frame(ByteBuf buffer, int payload) {
        int length() {
            return buffer.capacity();
        }
    }

    /// Makes a stream.
    ///
    /// @param frames sent in turn
    /// @param turnsAt where packets are sent back, null if they go one way
    PacketStream(Link source, Link destination, @Nullable PeerLink turnsAt, Frame[] frames) {
        this.source = source;
        this.destination = destination;
        this.turnsAt = turnsAt;
        this.frames = frames.clone();
    }

    Link destination() {
        return destination;
    }

    @Nullable PeerLink turnsAt() {
        return turnsAt;
    }

    /// Begins with sequence number 0 again.
    void restart() {
        sequence = 0;
        nextFrame = 0;
    }

    /// Sends the next packet.
    ///
    /// @param nanos the time that it carries
    /// @return false if there was no room, and the packet is still the next
    boolean send(int round, long nanos) {
        var frame = frames[nextFrame];
        Payload.stamp(frame.buffer(), frame.payload(), round, sequence, nanos);
        if (!source.send(frame.buffer(), frame.length())) {
            return false;
        }
        sequence++;
        nextFrame = nextFrame + 1 == frames.length ? 0 : nextFrame + 1;
        return true;
    }

    /// Makes the frame of a peer: nothing but the payload.
    static Frame plain(int stream, int size) {
        var buffer = zeroed(size);
        Payload.prepare(buffer, 0, stream, size);
        return new Frame(buffer, 0);
    }

    /// Makes a ChannelData frame (RFC 8656 §12.4).
    static Frame channelData(Carrier carrier, int channel, int stream, int size) {
        // J-14 (RFC 8656 §12.5): on a stream ChannelData is padded to a multiple of four.
        var buffer =
                zeroed(
                        carrier.isReliable()
                                ? ChannelData.paddedLength(size)
                                : ChannelData.HEADER_LENGTH + size);
        ChannelData.writeHeader(buffer, 0, channel, size);
        Payload.prepare(buffer, ChannelData.HEADER_LENGTH, stream, size);
        return new Frame(buffer, ChannelData.HEADER_LENGTH);
    }

    /// Makes a Send indication (RFC 8656 §11.1).
    static Frame sendIndication(TransportAddress peer, int stream, int size) {
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
        var buffer = zeroed(length).setBytes(0, message, 0, length);
        Payload.prepare(buffer, payload, stream, size);
        return new Frame(buffer, payload);
    }

    private static ByteBuf zeroed(int length) {
        return Unpooled.directBuffer(length, length).setZero(0, length);
    }
}

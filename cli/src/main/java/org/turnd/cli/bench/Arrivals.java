package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ChannelData;
import org.turnd.stun.FirstByte;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;

/// Takes in what comes on links, and counts it in the measurement of the round. Used on the loop's
/// thread.
///
/// Packets of the time between rounds are not looked at.
final class Arrivals {
    private Measurement measurement = new Measurement(-1, 0);
    private PacketStream[] streams = {};
    private IntConsumer listener = stream -> {};

    /// Counts from now on for another round.
    ///
    /// @param toldOfEach told the stream's number of each packet that came
    void begin(Measurement counting, PacketStream[] ofRound, IntConsumer toldOfEach) {
        measurement = counting;
        streams = ofRound;
        listener = toldOfEach;
    }

    /// Takes a frame that came to a client. Borrows the buffer.
    ///
    /// @param channel the only channel number that the client has bound
    /// @return false if it is a response, which is not for here
    boolean toClient(
            Link link, int channel, ByteBuf buffer, int offset, int length, StunView view) {
        if (length == 0) {
            return true;
        }
        if (FirstByte.of(buffer.getByte(offset)) == FirstByte.CHANNEL_DATA) {
            if (!ChannelData.fits(buffer, offset, length)
                    || ChannelData.number(buffer, offset) != channel) {
                measurement.corrupted();
                return true;
            }
            int data = ChannelData.dataLength(buffer, offset);
            toClient(link, buffer, offset + ChannelData.HEADER_LENGTH, data);
            return true;
        }
        if (view.wrap(buffer, offset, length) != null) {
            measurement.corrupted();
            return true;
        }
        if (view.messageClass() != StunClass.INDICATION) {
            return false;
        }
        int value = view.find(AttributeType.DATA);
        if (view.method() != StunMethod.DATA.code() || value < 0) {
            measurement.corrupted();
            return true;
        }
        toClient(link, buffer, value, view.valueLength(value));
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // the very link
    private void toClient(Link link, ByteBuf buffer, int offset, int length) {
        var stream = streamOf(buffer, offset, length);
        if (stream == null) {
            return;
        }
        if (stream.destination() == link) {
            count(buffer, offset);
        } else {
            measurement.misdelivered();
        }
    }

    /// Takes a datagram that came to a peer's socket, from a relayed address. Borrows the buffer.
    ///
    /// @return true if it wants to be sent back
    boolean toPeer(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        var stream = streamOf(buffer, offset, length);
        if (stream == null) {
            return false;
        }
        var turn = stream.turnsAt();
        if (turn != null && turn.socket() == socket && turn.isFrom(high, low, port)) {
            measurement.passed();
            return true;
        }
        if (turn == null
                && stream.destination() instanceof PeerLink peer
                && peer.socket() == socket
                && peer.isFrom(high, low, port)) {
            count(buffer, offset);
        } else {
            measurement.misdelivered();
        }
        return false;
    }

    /// Returns the stream of a whole payload, null if there is nothing more to count.
    private @Nullable PacketStream streamOf(ByteBuf buffer, int offset, int length) {
        if (!Payload.isWhole(buffer, offset, length)) {
            measurement.corrupted();
            return null;
        }
        if (Payload.round(buffer, offset) != measurement.round()) {
            measurement.stale();
            return null;
        }
        int number = Payload.stream(buffer, offset);
        if (number < 0 || number >= streams.length) {
            measurement.corrupted();
            return null;
        }
        return streams[number];
    }

    private void count(ByteBuf buffer, int offset) {
        int stream = Payload.stream(buffer, offset);
        long latency = System.nanoTime() - Payload.sentNanos(buffer, offset);
        if (measurement.arrived(stream, Payload.sequence(buffer, offset), latency)) {
            listener.accept(stream);
        }
    }
}

package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ChannelData;
import org.turnd.stun.FirstByte;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;

/// Takes in what comes on links, and counts it in the measurement of the round. Thread-safe.
///
/// Packets of the time between rounds are not looked at.
final class Arrivals {
    private volatile Round round = Round.NONE;

    /// Which stream ends where, in one round.
    ///
    /// @param streams in the order of their numbers
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Round(Measurement measurement, PacketStream[] streams) {
        static final Round NONE = new Round(new Measurement(-1, 0), new PacketStream[0]);
    }

    /// Counts from now on for another round.
    void begin(Measurement measurement, PacketStream[] streams) {
        round = new Round(measurement, streams);
    }

    /// Takes a frame that came to a client. Borrows the buffer.
    ///
    /// @param channel the only channel number that the client has bound
    /// @return false if it is a response, which is not for here
    boolean toClient(Link link, int channel, ByteBuf buffer, int length, StunView view) {
        if (length == 0) {
            return true;
        }
        if (FirstByte.of(buffer.getByte(0)) == FirstByte.CHANNEL_DATA) {
            if (!ChannelData.fits(buffer, 0, length) || ChannelData.number(buffer, 0) != channel) {
                round.measurement().corrupted();
                return true;
            }
            int data = ChannelData.dataLength(buffer, 0);
            count(link, buffer, ChannelData.HEADER_LENGTH, data);
            return true;
        }
        if (view.wrap(buffer, 0, length) != null) {
            round.measurement().corrupted();
            return true;
        }
        if (view.messageClass() != StunClass.INDICATION) {
            return false;
        }
        int value = view.find(AttributeType.DATA);
        if (view.method() != StunMethod.DATA.code() || value < 0) {
            round.measurement().corrupted();
            return true;
        }
        count(link, buffer, value, view.valueLength(value));
        return true;
    }

    /// Takes a datagram that came to a peer. Borrows the buffer.
    ///
    /// @return true if it wants to be sent back
    boolean toPeer(Link link, ByteBuf buffer, int length) {
        return count(link, buffer, 0, length);
    }

    private boolean count(Link link, ByteBuf buffer, int offset, int length) {
        var now = round;
        var measurement = now.measurement();
        if (!Payload.isWhole(buffer, offset, length)) {
            measurement.corrupted();
            return false;
        }
        if (Payload.round(buffer, offset) != measurement.round()) {
            measurement.stale();
            return false;
        }
        int number = Payload.stream(buffer, offset);
        if (number < 0 || number >= now.streams().length) {
            measurement.corrupted();
            return false;
        }
        var stream = now.streams()[number];
        if (stream.turnsAt() == link) {
            measurement.passed();
            return true;
        }
        if (stream.destination() != link) {
            measurement.misdelivered();
            return false;
        }
        measurement.arrived(
                number,
                Payload.sequence(buffer, offset),
                System.nanoTime() - Payload.sentNanos(buffer, offset));
        return false;
    }
}

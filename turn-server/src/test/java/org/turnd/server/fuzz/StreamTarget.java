package org.turnd.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.turnd.stun.ChannelData;
import org.turnd.stun.FirstByte;
import org.turnd.stun.StreamFraming;

/// A stream that arrives in pieces. The first byte says how large they are; however it is cut, the
/// same frames come out, and never must more be kept than one frame.
public final class StreamTarget {
    private StreamTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] stream = Arrays.copyOfRange(input, 1, input.length);
        List<Integer> whole = frames(stream, stream.length);
        int piece = 1 + Byte.toUnsignedInt(input[0]);
        assertEquals(whole, frames(stream, piece), () -> "in pieces of " + piece);
        readAsDatagram(stream);
    }

    /// Returns the lengths of the frames, and at last why there are no more.
    private static List<Integer> frames(byte[] stream, int piece) {
        ByteBuf buffer = Unpooled.wrappedBuffer(stream);
        List<Integer> lengths = new ArrayList<>();
        int at = 0;
        int length = StreamFraming.NEED_MORE;
        for (int arrived = 0; arrived < stream.length && length >= 0; ) {
            arrived = Math.min(stream.length, arrived + piece);
            while ((length = StreamFraming.frameLength(buffer, at, arrived - at)) > 0) {
                assertTrue(at + length <= arrived, "a frame of bytes that aren't there yet");
                lengths.add(length);
                at += length;
            }
            assertTrue(arrived - at < StreamFraming.MAX_FRAME_LENGTH, "no frame in all this");
        }
        lengths.add(length);
        return lengths;
    }

    private static void readAsDatagram(byte[] bytes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        if (ChannelData.fits(buffer, 0, bytes.length)) {
            assertEquals(FirstByte.CHANNEL_DATA, FirstByte.of(Byte.toUnsignedInt(bytes[0])));
            assertTrue(
                    ChannelData.HEADER_LENGTH + ChannelData.dataLength(buffer, 0) <= bytes.length);
        }
    }
}

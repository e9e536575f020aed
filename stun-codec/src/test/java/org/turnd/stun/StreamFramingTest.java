package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.turnd.stun.StreamFraming.NEED_MORE;
import static org.turnd.stun.StreamFraming.NOT_A_FRAME;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StreamFramingTest {
    private static int frameLength(String digits) {
        ByteBuf buffer = Bytes.hex(digits);
        return StreamFraming.frameLength(buffer, 0, buffer.readableBytes());
    }

    @Test
    void waitsForEveryByteOfAMessage() {
        ByteBuf buffer = Bytes.hex(Rfc5769Test.REQUEST);
        for (int readable = 0; readable < 108; readable++) {
            assertEquals(NEED_MORE, StreamFraming.frameLength(buffer, 0, readable)); // C-05
        }
        assertEquals(108, StreamFraming.frameLength(buffer, 0, 108));
    }

    @Test
    void waitsForPaddingOfChannelData() {
        ByteBuf buffer = Bytes.hex("4001000568656c6c6f000000");
        for (int readable = 0; readable < 12; readable++) {
            assertEquals(NEED_MORE, StreamFraming.frameLength(buffer, 0, readable)); // J-14
        }
        assertEquals(12, StreamFraming.frameLength(buffer, 0, 12));
    }

    @Test
    @Tag("C-05")
    void findsFramesOfBothKindsBackToBack() {
        ByteBuf buffer =
                Bytes.hex(
                        "4001000568656c6c6f000000"
                                + "40010000"
                                + Rfc5769Test.IPV4_RESPONSE
                                + "50000001aa000000"
                                + Rfc5769Test.LONG_TERM_REQUEST
                                + "4001");
        List<Integer> lengths = new ArrayList<>();
        int index = 0;
        int length;
        while ((length = StreamFraming.frameLength(buffer, index, buffer.capacity() - index)) > 0) {
            lengths.add(length);
            index += length;
        }
        assertEquals(List.of(12, 4, 80, 8, 116), lengths); // C-05
        assertEquals(NEED_MORE, length);
    }

    @Test
    void skipsFramesOfReservedChannelNumbers() {
        assertEquals(4, frameLength("50000000")); // J-15
        assertEquals(8, frameLength("7fff000300000000"));
    }

    @Test
    @Tag("C-09")
    void closesOnWhatCannotBeAFrame() {
        for (String digits :
                List.of(
                        "04",
                        "10",
                        "16030100",
                        "3f",
                        "80",
                        "ff", // C-09
                        "00010001",
                        "00010002",
                        "00010003",
                        "0001000000000000", // B-06
                        "000100002112a443")) {
            assertEquals(NOT_A_FRAME, frameLength(digits), digits);
        }
    }

    @Test
    void takesTheLongestFrames() {
        assertEquals(65540, frameLength("4001ffff" + "00".repeat(65536))); // J-19
        String longest = "0001fffc2112a442" + "00".repeat(12 + 0xFFFC);
        assertEquals(StreamFraming.MAX_FRAME_LENGTH, frameLength(longest));
    }
}

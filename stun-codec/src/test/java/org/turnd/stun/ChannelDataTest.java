package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

class ChannelDataTest {
    @Test
    void readsADatagramWithAndWithoutPadding() {
        for (String digits :
                new String[] {
                    "4001000568656c6c6f", "4001000568656c6c6f000000", "4001000568656c6c6fff"
                }) {
            ByteBuf buffer = Bytes.hex(digits);
            assertTrue(ChannelData.fits(buffer, 0, buffer.readableBytes())); // J-12
            assertEquals(0x4001, ChannelData.number(buffer, 0));
            assertEquals(5, ChannelData.dataLength(buffer, 0));
        }
    }

    @Test
    void readsAnEmptyFrame() {
        assertTrue(ChannelData.fits(Bytes.hex("40010000"), 0, 4)); // J-13
        assertTrue(ChannelData.fits(Bytes.hex("ff40010000"), 1, 4));
    }

    @Test
    void refusesDatagramsShorterThanTheyClaim() {
        assertFalse(ChannelData.fits(Bytes.hex("4001000968656c6c6f"), 0, 9)); // J-12
        assertFalse(ChannelData.fits(Bytes.hex("400100"), 0, 3));
        assertFalse(ChannelData.fits(Bytes.hex("40010001"), 0, 4));
        assertFalse(ChannelData.fits(Bytes.hex("4001ffff"), 0, 4));
        assertFalse(ChannelData.fits(Bytes.hex(""), 0, 0));
    }

    @Test
    void refusesNumbersThatCannotBeBound() {
        assertFalse(ChannelData.fits(Bytes.hex("50000000"), 0, 4)); // J-15
        assertFalse(ChannelData.fits(Bytes.hex("3fff0000"), 0, 4));
        assertTrue(ChannelData.fits(Bytes.hex("4fff0000"), 0, 4));
        assertTrue(ChannelData.isNumber(0x4000)); // J-02
        assertTrue(ChannelData.isNumber(0x4FFF));
        assertFalse(ChannelData.isNumber(0x3FFF));
        assertFalse(ChannelData.isNumber(0x5000));
        assertFalse(ChannelData.isNumber(0xFFFF));
    }

    @Test
    void writesTheHeader() {
        ByteBuf buffer = Bytes.hex("00".repeat(6));
        ChannelData.writeHeader(buffer, 1, 0x4FFF, 0xFFFE);
        assertEquals("004ffffffe00", Bytes.hex(buffer));
    }

    @Test
    void padsOnStreamsToAMultipleOfFour() {
        assertEquals(4, ChannelData.paddedLength(0)); // J-14
        assertEquals(8, ChannelData.paddedLength(1));
        assertEquals(8, ChannelData.paddedLength(4));
        assertEquals(12, ChannelData.paddedLength(5));
        assertEquals(65540, ChannelData.paddedLength(65535));
    }

    @Test
    void tellsProtocolsByTheirFirstByte() {
        int[] counts = new int[FirstByte.values().length];
        for (int b = 0; b <= 0xFF; b++) {
            FirstByte expected =
                    b <= 3
                            ? FirstByte.STUN
                            : b >= 20 && b <= 63
                                    ? FirstByte.DTLS
                                    : b >= 64 && b <= 79 ? FirstByte.CHANNEL_DATA : FirstByte.OTHER;
            assertEquals(expected, FirstByte.of(b));
            assertEquals(expected, FirstByte.of((byte) b));
            counts[expected.ordinal()]++;
        }
        assertEquals(4, counts[FirstByte.STUN.ordinal()]);
        assertEquals(16, counts[FirstByte.CHANNEL_DATA.ordinal()]);
        assertEquals(44, counts[FirstByte.DTLS.ordinal()]);
    }
}

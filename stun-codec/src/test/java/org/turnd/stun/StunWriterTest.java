package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.XorPeerAddress;

class StunWriterTest {
    private static final TransactionId ID = TransactionId.of(0x00010203, 0x0405060708090A0BL);
    private static final int DATA_INDICATION =
            MessageType.of(StunMethod.DATA, StunClass.INDICATION);

    private final StunWriter writer = new StunWriter();

    @Test
    void zeroesPaddingInUsedBuffers() {
        ByteBuf buffer = Bytes.hex("ff".repeat(80));
        writer.begin(buffer, 0, StunMethod.BINDING, StunClass.REQUEST, ID)
                .put(new Software("a"))
                .put(new Software("ab"))
                .put(new Software("abc"))
                .put(new PasswordAlgorithm(9, Octets.hex("aa")));
        assertEquals(
                "8022000161000000"
                        + "8022000261620000"
                        + "8022000361626300"
                        + "001d000800090001aa000000",
                Bytes.hex(buffer.slice(20, writer.length() - 20)));
    }

    @Test
    void keepsTheHeaderLengthRightAfterEachAttribute() {
        ByteBuf buffer = Unpooled.buffer();
        writer.begin(buffer, 7, StunMethod.BINDING, StunClass.REQUEST, ID);
        for (int i = 0; i < 5; i++) {
            assertEquals(20 + 8 * i, writer.length());
            assertEquals(7 + 20 + 8 * i, writer.end());
            assertNull(new StunView().wrap(buffer, 7, writer.length()));
            writer.put(new Lifetime(i));
        }
        assertEquals(0, buffer.readerIndex() + buffer.writerIndex());
    }

    @Test
    void wrapsADataIndicationAroundDataInPlace() {
        ByteBuf buffer = Bytes.hex("ee".repeat(48) + "68656c6c6f" + "ee".repeat(3));
        TransportAddress ipv4 = TransportAddress.ipv4(0xC0000209, 3478);
        int offset = 48 - StunWriter.DATA_INDICATION_OVERHEAD_IPV4;
        indicate(buffer, offset, ipv4);
        assertEquals(
                List.of(new XorPeerAddress(ipv4), new Data(Octets.utf8("hello"))),
                Bytes.message(buffer.slice(offset, writer.length())).attributes()); // I-09
        assertEquals(0, buffer.getMedium(53), "padding");

        TransportAddress ipv6 = new TransportAddress(0x20010DB800000000L, 7, 9);
        indicate(buffer, 48 - StunWriter.DATA_INDICATION_OVERHEAD_IPV6, ipv6);
        assertEquals(
                List.of(new XorPeerAddress(ipv6), new Data(Octets.utf8("hello"))),
                Bytes.message(buffer.slice(0, writer.length())).attributes());
    }

    private void indicate(ByteBuf buffer, int offset, TransportAddress peer) {
        writer.begin(buffer, offset, DATA_INDICATION, ID.cookie(), ID.high(), ID.low())
                .xorPeerAddress(peer.high(), peer.low(), peer.port())
                .dataHeader(5);
    }

    @Test
    void writesMappedAddressesFromTheirParts() {
        ByteBuf buffer = Unpooled.buffer();
        TransportAddress address = TransportAddress.ipv4(0xC0000201, 7000);
        writer.begin(buffer, 0, StunMethod.BINDING, StunClass.SUCCESS_RESPONSE, ID)
                .xorMappedAddress(address.high(), address.low(), address.port());
        assertEquals("0020000800013a4ae112a643", Bytes.hex(buffer.slice(20, 12)));
    }

    @Test
    void growsBuffersThatMayGrowAndNoOthers() {
        ByteBuf growing = Unpooled.buffer(1, 2000);
        writer.begin(growing, 0, StunMethod.SEND, StunClass.INDICATION, ID)
                .put(new Data(Octets.of(new byte[1000])));
        assertEquals(1024, writer.length());
        assertTrue(growing.capacity() >= 1024);
        ByteBuf fixed = Unpooled.wrappedBuffer(new byte[40]);
        writer.begin(fixed, 0, StunMethod.SEND, StunClass.INDICATION, ID);
        Data tooLong = new Data(Octets.of(new byte[17]));
        assertThrows(IndexOutOfBoundsException.class, () -> writer.put(tooLong));
        assertEquals(20, writer.length());
        assertNull(new StunView().wrap(fixed, 0, 20), "nothing was written");
        writer.put(new Data(Octets.of(new byte[16])));
        assertEquals(40, writer.length());
    }

    @Test
    void refusesMessagesLongerThanTheLengthField() {
        ByteBuf buffer = Unpooled.buffer();
        writer.begin(buffer, 0, StunMethod.SEND, StunClass.INDICATION, ID)
                .put(new Data(Octets.of(new byte[0xFFF4])));
        writer.put(new StunAttribute.DontFragment());
        assertEquals(20 + 0xFFFC, writer.length());
        assertThrows(
                IllegalArgumentException.class, () -> writer.put(new StunAttribute.DontFragment()));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        writer.begin(buffer, 0, StunMethod.SEND, StunClass.INDICATION, ID)
                                .put(new Data(Octets.of(new byte[0x10000]))));
    }

    @Test
    void refusesNumbersThatDoNotFitTheirField() {
        assertThrows(IllegalArgumentException.class, () -> new Lifetime(-1));
        assertThrows(IllegalArgumentException.class, () -> new Lifetime(1L << 32));
        assertThrows(IllegalArgumentException.class, () -> new ChannelNumber(0x10000));
        assertThrows(IllegalArgumentException.class, () -> new ErrorCode(299, ""));
        assertThrows(IllegalArgumentException.class, () -> new ErrorCode(700, ""));
        assertThrows(
                IllegalArgumentException.class,
                () -> new StunAttribute.UnknownAttributes(List.of(0x10000)));
        assertThrows(IllegalArgumentException.class, () -> TransportAddress.ipv4(0, 65536));
        assertEquals(0xFFFFFFFFL, new Lifetime(0xFFFFFFFFL).seconds());
    }

    @Test
    void comparesFingerprintsWithTheJdk() {
        ByteBuf buffer = Bytes.hex(Rfc5769Test.REQUEST);
        for (int length = 0; length < buffer.capacity(); length++) {
            CRC32 crc = new CRC32();
            crc.update(buffer.array(), 0, length);
            assertEquals((int) crc.getValue(), Fingerprint.crc32(buffer, 0, length));
        }
    }
}

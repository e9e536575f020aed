package org.turnd.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Decoded;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MalformedStun;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunView;

/// One datagram as a STUN message. Both faces of the codec agree on whether it is one, nothing
/// outside of it counts, and what was understood can be written and is understood alike again.
public final class StunTarget {
    private static final int MARGIN = 16;
    private static final IntegrityKey KEY = IntegrityKey.shortTerm("nobody knows it");
    private static final int[] TYPES =
            IntStream.rangeClosed(0, 0xFFFF).filter(AttributeType::isKnown).toArray();

    private StunTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        StunView view = new StunView();
        ByteBuf buffer = Unpooled.wrappedBuffer(input);
        MalformedStun malformed = view.wrap(buffer, 0, input.length);
        Decoded decoded = StunMessage.decode(buffer, 0, input.length);
        if (malformed != null) {
            assertSame(malformed, decoded);
        }
        assertEquals(decoded, decodeAmong((byte) 0x00, input));
        assertEquals(decoded, decodeAmong((byte) 0xFF, input));
        look(view);
        if (decoded instanceof StunMessage message) {
            assertFalse(message.toString().isEmpty());
            message.unknownComprehensionRequired();
            writeAndRead(message);
        }
    }

    private static Decoded decodeAmong(byte others, byte[] input) {
        byte[] room = new byte[MARGIN + input.length + MARGIN];
        Arrays.fill(room, others);
        System.arraycopy(input, 0, room, MARGIN, input.length);
        return StunMessage.decode(Unpooled.wrappedBuffer(room), MARGIN, input.length);
    }

    /// Asks the view all it can be asked, whether it has wrapped a message or not.
    private static void look(StunView view) {
        MessageIntegrity integrity = new MessageIntegrity();
        assertFalse(integrity.verify(view, KEY), "a forged MESSAGE-INTEGRITY");
        assertFalse(integrity.verifySha256(view, KEY), "a forged MESSAGE-INTEGRITY-SHA256");
        view.fingerprintMatches();
        view.hasUnknownComprehensionRequired();
        for (int type : TYPES) {
            int value = view.find(type);
            if (value >= 0) {
                assertTrue(value + view.valueLength(value) <= view.offset() + view.length());
                if (view.isAddress(value)) {
                    view.addressPort(value);
                    view.addressHigh(value);
                    view.addressLow(value);
                    view.xorPort(value);
                    view.xorAddressHigh(value);
                    view.xorAddressLow(value);
                }
            }
        }
    }

    /// The fingerprint is left out: it is of other bytes where attributes were left out.
    private static void writeAndRead(StunMessage message) {
        List<StunAttribute> attributes =
                message.attributes().stream()
                        .filter(a -> a.type() != AttributeType.FINGERPRINT)
                        .toList();
        StunMessage kept =
                new StunMessage(
                        message.method(),
                        message.messageClass(),
                        message.transactionId(),
                        attributes);
        ByteBuf written = kept.encode();
        assertEquals(kept, StunMessage.decode(written, 0, written.readableBytes()));
    }
}

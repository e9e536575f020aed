package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Random messages are written and read again by both faces. `-Dturnd.codec.messages` says how
/// many, `-Dturnd.codec.seed` repeats one that failed.
class RoundTripTest {
    private static final int MESSAGES = Integer.getInteger("turnd.codec.messages", 20_000);
    private static final long SEED = Long.getLong("turnd.codec.seed", 1);

    private final MessageIntegrity mac = new MessageIntegrity();
    private final StunWriter writer = new StunWriter();
    private final StunView view = new StunView();

    @Test
    void readsBackWhatItWrote() {
        Set<Integer> seen = new TreeSet<>();
        for (long seed = SEED; seed < SEED + MESSAGES; seed++) {
            StunMessage message = new RandomMessages(seed).message();
            message.attributes().forEach(a -> seen.add(a.type()));
            ByteBuf encoded = message.encode();
            String where = "turnd.codec.seed=" + seed;
            assertEquals(message, Bytes.decode(encoded), where);
            assertEquals(encoded, Bytes.message(encoded).encode(), where);
            checkView(message, encoded, where);
        }
        if (MESSAGES >= 1000) {
            assertTrue(seen.size() > 40, "random messages lack attributes: " + seen);
        }
    }

    private void checkView(StunMessage message, ByteBuf encoded, String where) {
        assertNull(view.wrap(encoded, 0, encoded.readableBytes()), where);
        assertEquals(message.method().code(), view.method(), where);
        assertEquals(message.messageClass(), view.messageClass(), where);
        assertEquals(message.transactionId(), view.transactionId(), where);
        List<Integer> types = new ArrayList<>();
        for (int value = view.firstValue(); value >= 0; value = view.nextValue(value)) {
            types.add(view.typeOf(value));
        }
        assertEquals(message.attributes().stream().map(StunAttribute::type).toList(), types, where);
        assertEquals(
                !message.unknownComprehensionRequired().isEmpty(),
                view.hasUnknownComprehensionRequired(),
                where);
    }

    @Test
    void verifiesWhatItSigned() {
        for (long seed = SEED; seed < SEED + MESSAGES / 10; seed++) {
            String where = "turnd.codec.seed=" + seed;
            StunMessage message = new RandomMessages(seed).message();
            Random random = new Random(seed);
            byte[] keyBytes = new byte[random.nextInt(80)];
            random.nextBytes(keyBytes);
            IntegrityKey key = IntegrityKey.ofBytes(keyBytes);
            int offset = random.nextInt(20);
            ByteBuf buffer = random.nextBoolean() ? Unpooled.buffer(1) : Unpooled.directBuffer(1);
            try {
                sign(message, buffer, offset, key);
                checkSigned(message, buffer, offset, key, where);
            } finally {
                buffer.release();
            }
        }
    }

    private void sign(StunMessage message, ByteBuf buffer, int offset, IntegrityKey key) {
        writer.begin(
                buffer, offset, message.method(), message.messageClass(), message.transactionId());
        message.attributes().forEach(writer::put);
        writer.integrity(mac, key).integritySha256(mac, key).fingerprint();
    }

    private void checkSigned(
            StunMessage message, ByteBuf buffer, int offset, IntegrityKey key, String where) {
        int length = writer.length();
        assertNull(view.wrap(buffer, offset, length), where);
        assertTrue(mac.verify(view, key), where);
        assertTrue(mac.verifySha256(view, key), where);
        assertTrue(view.fingerprintMatches(), where);
        assertEquals(length, StreamFramingLength.of(view), where);
        StunMessage decoded = (StunMessage) StunMessage.decode(view);
        int unsigned = message.attributes().size();
        assertEquals(message.attributes(), decoded.attributes().subList(0, unsigned), where);
        assertEquals(unsigned + 3, decoded.attributes().size(), where);
        // One bit of a type, a length or a value, anywhere but in the three trailers.
        int covered = length - 24 - 36 - 8;
        int bit = new Random(length).nextInt(covered * 8);
        int index = offset + bit / 8;
        buffer.setByte(index, buffer.getByte(index) ^ 1 << bit % 8);
        if (view.wrap(buffer, offset, length) == null) {
            assertFalse(mac.verify(view, key), where);
            assertFalse(mac.verifySha256(view, key), where);
            assertFalse(view.fingerprintMatches(), where);
        }
    }

    /// What a stream would make of the message: the framing refuses classic ones (B-06).
    private static final class StreamFramingLength {
        static int of(StunView view) {
            return view.isClassic()
                    ? view.length()
                    : StreamFraming.frameLength(view.buffer(), view.offset(), view.length());
        }
    }
}

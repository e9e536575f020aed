package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Whatever the bytes, both faces give a value and never throw. `-Dturnd.codec.fuzz` says
/// how many inputs, `-Dturnd.codec.seed` repeats one that failed.
class HostileInputTest {
    private static final int INPUTS = Integer.getInteger("turnd.codec.fuzz", 20_000);
    private static final long SEED = Long.getLong("turnd.codec.seed", 1);
    private static final int MAX_LENGTH = 65536;
    private static final int MARGIN = 40;
    private static final IntegrityKey KEY = IntegrityKey.shortTerm("secret");
    private static final int[] TYPES =
            IntStream.rangeClosed(0, 0xFFFF).filter(AttributeType::isKnown).toArray();

    private final StunView view = new StunView();
    private final MessageIntegrity mac = new MessageIntegrity();
    private int accepted;
    private int refused;

    @Test
    @Tag("A-35")
    void survivesRandomBytes() {
        for (long seed = SEED; seed < SEED + INPUTS / 20; seed++) {
            Random random = new Random(seed);
            int bound = random.nextInt(10) == 0 ? MAX_LENGTH : 200;
            byte[] bytes = new byte[random.nextInt(bound + 1)];
            random.nextBytes(bytes);
            read(bytes, "random", seed);
            read(withHeader(bytes, random), "random attributes", seed);
        }
        assertTrue(refused > 0);
    }

    @Test
    void survivesRandomAttributesOfEveryKnownType() {
        for (long seed = SEED; seed < SEED + INPUTS / 2; seed++) {
            Random random = new Random(seed);
            ByteBuf buffer = Unpooled.buffer(64);
            StunWriter writer =
                    new StunWriter().begin(buffer, 0, StunMethod.ALLOCATE, StunClass.REQUEST, ID);
            for (int i = random.nextInt(6); i >= 0; i--) {
                byte[] value = new byte[random.nextInt(random.nextBoolean() ? 9 : 41)];
                random.nextBytes(value);
                int type = TYPES[random.nextInt(TYPES.length)];
                writer.put(new StunAttribute.UnknownAttribute(type, Octets.of(value)));
            }
            read(Arrays.copyOf(buffer.array(), writer.length()), "attributes", seed);
        }
        assertTrue(accepted > 0);
    }

    @Test
    @Tag("A-35")
    void survivesMutatedMessages() {
        for (long seed = SEED; seed < SEED + INPUTS; seed++) {
            Random random = new Random(seed);
            byte[] bytes = signed(new RandomMessages(seed).message());
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            read(bytes, "mutated", seed);
        }
        assertTrue(accepted > 0 && refused > 0);
    }

    @Test
    void survivesEveryTruncation() {
        for (long seed = SEED; seed < SEED + 40; seed++) {
            byte[] bytes = signed(new RandomMessages(seed).message());
            for (int length = 0; length <= bytes.length; length++) {
                byte[] shorter = Arrays.copyOf(bytes, length);
                read(shorter, "truncated", seed);
                if (length >= 20) {
                    shorter[2] = (byte) ((length - 20) >> 8);
                    shorter[3] = (byte) (length - 20);
                    read(shorter, "truncated with its length", seed);
                }
            }
        }
        assertTrue(accepted > 0 && refused > 0);
    }

    @Test
    void survivesTheLargestMessages() {
        byte[] bytes = withHeader(new byte[20 + 0xFFFC], new Random(SEED));
        read(bytes, "16383 empty attributes", 0);
        Arrays.fill(bytes, 20, bytes.length, (byte) 0xFF);
        read(bytes, "all ones", 0);
        assertTrue(accepted == 1 && refused == 1);
    }

    private static final TransactionId ID = TransactionId.of(1, 2);

    private byte[] signed(StunMessage message) {
        ByteBuf buffer = Unpooled.buffer(256);
        StunWriter writer =
                new StunWriter()
                        .begin(
                                buffer,
                                0,
                                message.method(),
                                message.messageClass(),
                                message.transactionId());
        message.attributes().forEach(writer::put);
        writer.integrity(mac, KEY);
        if (message.attributes().size() % 2 == 0) {
            writer.fingerprint();
        }
        return Arrays.copyOf(buffer.array(), writer.length());
    }

    private static byte[] withHeader(byte[] bytes, Random random) {
        byte[] message = Arrays.copyOf(bytes, Math.max(20, bytes.length & ~3));
        message[0] &= 0x3F;
        message[1] = (byte) random.nextInt(16);
        message[2] = (byte) ((message.length - 20) >> 8);
        message[3] = (byte) (message.length - 20);
        return message;
    }

    private void read(byte[] bytes, String kind, long seed) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        try {
            Decoded decoded = readMessage(buffer);
            assertEquals(decoded, decodeAmongOthers(bytes), "bytes outside the message count");
            readStream(buffer);
            readChannelData(buffer);
        } catch (RuntimeException e) {
            throw new AssertionError(kind + ", turnd.codec.seed=" + seed, e);
        }
    }

    private static Decoded decodeAmongOthers(byte[] bytes) {
        byte[] others = new byte[MARGIN + bytes.length + MARGIN];
        Arrays.fill(others, (byte) 0xFF);
        System.arraycopy(bytes, 0, others, MARGIN, bytes.length);
        return StunMessage.decode(Unpooled.wrappedBuffer(others), MARGIN, bytes.length);
    }

    private Decoded readMessage(ByteBuf buffer) {
        int length = buffer.capacity();
        MalformedStun malformed = view.wrap(buffer, 0, length);
        Decoded decoded = StunMessage.decode(buffer, 0, length);
        if (malformed != null) {
            refused++;
            assertTrue(decoded == malformed);
        } else {
            accepted++;
        }
        readView();
        if (decoded instanceof StunMessage message) {
            String text = message.toString() + message.attributes();
            assertTrue(!text.isEmpty());
            message.unknownComprehensionRequired();
            message.encode().release();
        }
        return decoded;
    }

    private void readView() {
        long sum = view.method() + view.messageType() + view.transactionIdLow();
        for (int type : TYPES) {
            int value = view.find(type);
            if (value >= 0) {
                sum += view.valueLength(value);
                if (view.isAddress(value)) {
                    sum += view.addressPort(value) + view.addressHigh(value);
                    sum += view.addressLow(value) + view.xorPort(value);
                    sum += view.xorAddressHigh(value) + view.xorAddressLow(value);
                }
            }
        }
        view.hasUnknownComprehensionRequired();
        view.fingerprintMatches();
        mac.verify(view, KEY);
        mac.verifySha256(view, KEY, 16);
        assertTrue(sum != Long.MIN_VALUE);
    }

    private static void readStream(ByteBuf buffer) {
        int index = 0;
        int length;
        do {
            int readable = buffer.capacity() - index;
            length = StreamFraming.frameLength(buffer, index, readable);
            assertTrue(length <= readable);
            index += length;
        } while (length > 0);
    }

    private static void readChannelData(ByteBuf buffer) {
        if (ChannelData.fits(buffer, 0, buffer.capacity())) {
            int end = ChannelData.HEADER_LENGTH + ChannelData.dataLength(buffer, 0);
            assertTrue(end <= buffer.capacity());
        }
    }
}

package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/// Counts the bytes that the data path allocates: none.
class AllocationTest {
    private static final int ROUNDS = 5;
    private static final int RUNS = 2_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    // Paranoid leak detection allocates at each access, so these buffers go without.
    private static final UnpooledByteBufAllocator ALLOCATOR =
            new UnpooledByteBufAllocator(true, true);
    private static final IntegrityKey KEY = IntegrityKey.shortTerm("VOkJxbRl1RmTxUk/WvJxBt");

    private final StunView view = new StunView();
    private final StunWriter writer = new StunWriter();
    private final MessageIntegrity mac = new MessageIntegrity();
    private int sink;

    private static ByteBuf buffer(String digits) {
        return ALLOCATOR.directBuffer().writeBytes(Octets.hex(digits).toByteArray());
    }

    /// The fewest bytes of several rounds, because loading a class late is not the path's fault.
    private long bytesPerRun(IntSupplier path) {
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int run = 0; run < RUNS; run++) {
                sink += path.getAsInt();
            }
            fewest = Math.min(fewest, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return fewest / RUNS;
    }

    @Test
    void seesAllocationsWhereThereAreSome() {
        assertTrue(bytesPerRun(() -> new byte[100 + sink % 2].length) >= 100);
    }

    @Test
    void readsMessagesWithoutAllocating() {
        for (String digits :
                new String[] {
                    Rfc5769Test.REQUEST, Rfc5769Test.IPV6_RESPONSE, Rfc5769Test.IPV4_RESPONSE
                }) {
            ByteBuf buffer = buffer(digits);
            assertEquals(0, bytesPerRun(() -> read(buffer)));
            buffer.release();
        }
    }

    private int read(ByteBuf buffer) {
        MalformedStun malformed = view.wrapRequiringCookie(buffer, 0, buffer.readableBytes());
        int sum = malformed == null ? view.method() : malformed.ordinal();
        sum += view.messageClass().ordinal();
        sum += view.fingerprintMatches() ? 1 : 0;
        sum += view.hasUnknownComprehensionRequired() ? 1 : 0;
        sum += view.find(AttributeType.USERNAME) + view.find(AttributeType.MESSAGE_INTEGRITY);
        StunMethod method = StunMethod.of(view.method());
        sum += method == null ? 0 : method.code();
        int value = view.find(AttributeType.XOR_MAPPED_ADDRESS);
        if (value >= 0 && view.isAddress(value)) {
            long address = view.xorAddressHigh(value) ^ view.xorAddressLow(value);
            sum += (int) address + view.xorPort(value) + view.valueLength(value);
        }
        return sum;
    }

    @Test
    void refusesMessagesWithoutAllocating() {
        for (String digits :
                new String[] {"0001", Rfc8489VectorTest.AS_PRINTED, "4001" + "00".repeat(18)}) {
            ByteBuf buffer = buffer(digits);
            assertEquals(0, bytesPerRun(() -> read(buffer)));
            buffer.release();
        }
    }

    @Test
    void readsChannelDataAndStreamsWithoutAllocating() {
        ByteBuf buffer = buffer("4001000568656c6c6f000000");
        IntSupplier path =
                () -> {
                    int sum = FirstByte.of(buffer.getByte(0)).ordinal();
                    sum += ChannelData.fits(buffer, 0, 12) ? 1 : 0;
                    sum += ChannelData.number(buffer, 0) + ChannelData.dataLength(buffer, 0);
                    ChannelData.writeHeader(buffer, 0, 0x4001, 5);
                    return sum + StreamFraming.frameLength(buffer, 0, 12);
                };
        assertEquals(0, bytesPerRun(path));
        buffer.release();
    }

    @Test
    void writesDataIndicationsWithoutAllocating() {
        ByteBuf buffer = ALLOCATOR.directBuffer(2048);
        int type = MessageType.of(StunMethod.DATA, StunClass.INDICATION);
        IntSupplier path =
                () ->
                        writer.begin(buffer, 4, type, TransactionId.MAGIC_COOKIE, sink, 7L * sink)
                                .xorPeerAddress(sink, 5, 3478)
                                .dataHeader(1201)
                                .fingerprint()
                                .length();
        assertEquals(0, bytesPerRun(path));
        buffer.release();
    }

    // 40 bytes on JDK 25: its HMAC copies the inner hash. The key is set up only when it changes.
    @Test
    void verifiesWithLittleAllocation() {
        ByteBuf buffer = buffer(Rfc5769Test.REQUEST);
        view.wrap(buffer, 0, buffer.readableBytes());
        assertTrue(mac.verify(view, KEY));
        long bytes = bytesPerRun(() -> mac.verify(view, KEY) ? 1 : 0);
        assertTrue(bytes <= 256, bytes + " bytes a verification");
        buffer.release();
    }
}

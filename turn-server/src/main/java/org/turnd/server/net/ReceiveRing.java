package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Where a shard's datagrams are received: a ring of small slots that are filled one after another
/// by every socket of the shard, so that what was received stays in place until it has been sent.
///
/// A slot has [UdpIo#HEADROOM_BYTES] before and [UdpIo#TAILROOM_BYTES] behind its 2048 bytes. What
/// is longer runs on in an overflow area of its own, and is put together there.
final class ReceiveRing {
    /// Datagrams at most that wait, in place, to be sent.
    static final int SLOTS = 256;

    /// Datagrams at most in one call.
    static final int BATCH_MAX = 32;

    static final int SLOT_DATA_BYTES = 2048;

    private static final int SLOT_BYTES =
            UdpIo.HEADROOM_BYTES + SLOT_DATA_BYTES + UdpIo.HEADROOM_BYTES;

    private static final int DATAGRAM_BYTES_MAX = 65_535;
    private static final int OVERFLOW_BYTES =
            UdpIo.HEADROOM_BYTES + DATAGRAM_BYTES_MAX + 1 + UdpIo.HEADROOM_BYTES;

    /// Datagrams at most that are cut off what was received in one piece and wait to be sent.
    private static final int SEGMENTS = 64;

    /// Room for the traffic class, the hop limit and the size of segments.
    private static final int CONTROL_BYTES = 3 * NativeMemory.CONTROL_BYTES;

    private static final int IOVECS = 2;
    private static final long HEADERS_AT = 0;
    private static final long IOVECS_AT = HEADERS_AT + (long) SLOTS * NativeMemory.MMSGHDR_BYTES;
    private static final long NAMES_AT =
            IOVECS_AT + (long) SLOTS * IOVECS * NativeMemory.IOVEC_BYTES;
    private static final long CONTROLS_AT = NAMES_AT + (long) SLOTS * NativeMemory.SOCKADDR_BYTES;
    private static final long DATA_AT = CONTROLS_AT + (long) SLOTS * CONTROL_BYTES;
    private static final long OVERFLOW_AT = DATA_AT + (long) SLOTS * SLOT_BYTES;
    private static final long SEGMENTS_AT = OVERFLOW_AT + (long) BATCH_MAX * OVERFLOW_BYTES;
    private static final long TOTAL_BYTES = SEGMENTS_AT + (long) SEGMENTS * SLOT_BYTES;

    private final Libc libc;
    private final MemorySegment memory;
    private final ByteBuf buffer;
    private int next;
    private int batch;
    private int segments;
    private boolean overflowed;

    ReceiveRing(Libc libc) throws IOException {
        this.libc = libc;
        memory = libc.map(TOTAL_BYTES);
        buffer = NativeMemory.asBuffer(memory);
        for (int slot = 0; slot < SLOTS; slot++) {
            long iovecs = iovecsAt(slot);
            NativeMemory.putHeader(
                    memory,
                    headerAt(slot),
                    addressOf(nameAt(slot)),
                    NativeMemory.SOCKADDR_IN6_LENGTH,
                    addressOf(iovecs),
                    IOVECS);
            NativeMemory.putControl(
                    memory, headerAt(slot), addressOf(controlAt(slot)), CONTROL_BYTES);
            NativeMemory.putIovec(memory, iovecs, addressOf(slotDataAt(slot)), SLOT_DATA_BYTES);
        }
    }

    /// The memory of every slot, as one buffer; [#offset] is an index into it.
    ByteBuf buffer() {
        return buffer;
    }

    /// Says whether `count` datagrams can be received without overwriting any that may not have
    /// been sent yet.
    boolean hasRoom(int count) {
        return next + count <= SLOTS && !overflowed;
    }

    /// Starts over: everything received so far has been sent or given up.
    void rewind() {
        next = 0;
        batch = 0;
        segments = 0;
        overflowed = false;
    }

    /// Receives up to `count` datagrams into the next slots; there must be room. Returns how many,
    /// or -1 with the error in the C library's state. Other methods speak of this batch.
    int receive(int fd, int count) {
        batch = next;
        for (int i = 0; i < count; i++) {
            int slot = batch + i;
            NativeMemory.resetNameLength(memory, headerAt(slot));
            NativeMemory.resetControlLength(memory, headerAt(slot), CONTROL_BYTES);
            NativeMemory.putIovec(
                    memory,
                    iovecsAt(slot) + NativeMemory.IOVEC_BYTES,
                    addressOf(overflowDataAt(i) + SLOT_DATA_BYTES),
                    DATAGRAM_BYTES_MAX - SLOT_DATA_BYTES);
        }
        int received = libc.receive(fd, addressOf(headerAt(batch)), count);
        if (received > 0) {
            next = batch + received;
        }
        return received;
    }

    int length(int i) {
        return NativeMemory.messageLength(memory, headerAt(batch + i));
    }

    /// Index of a datagram's first byte in [#buffer].
    int offset(int i) {
        if (length(i) <= SLOT_DATA_BYTES) {
            return (int) slotDataAt(batch + i);
        }
        overflowed = true;
        long whole = overflowDataAt(i);
        MemorySegment.copy(memory, slotDataAt(batch + i), memory, whole, SLOT_DATA_BYTES);
        return (int) whole;
    }

    /// The size of the datagrams, the last perhaps shorter, that were received in one piece; 0 when
    /// there is only one.
    int segmentBytes(int i) {
        long at = control(i, Libc.SOL_UDP, Libc.UDP_GRO);
        return at == NativeMemory.NONE ? 0 : NativeMemory.integer(memory, at);
    }

    /// Says whether one more datagram can be cut off.
    boolean hasSegmentRoom() {
        return segments < SEGMENTS;
    }

    /// Everything cut off so far has been sent or given up.
    void rewindSegments() {
        segments = 0;
    }

    /// Copies one of the datagrams received in one piece to where it has room around it; there must
    /// be room. Returns its index in [#buffer].
    ///
    /// @param length at most [#SLOT_DATA_BYTES]
    int cutSegment(int offset, int length) {
        long slot = SEGMENTS_AT + (long) segments++ * SLOT_BYTES + UdpIo.HEADROOM_BYTES;
        MemorySegment.copy(memory, offset, memory, slot, length);
        return (int) slot;
    }

    long sourceHigh(int i) {
        return NativeMemory.high(memory, nameAt(batch + i));
    }

    long sourceLow(int i) {
        return NativeMemory.low(memory, nameAt(batch + i));
    }

    int sourcePort(int i) {
        return NativeMemory.port(memory, nameAt(batch + i));
    }

    /// A datagram's TOS or traffic class: DSCP and ECN. 0 when the socket doesn't ask for it.
    int trafficClass(int i) {
        boolean ipv4 = NativeMemory.isIpv4(memory, nameAt(batch + i));
        long at =
                ipv4
                        ? control(i, Libc.IPPROTO_IP, Libc.IP_TOS)
                        : control(i, Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS);
        // One byte over IPv4, and an int over IPv6.
        return at == NativeMemory.NONE
                ? 0
                : ipv4
                        ? NativeMemory.unsignedByte(memory, at)
                        : NativeMemory.integer(memory, at) & 0xFF;
    }

    /// A datagram's TTL or hop limit, or 0 when the socket doesn't ask for it.
    int hopLimit(int i) {
        long at =
                NativeMemory.isIpv4(memory, nameAt(batch + i))
                        ? control(i, Libc.IPPROTO_IP, Libc.IP_TTL)
                        : control(i, Libc.IPPROTO_IPV6, Libc.IPV6_HOPLIMIT);
        return at == NativeMemory.NONE ? 0 : NativeMemory.integer(memory, at) & 0xFF;
    }

    private long control(int i, int level, int type) {
        int length = NativeMemory.controlLength(memory, headerAt(batch + i));
        return NativeMemory.findControl(memory, controlAt(batch + i), length, level, type);
    }

    /// The address in memory of an index into [#buffer].
    long addressOf(long index) {
        return memory.address() + index;
    }

    void free() {
        libc.unmap(memory);
    }

    private static long headerAt(int slot) {
        return HEADERS_AT + (long) slot * NativeMemory.MMSGHDR_BYTES;
    }

    private static long iovecsAt(int slot) {
        return IOVECS_AT + (long) slot * IOVECS * NativeMemory.IOVEC_BYTES;
    }

    private static long nameAt(int slot) {
        return NAMES_AT + (long) slot * NativeMemory.SOCKADDR_BYTES;
    }

    private static long controlAt(int slot) {
        return CONTROLS_AT + (long) slot * CONTROL_BYTES;
    }

    private static long slotDataAt(int slot) {
        return DATA_AT + (long) slot * SLOT_BYTES + UdpIo.HEADROOM_BYTES;
    }

    private static long overflowDataAt(int i) {
        return OVERFLOW_AT + (long) i * OVERFLOW_BYTES + UdpIo.HEADROOM_BYTES;
    }
}

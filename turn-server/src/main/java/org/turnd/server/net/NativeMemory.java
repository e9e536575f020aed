package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.turnd.stun.TransportAddress;

/// The C structures of the native plane, laid out by hand: `sockaddr_in`, `sockaddr_in6`, `iovec`,
/// `mmsghdr` and `cmsghdr` of 64-bit Linux.
final class NativeMemory {
    /// Room for either socket address: `sockaddr_in6` is 28 bytes.
    static final int SOCKADDR_BYTES = 32;

    static final int SOCKADDR_IN_LENGTH = 16;
    static final int SOCKADDR_IN6_LENGTH = 28;
    static final int IOVEC_BYTES = 16;
    static final int MMSGHDR_BYTES = 64;

    /// A control message with one value of up to 8 bytes.
    static final int CONTROL_BYTES = 24;

    static final int NONE = -1;
    private static final int CONTROL_HEADER_BYTES = 16;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfShort NET_SHORT = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NET_INT = INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NET_LONG = LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int MSG_NAMELEN = 8;
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_LEN = 56;

    private NativeMemory() {}

    /// Memory of the C library as a buffer of which `offset` 0 is the first byte.
    static ByteBuf asBuffer(MemorySegment memory) {
        return Unpooled.wrappedBuffer(memory.asByteBuffer());
    }

    /// Writes a socket address and returns its length.
    static int putAddress(MemorySegment memory, long at, long high, long low, int port) {
        memory.set(NET_SHORT, at + 2, (short) port);
        if (TransportAddress.isIpv4(high, low)) {
            memory.set(SHORT, at, (short) Libc.AF_INET);
            memory.set(NET_INT, at + 4, (int) low);
            memory.set(LONG, at + 8, 0L);
            return SOCKADDR_IN_LENGTH;
        }
        memory.set(SHORT, at, (short) Libc.AF_INET6);
        memory.set(INT, at + 4, 0);
        memory.set(NET_LONG, at + 8, high);
        memory.set(NET_LONG, at + 16, low);
        memory.set(INT, at + 24, 0);
        return SOCKADDR_IN6_LENGTH;
    }

    static boolean isIpv4(MemorySegment memory, long at) {
        return memory.get(SHORT, at) == Libc.AF_INET;
    }

    static int port(MemorySegment memory, long at) {
        return Short.toUnsignedInt(memory.get(NET_SHORT, at + 2));
    }

    static long high(MemorySegment memory, long at) {
        return isIpv4(memory, at) ? 0 : memory.get(NET_LONG, at + 8);
    }

    static long low(MemorySegment memory, long at) {
        return isIpv4(memory, at)
                ? TransportAddress.ipv4Low(memory.get(NET_INT, at + 4))
                : memory.get(NET_LONG, at + 16);
    }

    static void putIovec(MemorySegment memory, long at, long address, long length) {
        memory.set(LONG, at, address);
        memory.set(LONG, at + 8, length);
    }

    /// Writes a message header without control data.
    static void putHeader(
            MemorySegment memory, long at, long name, int nameLength, long iovec, int iovecs) {
        memory.set(LONG, at, name);
        memory.set(INT, at + MSG_NAMELEN, nameLength);
        memory.set(LONG, at + MSG_IOV, iovec);
        memory.set(LONG, at + MSG_IOVLEN, iovecs);
        memory.set(LONG, at + MSG_CONTROL, 0L);
        memory.set(LONG, at + MSG_CONTROLLEN, 0L);
    }

    /// The kernel shortens it to the length of the address it wrote.
    static void resetNameLength(MemorySegment memory, long at) {
        memory.set(INT, at + MSG_NAMELEN, SOCKADDR_IN6_LENGTH);
    }

    /// @param at the message header
    static void putControl(MemorySegment memory, long at, long control, int length) {
        memory.set(LONG, at + MSG_CONTROL, control);
        memory.set(LONG, at + MSG_CONTROLLEN, length);
    }

    /// The kernel shortens it to the length of what it wrote.
    static void resetControlLength(MemorySegment memory, long at, int length) {
        memory.set(LONG, at + MSG_CONTROLLEN, length);
    }

    static int controlLength(MemorySegment memory, long at) {
        return (int) memory.get(LONG, at + MSG_CONTROLLEN);
    }

    /// Looks for a control message; returns where its value is, or [#NONE].
    ///
    /// @param at where the first one begins
    /// @param length bytes of them all
    static long findControl(MemorySegment memory, long at, int length, int level, int type) {
        long end = at + length;
        for (long each = at; each + CONTROL_HEADER_BYTES <= end; ) {
            if (memory.get(INT, each + 8) == level && memory.get(INT, each + 12) == type) {
                return each + CONTROL_HEADER_BYTES;
            }
            long bytes = memory.get(LONG, each);
            if (bytes < CONTROL_HEADER_BYTES) {
                return NONE;
            }
            each += (bytes + 7) & ~7L;
        }
        return NONE;
    }

    static int unsignedByte(MemorySegment memory, long at) {
        return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, at));
    }

    static int integer(MemorySegment memory, long at) {
        return memory.get(INT, at);
    }

    static void putIovecCount(MemorySegment memory, long at, int iovecs) {
        memory.set(LONG, at + MSG_IOVLEN, iovecs);
    }

    /// Writes `UDP_SEGMENT`: the kernel cuts the message into datagrams of this size.
    static void putSegmentSize(MemorySegment memory, long at, int bytes) {
        memory.set(LONG, at, (long) CONTROL_HEADER_BYTES + Short.BYTES);
        memory.set(INT, at + 8, Libc.SOL_UDP);
        memory.set(INT, at + 12, Libc.UDP_SEGMENT);
        memory.set(SHORT, at + 16, (short) bytes);
    }

    /// Writes a control message with an `int`.
    static void putControlValue(MemorySegment memory, long at, int level, int type, int value) {
        memory.set(LONG, at, (long) CONTROL_HEADER_BYTES + Integer.BYTES);
        memory.set(INT, at + 8, level);
        memory.set(INT, at + 12, type);
        memory.set(INT, at + 16, value);
    }

    /// Bytes received into, or sent from, a message.
    static int messageLength(MemorySegment memory, long at) {
        return memory.get(INT, at + MSG_LEN);
    }
}

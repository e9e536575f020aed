package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.stun.TransportAddress;

/// What a shard has to send, staged until its wake-up ends: chains of datagrams, one chain a
/// socket, and the message headers that [Libc#send] takes.
///
/// Bytes in the [ReceiveRing] are sent from where they are; others are copied here.
final class SendStage {
    /// Datagrams staged at most.
    static final int ENTRIES = 512;

    /// Bytes staged by copying at most: any one datagram fits.
    static final int COPY_BYTES = 256 << 10;

    /// Datagrams at most in one message that the kernel cuts up: UDP_MAX_SEGMENTS before Linux 6.9.
    static final int SEGMENTS_MAX = 64;

    /// Bytes at most in one message that the kernel cuts up.
    static final int SEGMENTED_BYTES_MAX = 64_000;

    /// Datagrams up to this length may be segments: beyond, the path's MTU may say no.
    static final int SEGMENT_BYTES_MAX = 1452;

    static final int NONE = -1;

    /// Room for the segment size, the traffic class and the hop limit.
    private static final int CONTROL_BYTES = 3 * NativeMemory.CONTROL_BYTES;

    private static final long HEADERS_AT = 0;
    private static final long IOVECS_AT = HEADERS_AT + (long) ENTRIES * NativeMemory.MMSGHDR_BYTES;
    private static final long NAMES_AT = IOVECS_AT + (long) ENTRIES * NativeMemory.IOVEC_BYTES;
    private static final long CONTROLS_AT = NAMES_AT + (long) ENTRIES * NativeMemory.SOCKADDR_BYTES;
    private static final long COPIES_AT = CONTROLS_AT + (long) ENTRIES * CONTROL_BYTES;
    private static final long TOTAL_BYTES = COPIES_AT + COPY_BYTES;

    private final Libc libc;
    private final ReceiveRing ring;
    private final MemorySegment memory;
    private final ByteBuf buffer;

    private final long[] highs = new long[ENTRIES];
    private final long[] lows = new long[ENTRIES];
    private final int[] ports = new int[ENTRIES];
    private final long[] addresses = new long[ENTRIES];
    private final int[] lengths = new int[ENTRIES];
    private final byte[] trafficClasses = new byte[ENTRIES];
    private final byte[] hopLimits = new byte[ENTRIES];
    private final int[] nexts = new int[ENTRIES];
    private final int[] firstOfMessage = new int[ENTRIES];
    private final int[] segmentsOfMessage = new int[ENTRIES];
    private int size;
    private int copied;
    private int messages;

    SendStage(Libc libc, ReceiveRing ring) throws IOException {
        this.libc = libc;
        this.ring = ring;
        memory = libc.map(TOTAL_BYTES);
        buffer = NativeMemory.asBuffer(memory);
    }

    boolean hasRoom(int length) {
        return size < ENTRIES && copied + length <= COPY_BYTES;
    }

    /// Stages a datagram behind entry `previous` of its chain, or as the first of one; there must
    /// be room. Returns the entry.
    ///
    /// @param hopLimit 0 for the system's own
    @SuppressWarnings("ReferenceEquality") // the ring's own buffer, or anybody else's
    int add(
            int previous,
            long high,
            long low,
            int port,
            ByteBuf bytes,
            int offset,
            int length,
            int trafficClass,
            int hopLimit) {
        int entry = size++;
        highs[entry] = high;
        lows[entry] = low;
        ports[entry] = port;
        lengths[entry] = length;
        trafficClasses[entry] = (byte) trafficClass;
        hopLimits[entry] = (byte) hopLimit;
        nexts[entry] = NONE;
        if (previous != NONE) {
            nexts[previous] = entry;
        }
        if (bytes == ring.buffer()) {
            addresses[entry] = ring.addressOf(offset);
        } else {
            int at = (int) COPIES_AT + copied;
            buffer.setBytes(at, bytes, offset, length);
            addresses[entry] = memory.address() + at;
            copied += length;
        }
        return entry;
    }

    /// Writes the message headers of a chain, or of what is left of it from an entry on. Returns
    /// how many messages there are.
    ///
    /// @param segmented put runs of datagrams of one length to one address into one message
    int build(int first, boolean segmented) {
        messages = 0;
        int iovecs = 0;
        int entry = first;
        while (entry != NONE) {
            int run = segmented ? runFrom(entry) : 1;
            int message = messages++;
            firstOfMessage[message] = entry;
            segmentsOfMessage[message] = run;
            putMessage(message, entry, iovecs, run);
            for (int i = 0; i < run; i++) {
                NativeMemory.putIovec(memory, iovecAt(iovecs++), addresses[entry], lengths[entry]);
                entry = nexts[entry];
            }
        }
        return messages;
    }

    /// Sends the built messages from number `from` on. Returns how many were sent, or -1 when that
    /// one could not be.
    int send(int fd, int from) {
        return libc.send(fd, memory.address() + headerAt(from), messages - from);
    }

    /// Says why a message that the system refused is lost.
    static Counter causeOf(int errno) {
        return switch (errno) {
            case Libc.EAGAIN, Libc.ENOBUFS -> Counter.DROPPED_BUFFER_FULL;
            case Libc.EMSGSIZE -> Counter.DROPPED_TOO_LONG;
            default -> Counter.DROPPED_UNREACHABLE;
        };
    }

    /// The first entry of a message.
    int entryOf(int message) {
        return firstOfMessage[message];
    }

    int segmentsOf(int message) {
        return segmentsOfMessage[message];
    }

    int next(int entry) {
        return nexts[entry];
    }

    int length(int entry) {
        return lengths[entry];
    }

    /// Forgets every entry.
    void clear() {
        size = 0;
        copied = 0;
    }

    void free() {
        libc.unmap(memory);
    }

    /// Counts how many datagrams from this one on go to its address and have its length; the last
    /// may be shorter.
    private int runFrom(int first) {
        int length = lengths[first];
        if (length == 0 || length > SEGMENT_BYTES_MAX) {
            return 1;
        }
        int run = 1;
        int bytes = length;
        int entry = nexts[first];
        while (entry != NONE
                && run < SEGMENTS_MAX
                && isSameAddress(first, entry)
                && trafficClasses[entry] == trafficClasses[first]
                && hopLimits[entry] == hopLimits[first]
                && lengths[entry] > 0
                && lengths[entry] <= length
                && bytes + lengths[entry] <= SEGMENTED_BYTES_MAX) {
            run++;
            bytes += lengths[entry];
            if (lengths[entry] < length) {
                break;
            }
            entry = nexts[entry];
        }
        return run;
    }

    private boolean isSameAddress(int a, int b) {
        return lows[a] == lows[b] && ports[a] == ports[b] && highs[a] == highs[b];
    }

    private void putMessage(int message, int entry, int firstIovec, int run) {
        long name = NAMES_AT + (long) message * NativeMemory.SOCKADDR_BYTES;
        int nameLength =
                NativeMemory.putAddress(memory, name, highs[entry], lows[entry], ports[entry]);
        long header = headerAt(message);
        NativeMemory.putHeader(
                memory,
                header,
                memory.address() + name,
                nameLength,
                memory.address() + iovecAt(firstIovec),
                run);
        if (run > 1 || trafficClasses[entry] != 0 || hopLimits[entry] != 0) {
            putControls(CONTROLS_AT + (long) message * CONTROL_BYTES, header, entry, run);
        }
    }

    private void putControls(long control, long header, int entry, int run) {
        boolean ipv4 = TransportAddress.isIpv4(highs[entry], lows[entry]);
        int level = ipv4 ? Libc.IPPROTO_IP : Libc.IPPROTO_IPV6;
        long at = control;
        if (run > 1) {
            NativeMemory.putSegmentSize(memory, at, lengths[entry]);
            at += NativeMemory.CONTROL_BYTES;
        }
        if (trafficClasses[entry] != 0) {
            int type = ipv4 ? Libc.IP_TOS : Libc.IPV6_TCLASS;
            int value = Byte.toUnsignedInt(trafficClasses[entry]);
            NativeMemory.putControlValue(memory, at, level, type, value);
            at += NativeMemory.CONTROL_BYTES;
        }
        if (hopLimits[entry] != 0) {
            int type = ipv4 ? Libc.IP_TTL : Libc.IPV6_HOPLIMIT;
            int value = Byte.toUnsignedInt(hopLimits[entry]);
            NativeMemory.putControlValue(memory, at, level, type, value);
            at += NativeMemory.CONTROL_BYTES;
        }
        NativeMemory.putControl(memory, header, memory.address() + control, (int) (at - control));
    }

    private static long headerAt(int message) {
        return HEADERS_AT + (long) message * NativeMemory.MMSGHDR_BYTES;
    }

    private static long iovecAt(int iovec) {
        return IOVECS_AT + (long) iovec * NativeMemory.IOVEC_BYTES;
    }
}

package org.turnd.server.net;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Reads the IP packets that come in on any interface, header and all. Needs the rights that a
/// process has in a network namespace of its own.
@SuppressWarnings("restricted") // Java has no packet sockets
final class PacketCapture implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM = 2;
    private static final int SO_RCVTIMEO = 20;
    private static final int PROTOCOL_IPV4 = 0x0008;
    private static final int PROTOCOL_IPV6 = 0xDD86;
    private static final int PACKET_BYTES_MAX = 65_600;
    private static final int READS_MAX = 1000;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private static final MethodHandle SOCKET = call("socket", INT, INT, INT, INT);
    private static final MethodHandle SETSOCKOPT =
            call("setsockopt", INT, INT, INT, INT, ValueLayout.ADDRESS, INT);
    private static final MethodHandle RECV =
            call("recv", LONG, INT, ValueLayout.ADDRESS, LONG, INT);
    private static final MethodHandle CLOSE = call("close", INT, INT);

    /// What a header says, and how many bytes follow it.
    ///
    /// @param label the flow label; 0 over IPv4
    /// @param fragment whether this is a part of a datagram
    record Header(
            int trafficClass, int hopLimit, boolean dontFragment, int label, boolean fragment) {
        @Override
        public String toString() {
            return "%02x, hop limit %d%s%s"
                    .formatted(
                            trafficClass,
                            hopLimit,
                            dontFragment ? ", DF" : "",
                            fragment ? ", fragment" : "");
        }
    }

    private final boolean ipv4;
    private final int fd;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment packet = arena.allocate(PACKET_BYTES_MAX);

    PacketCapture(boolean ipv4) throws IOException {
        this.ipv4 = ipv4;
        MemorySegment seconds = arena.allocate(LONG, 2);
        seconds.set(LONG, 0, 10);
        try {
            fd =
                    (int)
                            SOCKET.invokeExact(
                                    AF_PACKET, SOCK_DGRAM, ipv4 ? PROTOCOL_IPV4 : PROTOCOL_IPV6);
            int set = (int) SETSOCKOPT.invokeExact(fd, Libc.SOL_SOCKET, SO_RCVTIMEO, seconds, 16);
            if (fd < 0 || set < 0) {
                throw new IOException("no packet socket");
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... parameters) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, parameters));
    }

    /// Forgets what has come until now.
    void skip() {
        try {
            for (long length = 0; length >= 0; ) {
                length =
                        (long)
                                RECV.invokeExact(
                                        fd, packet, (long) PACKET_BYTES_MAX, Libc.MSG_DONTWAIT);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// Returns the header of the next UDP packet to this port that is, or begins, a datagram.
    Header nextTo(int port) throws IOException {
        for (int i = 0; i < READS_MAX; i++) {
            long length;
            try {
                length = (long) RECV.invokeExact(fd, packet, (long) PACKET_BYTES_MAX, 0);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            if (length < 0) {
                throw new IOException("no packet to port " + port);
            }
            int udp = udpAt();
            if (udp >= 0 && unsignedShort(udp + 2) == port) {
                return ipv4 ? ipv4Header() : ipv6Header();
            }
        }
        throw new IOException("many packets, none to port " + port);
    }

    /// Where the UDP header begins, or -1.
    private int udpAt() {
        if (ipv4) {
            boolean isFirst = (unsignedShort(6) & 0x1FFF) == 0;
            return unsignedByte(9) == 17 && isFirst ? (unsignedByte(0) & 0x0F) * 4 : -1;
        }
        if (unsignedByte(6) == 44) {
            boolean isFirst = (unsignedShort(42) & ~7) == 0;
            return unsignedByte(40) == 17 && isFirst ? 48 : -1;
        }
        return unsignedByte(6) == 17 ? 40 : -1;
    }

    private Header ipv4Header() {
        int flags = unsignedByte(6) >>> 5;
        return new Header(unsignedByte(1), unsignedByte(8), (flags & 2) != 0, 0, (flags & 1) != 0);
    }

    private Header ipv6Header() {
        int word = unsignedShort(0) << 16 | unsignedShort(2);
        return new Header(
                word >>> 20 & 0xFF, unsignedByte(7), false, word & 0xFFFFF, unsignedByte(6) == 44);
    }

    private int unsignedByte(int at) {
        return Byte.toUnsignedInt(packet.get(ValueLayout.JAVA_BYTE, at));
    }

    private int unsignedShort(int at) {
        return unsignedByte(at) << 8 | unsignedByte(at + 1);
    }

    @Override
    public void close() {
        try {
            int _ = (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        arena.close();
    }
}

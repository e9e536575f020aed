package org.turnd.server.net;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.turnd.server.net.UdpCounters.Counter;

/// Reads what ICMP said of a socket's datagrams from its error queue (`IP_RECVERR`). As long as
/// anything is in there, epoll calls the socket ready: whoever asks for errors must read them.
final class IcmpErrors {
    /// Errors read in one wake-up of a socket; the next wake-up gets the next ones.
    static final int PER_WAKE_UP = 16;

    private static final int ORIGIN_LOCAL = 1;
    private static final int ORIGIN_ICMP = 2;
    private static final int ORIGIN_ICMP6 = 3;

    // sock_extended_err: errno 4, origin 1, type 1, code 1, padding 1, info 4, data 4.
    private static final int ORIGIN = 4;
    private static final int TYPE = 5;
    private static final int CODE = 6;
    private static final int INFO = 8;

    private static final int IPV4_UNREACHABLE = 3;
    private static final int IPV4_FRAGMENTATION_NEEDED = 4;
    private static final int IPV6_TOO_BIG = 2;

    /// Room for the traffic class, the hop limit, and the error with who sent it.
    private static final int CONTROL_BYTES = 2 * NativeMemory.CONTROL_BYTES + 64;

    private static final long HEADERS_AT = 0;
    private static final long NAMES_AT =
            HEADERS_AT + (long) PER_WAKE_UP * NativeMemory.MMSGHDR_BYTES;
    private static final long CONTROLS_AT =
            NAMES_AT + (long) PER_WAKE_UP * NativeMemory.SOCKADDR_BYTES;
    private static final long TOTAL_BYTES = CONTROLS_AT + (long) PER_WAKE_UP * CONTROL_BYTES;

    private final Libc libc;
    private final MemorySegment memory;
    private boolean ipv4;

    IcmpErrors(Libc libc) throws IOException {
        this.libc = libc;
        memory = libc.map(TOTAL_BYTES);
    }

    void free() {
        libc.unmap(memory);
    }

    /// Takes errors from a socket's queue, what they quote of the datagrams excepted. Returns how
    /// many, or -1. Other methods speak of these.
    int receive(int fd, boolean isIpv4) {
        ipv4 = isIpv4;
        for (int i = 0; i < PER_WAKE_UP; i++) {
            long header = headerAt(i);
            long name = memory.address() + nameAt(i);
            NativeMemory.putHeader(memory, header, name, NativeMemory.SOCKADDR_IN6_LENGTH, 0, 0);
            NativeMemory.putControl(memory, header, memory.address() + controlAt(i), CONTROL_BYTES);
        }
        return libc.receiveErrors(fd, memory.address() + headerAt(0), PER_WAKE_UP);
    }

    /// Says whether an error came by ICMP. Others are of this machine, and whoever sent has already
    /// been told.
    boolean isIcmp(int i) {
        int origin = origin(i);
        return origin == ORIGIN_ICMP || origin == ORIGIN_ICMP6;
    }

    /// The MTU that a datagram of this machine was too big for; 0 when the error is another one.
    int mtuHere(int i) {
        boolean tooBig =
                origin(i) == ORIGIN_LOCAL
                        && NativeMemory.integer(memory, error(i)) == Libc.EMSGSIZE;
        return tooBig ? NativeMemory.integer(memory, error(i) + INFO) : 0;
    }

    /// Tells of an error that came by ICMP.
    void tell(int i, int socket, UdpIo.Receiver receiver) {
        boolean aboutSize = cause(i) == Counter.ICMP_TOO_BIG;
        receiver.onIcmpError(
                socket,
                NativeMemory.high(memory, nameAt(i)),
                NativeMemory.low(memory, nameAt(i)),
                NativeMemory.port(memory, nameAt(i)),
                type(i),
                code(i),
                aboutSize ? NativeMemory.integer(memory, error(i) + INFO) : 0);
    }

    /// Tells what a router would say of a datagram that is too big for its next link.
    void tellTooBig(long high, long low, int port, int mtu, int socket, UdpIo.Receiver receiver) {
        int type = ipv4 ? IPV4_UNREACHABLE : IPV6_TOO_BIG;
        int code = ipv4 ? IPV4_FRAGMENTATION_NEEDED : 0;
        receiver.onIcmpError(socket, high, low, port, type, code, mtu);
    }

    private int type(int i) {
        return NativeMemory.unsignedByte(memory, error(i) + TYPE);
    }

    private int code(int i) {
        return NativeMemory.unsignedByte(memory, error(i) + CODE);
    }

    private int origin(int i) {
        long error = error(i);
        return error == NativeMemory.NONE ? 0 : NativeMemory.unsignedByte(memory, error + ORIGIN);
    }

    Counter cause(int i) {
        return ipv4 ? ipv4Cause(type(i), code(i)) : ipv6Cause(type(i));
    }

    private static Counter ipv4Cause(int type, int code) {
        return switch (type) {
            case IPV4_UNREACHABLE ->
                    code == IPV4_FRAGMENTATION_NEEDED
                            ? Counter.ICMP_TOO_BIG
                            : Counter.ICMP_UNREACHABLE;
            case 11 -> Counter.ICMP_TIME_EXCEEDED;
            default -> Counter.ICMP_OTHER;
        };
    }

    private static Counter ipv6Cause(int type) {
        return switch (type) {
            case 1 -> Counter.ICMP_UNREACHABLE;
            case IPV6_TOO_BIG -> Counter.ICMP_TOO_BIG;
            case 3 -> Counter.ICMP_TIME_EXCEEDED;
            default -> Counter.ICMP_OTHER;
        };
    }

    private long error(int i) {
        return NativeMemory.findControl(
                memory,
                controlAt(i),
                NativeMemory.controlLength(memory, headerAt(i)),
                ipv4 ? Libc.IPPROTO_IP : Libc.IPPROTO_IPV6,
                ipv4 ? Libc.IP_RECVERR : Libc.IPV6_RECVERR);
    }

    private static long headerAt(int i) {
        return HEADERS_AT + (long) i * NativeMemory.MMSGHDR_BYTES;
    }

    private static long nameAt(int i) {
        return NAMES_AT + (long) i * NativeMemory.SOCKADDR_BYTES;
    }

    private static long controlAt(int i) {
        return CONTROLS_AT + (long) i * CONTROL_BYTES;
    }
}

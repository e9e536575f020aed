package org.turnd.server.net;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The C library's socket calls, for 64-bit Linux. Every call leaves its error number in this
/// object: one instance a thread. Calls that fail return -1, as they do in C; those for packets
/// allocate nothing when they succeed.
@SuppressWarnings("restricted") // calling C is what this class is for
final class Libc {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOL_SOCKET = 1;
    static final int SO_REUSEPORT = 15;
    static final int SO_RCVBUF = 8;
    static final int SO_SNDBUF = 7;
    static final int IPPROTO_IP = 0;
    static final int IP_TOS = 1;
    static final int IP_TTL = 2;
    static final int IP_MTU_DISCOVER = 10;
    static final int IP_PMTUDISC_DO = 2;
    static final int IP_PMTUDISC_OMIT = 5;
    static final int IP_RECVERR = 11;
    static final int IP_RECVTTL = 12;
    static final int IP_RECVTOS = 13;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_RECVERR = 25;
    static final int IPV6_V6ONLY = 26;
    static final int IPV6_RECVHOPLIMIT = 51;
    static final int IPV6_HOPLIMIT = 52;
    static final int IPV6_RECVTCLASS = 66;
    static final int IPV6_DONTFRAG = 62;
    static final int IPV6_TCLASS = 67;
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_ERRQUEUE = 0x2000;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;
    static final int ENOBUFS = 105;

    private static final int PR_SET_TIMERSLACK = 29;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_VALUE =
            Linker.Option.captureStateLayout()
                    .varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = call("socket", INT, INT, INT, INT);
    private static final MethodHandle BIND = call("bind", INT, INT, LONG, INT);
    private static final MethodHandle SETSOCKOPT =
            call("setsockopt", INT, INT, INT, INT, LONG, INT);
    private static final MethodHandle GETSOCKNAME = call("getsockname", INT, INT, LONG, LONG);
    // Keeping the error number makes an object a call, and the compiler doesn't always see that it
    // can do without. So the calls made for packets forget it, and one that fails is made again.
    // That also does what IP_RECVERR needs: a call that was told of an earlier datagram's ICMP
    // error has sent or received nothing, and is told only once.
    private static final MethodHandle RECVMMSG =
            forgetfulCall("recvmmsg", INT, INT, LONG, INT, INT, LONG);
    private static final MethodHandle RECVMMSG_ERRNO =
            call("recvmmsg", INT, INT, LONG, INT, INT, LONG);
    private static final MethodHandle SENDMMSG =
            forgetfulCall("sendmmsg", INT, INT, LONG, INT, INT);
    private static final MethodHandle SENDMMSG_ERRNO = call("sendmmsg", INT, INT, LONG, INT, INT);
    private static final MethodHandle NANOSLEEP = forgetfulCall("nanosleep", INT, LONG, LONG);
    private static final MethodHandle CLOSE = call("close", INT, INT);
    private static final MethodHandle PRCTL = call("prctl", INT, INT, LONG, LONG, LONG, LONG);
    private static final MethodHandle MMAP =
            call("mmap", POINTER, POINTER, LONG, INT, INT, INT, LONG);
    private static final MethodHandle MUNMAP = call("munmap", INT, POINTER, LONG);
    private static final MethodHandle STRERROR =
            LINKER.downcallHandle(symbol("strerror"), FunctionDescriptor.of(POINTER, INT));

    // Not a confined arena: the object is made on one thread and used on another. Not a shared one:
    // that would cost two atomic operations a call.
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
    private final MemorySegment timespec = arena.allocate(2L * Long.BYTES, Long.BYTES);
    private final MemorySegment word = arena.allocate(LONG);
    private final MemorySegment address = arena.allocate(NativeMemory.SOCKADDR_BYTES, Long.BYTES);

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .or(SymbolLookup.loaderLookup())
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
    }

    private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                symbol(name), FunctionDescriptor.of(result, parameters), ERRNO);
    }

    private static MethodHandle forgetfulCall(
            String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, parameters));
    }

    /// The error number of the last call that failed.
    int errno() {
        return (int) ERRNO_VALUE.get(state, 0L);
    }

    /// The last call's failure as an exception with the C library's own text.
    IOException failure(String what) {
        int errno = errno();
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            String reason = text.reinterpret(Long.MAX_VALUE).getString(0);
            return new IOException("%s (%s, errno %d)".formatted(reason, what, errno));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /// A UDP socket that never blocks.
    int udpSocket(int family) throws IOException {
        int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
        try {
            int fd = (int) SOCKET.invokeExact(state, family, type, 0);
            if (fd < 0) {
                throw failure("socket");
            }
            return fd;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void bind(int fd, long high, long low, int port) throws IOException {
        int length = NativeMemory.putAddress(address, 0, high, low, port);
        int result;
        try {
            result = (int) BIND.invokeExact(state, fd, address.address(), length);
        } catch (Throwable e) {
            throw impossible(e);
        }
        if (result < 0) {
            throw failure("bind");
        }
    }

    void setOption(int fd, int level, int option, int value) throws IOException {
        int result;
        word.set(INT, 0, value);
        try {
            result =
                    (int)
                            SETSOCKOPT.invokeExact(
                                    state, fd, level, option, word.address(), Integer.BYTES);
        } catch (Throwable e) {
            throw impossible(e);
        }
        if (result < 0) {
            throw failure("setsockopt");
        }
    }

    /// The port a socket is bound to.
    int localPort(int fd) throws IOException {
        int result;
        word.set(INT, 0, (int) address.byteSize());
        try {
            result = (int) GETSOCKNAME.invokeExact(state, fd, address.address(), word.address());
        } catch (Throwable e) {
            throw impossible(e);
        }
        if (result < 0) {
            throw failure("getsockname");
        }
        return NativeMemory.port(address, 0);
    }

    /// Returns how many datagrams were received, or -1.
    ///
    /// @param headers the address in memory of the first of `count` `mmsghdr`
    int receive(int fd, long headers, int count) {
        return receive(fd, headers, count, MSG_DONTWAIT);
    }

    /// As [#receive], from the socket's queue of errors.
    int receiveErrors(int fd, long headers, int count) {
        return receive(fd, headers, count, MSG_DONTWAIT | MSG_ERRQUEUE);
    }

    private int receive(int fd, long headers, int count, int flags) {
        try {
            int received = (int) RECVMMSG.invokeExact(fd, headers, count, flags, 0L);
            return received >= 0
                    ? received
                    : (int) RECVMMSG_ERRNO.invokeExact(state, fd, headers, count, flags, 0L);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /// Returns how many messages were sent, or -1 when the first could not be.
    ///
    /// @param headers the address in memory of the first of `count` `mmsghdr`
    int send(int fd, long headers, int count) {
        try {
            int sent = (int) SENDMMSG.invokeExact(fd, headers, count, MSG_DONTWAIT);
            if (sent >= 0) {
                return sent;
            }
            // Forgetful again: a peer that answers each datagram with an ICMP error makes this the
            // usual way.
            sent = (int) SENDMMSG.invokeExact(fd, headers, count, MSG_DONTWAIT);
            return sent >= 0
                    ? sent
                    : (int) SENDMMSG_ERRNO.invokeExact(state, fd, headers, count, MSG_DONTWAIT);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /// Sleeps on this thread; a signal may end it early.
    ///
    /// @param nanos below a second
    void sleep(long nanos) {
        timespec.set(LONG, Long.BYTES, nanos);
        try {
            int _ = (int) NANOSLEEP.invokeExact(timespec.address(), 0L);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /// Wakes this thread no more than a microsecond late when it sleeps, where 50 are usual.
    void sleepExactly() {
        try {
            int _ = (int) PRCTL.invokeExact(state, PR_SET_TIMERSLACK, 1_000L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /// Closes a descriptor; Linux frees it whatever the call says.
    void close(int fd) {
        try {
            int _ = (int) CLOSE.invokeExact(state, fd);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /// Zeroed memory that takes room only where it was touched. Given back with [#unmap].
    MemorySegment map(long bytes) throws IOException {
        MemorySegment mapped;
        try {
            mapped =
                    (MemorySegment)
                            MMAP.invokeExact(
                                    state,
                                    MemorySegment.NULL,
                                    bytes,
                                    PROT_READ_WRITE,
                                    MAP_PRIVATE_ANONYMOUS,
                                    -1,
                                    0L);
        } catch (Throwable e) {
            throw impossible(e);
        }
        if (mapped.address() == -1L) {
            throw failure("mmap");
        }
        return mapped.reinterpret(bytes);
    }

    void unmap(MemorySegment mapped) {
        try {
            int _ = (int) MUNMAP.invokeExact(state, mapped, mapped.byteSize());
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /// Method handles of C functions declare every exception there is and throw none.
    private static AssertionError impossible(Throwable e) {
        return new AssertionError("a call to the C library can't throw", e);
    }
}

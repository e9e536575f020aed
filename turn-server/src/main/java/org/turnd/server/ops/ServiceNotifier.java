package org.turnd.server.ops;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The word to the service manager, as `sd_notify(3)` has it: one datagram to the Unix socket that
/// systemd names in `NOTIFY_SOCKET`, a path or an abstract name (`@...`). Linux only; safe on every
/// thread.
///
/// The JDK has no Unix datagram sockets, so this calls `socket`, `sendto` and `close`.
public final class ServiceNotifier {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int PATH_BYTES_MAX = 108;
    private static final int FAMILY_BYTES = 2;
    private static final Duration STOP_MARGIN = Duration.ofSeconds(10);

    private final byte[] path;

    private ServiceNotifier(byte[] path) {
        this.path = path;
    }

    /// Returns the notifier of this `NOTIFY_SOCKET`; empty where it is unset, or nothing that can
    /// be spoken to (`vsock:`).
    public static Optional<ServiceNotifier> of(@Nullable String notifySocket) {
        if (notifySocket == null
                || !(notifySocket.startsWith("/") || notifySocket.startsWith("@"))) {
            return Optional.empty();
        }
        byte[] path = notifySocket.getBytes(StandardCharsets.UTF_8);
        return path.length < PATH_BYTES_MAX
                ? Optional.of(new ServiceNotifier(path))
                : Optional.empty();
    }

    /// Start-up is done.
    public void ready(String status) throws IOException {
        send("READY=1\nSTATUS=" + status);
    }

    /// The server reads its configuration again; [#ready] ends that.
    public void reloading() throws IOException {
        // What systemd asks for with Type=notify-reload; others don't mind.
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        send("RELOADING=1\nMONOTONIC_USEC=" + micros);
    }

    /// The server is about to stop, and asks to be left alone for that long.
    public void stopping(String status, Duration patience) throws IOException {
        long micros = TimeUnit.NANOSECONDS.toMicros(patience.plus(STOP_MARGIN).toNanos());
        send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + micros + "\nSTATUS=" + status);
    }

    /// The service does its work, which has to be said again and again where [#watchdog] asks for
    /// it.
    public void alive() throws IOException {
        send("WATCHDOG=1");
    }

    /// After how long without [#alive] the service manager ends this process; empty when it
    /// doesn't.
    ///
    /// @param environment as `sd_watchdog_enabled(3)` has it
    public static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
        String whom = environment.get("WATCHDOG_PID");
        String micros = environment.get("WATCHDOG_USEC");
        if (micros == null
                || !micros.matches("0*[1-9][0-9]{0,17}")
                || (whom != null && !whom.equals(Long.toString(pid)))) {
            return Optional.empty();
        }
        return Optional.of(Duration.of(Long.parseLong(micros), ChronoUnit.MICROS));
    }

    /// What `systemctl status` shows.
    public void status(String status) throws IOException {
        send("STATUS=" + status);
    }

    private void send(String message) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Calls.ERRNO_LAYOUT);
            int socket = Calls.socket(errno);
            check(socket, "socket", errno);
            try {
                byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
                MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
                long sent = Calls.sendto(errno, socket, text, address(arena));
                check(sent, "sendto", errno);
            } finally {
                Calls.close(socket);
            }
        }
    }

    /// A `sockaddr_un`: the family, then the path; an abstract name has a zero byte for its `@`.
    private MemorySegment address(Arena arena) {
        boolean isAbstract = path[0] == '@';
        int length = FAMILY_BYTES + path.length + (isAbstract ? 0 : 1);
        MemorySegment address = arena.allocate(length, Short.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, path.length);
        if (isAbstract) {
            address.set(ValueLayout.JAVA_BYTE, FAMILY_BYTES, (byte) 0);
        }
        return address;
    }

    private static void check(long result, String call, MemorySegment errno) throws IOException {
        if (result < 0) {
            int number = (int) Calls.ERRNO.get(errno, 0L);
            throw new IOException("NOTIFY_SOCKET: " + call + " failed with errno " + number);
        }
    }

    /// The C library, looked up when the first message is sent.
    private static final class Calls {
        static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
        static final VarHandle ERRNO =
                ERRNO_LAYOUT.varHandle(StructLayout.PathElement.groupElement("errno"));

        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
        private static final MethodHandle SOCKET =
                find("socket", FunctionDescriptor.of(INT, INT, INT, INT), true);
        private static final MethodHandle SENDTO =
                find(
                        "sendto",
                        FunctionDescriptor.of(
                                LONG,
                                INT,
                                ValueLayout.ADDRESS,
                                LONG,
                                INT,
                                ValueLayout.ADDRESS,
                                INT),
                        true);
        private static final MethodHandle CLOSE =
                find("close", FunctionDescriptor.of(INT, INT), false);

        private Calls() {}

        static int socket(MemorySegment errno) {
            try {
                return (int) SOCKET.invokeExact(errno, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            } catch (Throwable e) {
                throw new LinkageError("socket", e);
            }
        }

        static long sendto(
                MemorySegment errno, int socket, MemorySegment text, MemorySegment address) {
            try {
                return (long)
                        SENDTO.invokeExact(
                                errno,
                                socket,
                                text,
                                text.byteSize(),
                                MSG_NOSIGNAL,
                                address,
                                (int) address.byteSize());
            } catch (Throwable e) {
                throw new LinkageError("sendto", e);
            }
        }

        static void close(int socket) {
            try {
                int ignored = (int) CLOSE.invokeExact(socket);
                assert ignored == 0 : "close failed";
            } catch (Throwable e) {
                throw new LinkageError("close", e);
            }
        }

        @SuppressWarnings("restricted") // calling the C library is this class's purpose
        private static MethodHandle find(
                String name, FunctionDescriptor descriptor, boolean withErrno) {
            Linker linker = Linker.nativeLinker();
            MemorySegment function = linker.defaultLookup().findOrThrow(name);
            return withErrno
                    ? linker.downcallHandle(
                            function, descriptor, Linker.Option.captureCallState("errno"))
                    : linker.downcallHandle(function, descriptor);
        }
    }
}

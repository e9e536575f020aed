package org.turnd.server.ops;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/// A bound Unix datagram socket, as a service manager has one: waits at most five seconds for a
/// datagram.
final class UnixDatagramSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final short POLLIN = 1;
    private static final int WAIT_MILLIS = 5000;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Arena arena = Arena.ofConfined();
    private final int socket;

    UnixDatagramSocket(String name) throws IOException {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = name.startsWith("@");
        MemorySegment address = arena.allocate(2 + path.length + (isAbstract ? 0 : 1), 2);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
        if (isAbstract) {
            address.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
        }
        try {
            socket = (int) find("socket", INT, INT, INT, INT).invokeExact(AF_UNIX, SOCK_DGRAM, 0);
            int bound =
                    (int)
                            find("bind", INT, INT, ValueLayout.ADDRESS, INT)
                                    .invokeExact(socket, address, (int) address.byteSize());
            if (bound != 0) {
                throw new IOException("can't bind " + name);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("C library", e);
        }
    }

    String receive() throws IOException {
        MemorySegment poll = arena.allocate(8, 4);
        poll.set(INT, 0, socket);
        poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
        MemorySegment buffer = arena.allocate(4096);
        try {
            int ready =
                    (int)
                            find("poll", INT, ValueLayout.ADDRESS, LONG, INT)
                                    .invokeExact(poll, 1L, WAIT_MILLIS);
            if (ready != 1) {
                throw new IOException("nothing came");
            }
            long length =
                    (long)
                            find("recv", LONG, INT, ValueLayout.ADDRESS, LONG, INT)
                                    .invokeExact(socket, buffer, buffer.byteSize(), 0);
            byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("C library", e);
        }
    }

    @Override
    public void close() {
        try {
            int ignored = (int) find("close", INT, INT).invokeExact(socket);
            assert ignored == 0;
        } catch (Throwable e) {
            throw new LinkageError("close", e);
        }
        arena.close();
    }

    @SuppressWarnings("restricted") // calling the C library is this class's purpose
    private static MethodHandle find(
            String name, ValueLayout result, java.lang.foreign.MemoryLayout... parameters) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, parameters));
    }
}

package org.turnd.server.net;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Takes the file descriptors away that this process might still open, until it is closed. Those
/// that are open stay.
@SuppressWarnings("restricted") // setrlimit is a C function
final class OpenFilesLimit implements AutoCloseable {
    private static final int RLIMIT_NOFILE = 7;

    /// The standard streams have these.
    private static final long LEAST = 3;

    private static final MethodHandle GET = call("getrlimit");
    private static final MethodHandle SET = call("setrlimit");

    private final long before;

    private OpenFilesLimit() {
        before = exchange(LEAST);
    }

    static OpenFilesLimit ofNone() {
        return new OpenFilesLimit();
    }

    @Override
    public void close() {
        exchange(before);
    }

    private static MethodHandle call(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// Sets the soft limit and returns what it was.
    private static long exchange(long soft) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(ValueLayout.JAVA_LONG, 2);
            int got = (int) GET.invokeExact(RLIMIT_NOFILE, limits);
            long old = limits.getAtIndex(ValueLayout.JAVA_LONG, 0);
            limits.setAtIndex(ValueLayout.JAVA_LONG, 0, soft);
            int set = (int) SET.invokeExact(RLIMIT_NOFILE, limits);
            if (got != 0 || set != 0) {
                throw new AssertionError("the limit of open files can't be set");
            }
            return old;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}

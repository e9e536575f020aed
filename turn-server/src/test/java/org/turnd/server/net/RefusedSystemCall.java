package org.turnd.server.net;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.turnd.server.config.ServerSettings.DataPlane;

/// A process in a sandbox: a seccomp filter refuses it one system call with EPERM, as a service
/// manager's or a container's would. It prints the data plane that it takes then.
final class RefusedSystemCall {
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_SET_SECCOMP = 22;
    private static final int SECCOMP_MODE_FILTER = 2;

    // BPF: load the number of the call, compare, return.
    private static final short LOAD = 0x20;
    private static final short JUMP_IF_EQUAL = 0x15;
    private static final short RETURN = 0x06;
    private static final int ALLOW = 0x7FFF_0000;
    private static final int FAIL_WITH_EPERM = 0x0005_0001;
    private static final int INSTRUCTION_BYTES = 8;

    private RefusedSystemCall() {}

    /// Refuses and chooses.
    ///
    /// @param arguments the call's number, or nothing to refuse none
    public static void main(String... arguments) throws Throwable {
        if (arguments.length > 0) {
            refuse(Integer.parseInt(arguments[0]));
        }
        var choice = DataPlaneChoice.of(DataPlane.AUTO);
        System.out.println(choice.name() + "; " + choice.reason());
    }

    /// Of the calling thread and those that it starts.
    @SuppressWarnings("restricted") // prctl is a C function
    private static void refuse(int call) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle prctl =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("prctl"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG),
                        Linker.Option.firstVariadicArg(1));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filter = arena.allocate(4 * INSTRUCTION_BYTES, Long.BYTES);
            put(filter, 0, LOAD, 0, 0);
            put(filter, 1, JUMP_IF_EQUAL, 1, call);
            put(filter, 2, RETURN, 0, FAIL_WITH_EPERM);
            put(filter, 3, RETURN, 0, ALLOW);
            MemorySegment program = arena.allocate(16, Long.BYTES);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) 4);
            program.set(ValueLayout.JAVA_LONG, 8, filter.address());
            int calm = (int) prctl.invokeExact(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
            long mode = SECCOMP_MODE_FILTER;
            int set = (int) prctl.invokeExact(PR_SET_SECCOMP, mode, program.address(), 0L, 0L);
            if (calm != 0 || set != 0) {
                throw new IllegalStateException("the filter can't be set");
            }
        }
    }

    /// @param skipUnlessEqual instructions that a comparison skips when it fails
    private static void put(
            MemorySegment filter, int index, short code, int skipUnlessEqual, int value) {
        long at = (long) index * INSTRUCTION_BYTES;
        filter.set(ValueLayout.JAVA_SHORT, at, code);
        filter.set(ValueLayout.JAVA_BYTE, at + 3, (byte) skipUnlessEqual);
        filter.set(ValueLayout.JAVA_INT, at + 4, value);
    }
}

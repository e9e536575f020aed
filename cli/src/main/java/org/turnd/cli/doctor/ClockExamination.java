package org.turnd.cli.doctor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Locale;

/// Asks the kernel whether somebody keeps its clock right (`adjtimex`). Time-limited credentials,
/// tokens and certificates are judged by it.
final class ClockExamination implements Examination {
    private static final String AREA = "clock";
    private static final String FIX =
            "systemctl enable --now systemd-timesyncd, or chrony; on a virtual machine the host's"
                    + " clock";

    /// `struct timex` of 64-bit Linux: its size, and where the largest possible error stands, in
    /// microseconds.
    private static final long TIMEX_BYTES = 208;

    private static final long MAX_ERROR_AT = 24;
    private static final int TIME_ERROR = 5;
    private static final long LARGE_ERROR_MICROS = 1_000_000;

    @Override
    public List<Finding> of(Patient patient) {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
            return List.of();
        }
        try (var arena = Arena.ofConfined()) {
            var timex = arena.allocate(TIMEX_BYTES, Long.BYTES);
            int state = adjtimex(timex);
            return List.of(of(state, timex.get(ValueLayout.JAVA_LONG, MAX_ERROR_AT)));
        }
    }

    /// Judges what the kernel says.
    ///
    /// @param state what `adjtimex` returned
    /// @param errorMicros how far off the clock may be
    static Finding of(int state, long errorMicros) {
        if (state == TIME_ERROR) {
            return Finding.warning(
                    AREA,
                    "nobody keeps the clock right: time-limited credentials may be refused, or live"
                            + " too long",
                    FIX);
        }
        return errorMicros > LARGE_ERROR_MICROS
                ? Finding.warning(
                        AREA, "the clock may be off by " + errorMicros / 1000 + " ms", FIX)
                : Finding.ok(AREA, "synchronized, within " + errorMicros / 1000 + " ms");
    }

    @SuppressWarnings("restricted") // calling C is what this method is for
    private static int adjtimex(MemorySegment timex) {
        var linker = Linker.nativeLinker();
        var handle =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("adjtimex"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        try {
            return (int) handle.invokeExact(timex);
        } catch (Throwable e) {
            throw new IllegalStateException("a call of C throws nothing", e);
        }
    }
}

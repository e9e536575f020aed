package org.turnd.server.net;

import java.util.function.LongConsumer;

/// Lets packets gather when a shard is awake too often for too little, as interrupt coalescing does
/// in a network card: on a virtual machine a wake-up costs as much as relaying ten packets.
///
/// A shard whose wake-ups are further apart than the interval, or full of work, never waits here.
final class Coalescing {
    /// Messages that make a wake-up worth its cost.
    static final int ENOUGH_MESSAGES = 16;

    /// What is not worth a system call.
    private static final long SLEEP_MIN_NANOS = 5_000;

    private final LongConsumer sleep;
    private final long intervalNanos;
    private long previousNanos;
    private int messages;

    /// @param sleep see [UdpIo#sleep]
    /// @param intervalNanos the least time from one wake-up to the next; 0 never waits
    Coalescing(LongConsumer sleep, long intervalNanos) {
        this.sleep = sleep;
        this.intervalNanos = intervalNanos;
        this.previousNanos = System.nanoTime() - intervalNanos;
    }

    /// Counts a message of this wake-up.
    void count() {
        messages++;
    }

    /// Waits for what is left of the interval, if that is worth while.
    ///
    /// @param nowNanos when the wake-up began
    void endWakeUp(long nowNanos) {
        boolean tooOften = nowNanos - previousNanos < intervalNanos;
        if (tooOften && messages < ENOUGH_MESSAGES) {
            long left = nowNanos + intervalNanos - System.nanoTime();
            if (left >= SLEEP_MIN_NANOS) {
                sleep.accept(left);
            }
        }
        previousNanos = nowNanos;
        messages = 0;
    }
}

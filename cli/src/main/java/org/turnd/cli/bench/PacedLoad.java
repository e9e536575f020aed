package org.turnd.cli.bench;

/// A fixed rate. Each packet carries the time at which it was due, so that a stall, also one of the
/// bench, shows in the latency of every packet that it delayed.
final class PacedLoad extends Load {
    /// Shorter waits are spent looking for what comes: a sleeping thread wakes up too late, and its
    /// wake-up would be charged to the server.
    private static final long SLEEP_NANOS_MIN = 200_000;

    private final double rate;
    private Pacer pacer;
    private int next;

    /// @param rate packets a second in all streams together
    PacedLoad(double rate, PacketStream[] streams, int burst, int round, long durationNanos) {
        super(streams, burst, round, durationNanos);
        this.rate = rate;
        this.pacer = new Pacer(rate, burst, 0);
    }

    @Override
    void begin(long nowNanos) {
        pacer = new Pacer(rate, burst(), nowNanos);
    }

    @Override
    long sendDue(long nowNanos) {
        pacer.forfeit(nowNanos);
        for (int packets = 0; packets < TURN_PACKETS_MAX; packets += burst()) {
            long due = pacer.nextNanos();
            if (due > nowNanos) {
                long wait = due - nowNanos;
                return wait < SLEEP_NANOS_MIN ? BenchLoop.BUSY : wait - SLEEP_NANOS_MIN / 2;
            }
            pacer.advance();
            sendBurst(next, due);
            next = next + 1 == streamCount() ? 0 : next + 1;
        }
        return BenchLoop.BUSY;
    }

    @Override
    long forfeited() {
        return pacer.forfeited();
    }
}

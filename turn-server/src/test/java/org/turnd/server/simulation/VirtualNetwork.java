package org.turnd.server.simulation;

import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The clock, the queue of things to come, and the wires that lose, double, delay, reorder and
/// corrupt datagrams.
final class VirtualNetwork {
    static final long MILLIS = 1_000_000L;
    static final long SECONDS = 1_000 * MILLIS;

    private record Event(long timeNanos, long order, Runnable action) {}

    private final RandomGenerator random;
    private final ScenarioSettings settings;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>((a, b) ->
                    a.timeNanos != b.timeNanos
                            ? Long.compare(a.timeNanos, b.timeNanos)
                            : Long.compare(a.order, b.order));
    private long nowNanos;
    private long order;
    private long eventsRun;

    VirtualNetwork(ScenarioSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        this.nowNanos = settings.startNanos();
    }

    long nowNanos() {
        return nowNanos;
    }

    long eventsRun() {
        return eventsRun;
    }

    void at(long timeNanos, Runnable action) {
        events.add(new Event(timeNanos, order++, action));
    }

    void after(long delayNanos, Runnable action) {
        at(nowNanos + delayNanos, action);
    }

    /// Runs the next event. Returns false when there is none.
    boolean step() {
        Event event = events.poll();
        if (event == null) {
            return false;
        }
        nowNanos = Math.max(nowNanos, event.timeNanos);
        eventsRun++;
        event.action.run();
        return true;
    }

    /// Lets time pass in which nothing runs, as when a machine sleeps: all that falls due meanwhile
    /// comes late.
    void jump(long nanos) {
        nowNanos += nanos;
    }

    /// Carries one datagram, or none, or two, one of them damaged perhaps.
    void carry(byte[] datagram, Consumer<byte[]> receiver) {
        if (random.nextDouble() < settings.lossRate()) {
            return;
        }
        int copies = random.nextDouble() < settings.duplicationRate() ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            byte[] copy = datagram;
            if (random.nextDouble() < settings.corruptionRate()) {
                copy = Mutation.of(datagram, random);
            }
            byte[] carried = copy;
            after(delayNanos(), () -> receiver.accept(carried));
        }
    }

    /// How long a datagram is under way; now and then long enough for others to overtake it.
    long delayNanos() {
        long usual = random.nextLong(MILLIS, 40 * MILLIS);
        return random.nextDouble() < settings.reorderRate()
                ? usual + random.nextLong(2 * SECONDS)
                : usual;
    }
}

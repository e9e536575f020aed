package org.turnd.server.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Events on their way from the event loops to something slow: bounded, and nobody who puts one in
/// waits or takes a lock. When it is full the newest are dropped and counted: those that wait keep
/// their order, and what is missing is missing in one piece.
///
/// [#offer] on every thread, [#take] on one.
///
/// @param <E> what waits
public final class EventQueue<E> {
    private final Queue<E> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final int eventsMax;
    private volatile @Nullable Thread reader;
    private volatile boolean closed;

    /// @param eventsMax how many may wait
    public EventQueue(int eventsMax) {
        this.eventsMax = eventsMax;
    }

    /// Puts an event in, or drops it.
    public void offer(E event) {
        if (closed) {
            dropped.increment();
            return;
        }
        if (size.incrementAndGet() > eventsMax) {
            size.decrementAndGet();
            dropped.increment();
            return;
        }
        events.add(event);
        LockSupport.unpark(reader);
    }

    /// Waits for events, and takes the oldest. Empty when the queue is closed and nothing is left.
    public List<E> take(int countMax) throws InterruptedException {
        while (true) {
            boolean isLast = closed;
            List<E> taken = poll(countMax);
            if (!taken.isEmpty() || isLast) {
                return taken;
            }
            reader = Thread.currentThread();
            // Looked at again, because whoever came in between didn't know that somebody waits.
            if (events.isEmpty() && !closed) {
                LockSupport.park(this);
            }
            reader = null;
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private List<E> poll(int countMax) {
        List<E> taken = new ArrayList<>();
        while (taken.size() < countMax) {
            E event = events.poll();
            if (event == null) {
                break;
            }
            taken.add(event);
        }
        size.addAndGet(-taken.size());
        return taken;
    }

    /// Takes no more events. What waits can still be taken.
    public void close() {
        closed = true;
        LockSupport.unpark(reader);
    }

    /// Drops what waits.
    public void discard() {
        dropped(poll(Integer.MAX_VALUE).size());
    }

    /// Counts events that were taken and got lost.
    public void dropped(int count) {
        dropped.add(count);
    }

    /// How many were dropped.
    public long dropped() {
        return dropped.sum();
    }

    /// How many wait.
    public int size() {
        return Math.max(0, Math.min(size.get(), eventsMax));
    }
}

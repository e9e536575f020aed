package org.turnd.server.auth;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A [UserStore] that can't hold anybody up: so many questions at once, so much time for each, and
/// none for a while once it has failed several times in a row. Safe on every thread.
final class GuardedStore implements StoreStatus, AutoCloseable {
    /// Failures in a row after which the store is left alone.
    static final int FAILURES_MAX = 5;

    /// How long at first, and at the longest; each failure after that doubles it.
    static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    /// How long after the pause a client's question may find out, before the one that failed does.
    private static final Duration CLIENTS_FIRST = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(GuardedStore.class);

    private final UserStore store;
    private final Semaphore places;
    private final ExecutorService threads;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();

    // Guarded by this.
    private int failuresInARow;
    private long pausedUntilNanos;
    private boolean isTrying;
    private @Nullable String trouble;

    /// @param places questions at most at once
    /// @param threads one for each question
    GuardedStore(UserStore store, int places, ExecutorService threads) {
        this.store = store;
        this.places = new Semaphore(places);
        this.threads = threads;
    }

    /// What may be asked of a store.
    interface Question<T extends @Nullable Object> {
        T ask(UserStore store) throws StoreFailure;
    }

    UserStore store() {
        return store;
    }

    /// Asks, and waits for the answer as long as `limit`. May block.
    <T extends @Nullable Object> T ask(Question<T> question, Duration limit) throws StoreFailure {
        if (!mayAsk(System.nanoTime())) {
            throw new StoreFailure(store.name() + " is left alone, because it has failed");
        }
        asked.incrementAndGet();
        long begunNanos = System.nanoTime();
        try {
            T answer = inTime(question, limit);
            onSuccess();
            return answer;
        } catch (StoreFailure e) {
            if (onFailure(e)) {
                askAgainInTime(question, limit);
            }
            throw e;
        } finally {
            nanos.addAndGet(System.nanoTime() - begunNanos);
        }
    }

    private <T extends @Nullable Object> T inTime(Question<T> question, Duration limit)
            throws StoreFailure {
        long untilNanos = System.nanoTime() + limit.toNanos();
        try {
            if (!places.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreFailure(store.name() + " has too many questions to answer");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        var place = new Place<T>(question);
        Future<T> answer = submit(place);
        try {
            return answer.get(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            place.leave(answer);
            throw new StoreFailure(
                    "%s did not answer within %d ms".formatted(store.name(), limit.toMillis()), e);
        } catch (InterruptedException e) {
            place.leave(answer);
            throw interrupted(e);
        } catch (CancellationException e) {
            throw new StoreFailure(store.name() + " was closed", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StoreFailure failure
                    ? failure
                    : new StoreFailure(store.name() + " failed: " + e.getCause(), e);
        }
    }

    private <T extends @Nullable Object> Future<T> submit(Place<T> place) throws StoreFailure {
        try {
            return threads.submit(place);
        } catch (RejectedExecutionException e) {
            places.release();
            throw new StoreFailure(store.name() + " was closed", e);
        }
    }

    /// A question in one of the places. The place is given back when the question has come to its
    /// end, not when nobody waits for it any more: a store that can't be interrupted has no more
    /// threads than places. A question that hasn't begun by then never does.
    private final class Place<T extends @Nullable Object> implements Callable<T> {
        private final Question<T> question;
        private final AtomicBoolean isSettled = new AtomicBoolean();

        Place(Question<T> question) {
            this.question = question;
        }

        @Override
        public T call() throws StoreFailure {
            if (!isSettled.compareAndSet(false, true)) {
                throw new StoreFailure(store.name() + " was not asked in time");
            }
            try {
                return question.ask(store);
            } finally {
                places.release();
            }
        }

        void leave(Future<T> answer) {
            answer.cancel(true);
            if (isSettled.compareAndSet(false, true)) {
                places.release();
            }
        }
    }

    private StoreFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StoreFailure(store.name() + " was not waited for", e);
    }

    /// After the pause one question finds out whether the store is back; the others don't wait.
    private synchronized boolean mayAsk(long nowNanos) {
        if (!isDead()) {
            return true;
        }
        if (isTrying || nowNanos - pausedUntilNanos < 0) {
            return false;
        }
        isTrying = true;
        return true;
    }

    private synchronized void onSuccess() {
        if (isDead()) {
            LOG.atInfo().setMessage("store_back").addKeyValue("store", store.name()).log();
        }
        failuresInARow = 0;
        isTrying = false;
        trouble = null;
    }

    /// Returns whether the store is left alone from now on.
    private synchronized boolean onFailure(StoreFailure failure) {
        if (Thread.currentThread().isInterrupted()) {
            // The server is closing.
            return false;
        }
        failed.incrementAndGet();
        if (failure.isOfOneUser()) {
            failuresInARow = 0;
            isTrying = false;
            trouble = String.valueOf(failure.getMessage());
            return false;
        }
        failuresInARow++;
        isTrying = false;
        trouble = String.valueOf(failure.getMessage());
        int beyond = Math.clamp(failuresInARow - FAILURES_MAX, 0, 16);
        long pauseNanos = Math.min(FIRST_PAUSE.toNanos() << beyond, LONGEST_PAUSE.toNanos());
        pausedUntilNanos = System.nanoTime() + pauseNanos;
        if (failuresInARow == 1 || failuresInARow == FAILURES_MAX) {
            LOG.atWarn()
                    .setMessage("store_failed")
                    .addKeyValue("store", store.name())
                    .addKeyValue("reason", trouble)
                    .addKeyValue("left_alone", failuresInARow == FAILURES_MAX)
                    .log();
        }
        return failuresInARow == FAILURES_MAX;
    }

    /// Asks once more what has failed, when nobody else asks: so it is known that the store is back
    /// also while no client comes, because a load balancer sends them elsewhere.
    private void askAgainInTime(Question<?> question, Duration limit) {
        try {
            threads.execute(() -> findOut(question, limit));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} was closed", store.name());
        }
    }

    private void findOut(Question<?> question, Duration limit) {
        try {
            while (isDead()) {
                long waitNanos = waitNanos();
                if (waitNanos > 0) {
                    TimeUnit.NANOSECONDS.sleep(waitNanos);
                    continue;
                }
                try {
                    ask(question, limit);
                } catch (StoreFailure e) {
                    // It is counted, and the pause is longer now.
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private synchronized long waitNanos() {
        long rest = pausedUntilNanos + CLIENTS_FIRST.toNanos() - System.nanoTime();
        return isTrying ? Math.max(rest, CLIENTS_FIRST.toNanos()) : rest;
    }

    @Override
    public synchronized boolean isDead() {
        return failuresInARow >= FAILURES_MAX;
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public synchronized @Nullable String trouble() {
        return trouble;
    }

    @Override
    public long asked() {
        return asked.get();
    }

    @Override
    public long failed() {
        return failed.get();
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public void close() {
        store.close();
    }
}

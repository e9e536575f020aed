package org.turnd.server.auth;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    private static final Logger LOG = LoggerFactory.getLogger(GuardedStore.class);

    private final UserStore store;
    private final Semaphore places;
    private final ExecutorService threads;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong microseconds = new AtomicLong();

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
            onFailure(e);
            throw e;
        } finally {
            microseconds.addAndGet((System.nanoTime() - begunNanos) / 1_000);
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
        Future<T> answer = submit(question);
        try {
            return answer.get(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new StoreFailure(
                    "%s did not answer within %d ms".formatted(store.name(), limit.toMillis()), e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw interrupted(e);
        } catch (CancellationException e) {
            throw new StoreFailure(store.name() + " was closed", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StoreFailure failure
                    ? failure
                    : new StoreFailure(store.name() + " failed: " + e.getCause(), e);
        }
    }

    /// The place is given back when the question has come to its end, not when nobody waits for it
    /// any more: a store that can't be interrupted has no more threads than places.
    private <T extends @Nullable Object> Future<T> submit(Question<T> question) {
        Callable<T> task =
                () -> {
                    try {
                        return question.ask(store);
                    } finally {
                        places.release();
                    }
                };
        try {
            return threads.submit(task);
        } catch (RuntimeException e) {
            places.release();
            throw e;
        }
    }

    private StoreFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StoreFailure(store.name() + " was not waited for", e);
    }

    /// After the pause one question finds out whether the store is back; the others don't wait.
    private synchronized boolean mayAsk(long nowNanos) {
        if (failuresInARow < FAILURES_MAX) {
            return true;
        }
        if (isTrying || nowNanos - pausedUntilNanos < 0) {
            return false;
        }
        isTrying = true;
        return true;
    }

    private synchronized void onSuccess() {
        if (failuresInARow >= FAILURES_MAX) {
            LOG.atInfo().setMessage("store_back").addKeyValue("store", store.name()).log();
        }
        failuresInARow = 0;
        isTrying = false;
        trouble = null;
    }

    private synchronized void onFailure(StoreFailure failure) {
        if (Thread.currentThread().isInterrupted()) {
            // The server is closing.
            return;
        }
        failed.incrementAndGet();
        if (failure.isOfOneUser()) {
            failuresInARow = 0;
            isTrying = false;
            trouble = String.valueOf(failure.getMessage());
            return;
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
    public long microseconds() {
        return microseconds.get();
    }

    @Override
    public void close() {
        store.close();
    }
}

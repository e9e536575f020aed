package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A store's places, when threads are late: what [StoredUsersTest] can't bring about.
@Timeout(60)
class GuardedStoreTest {
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofSeconds(20);

    /// Runs what it was given when the test says so.
    private static final class LateThreads extends AbstractExecutorService {
        private final Queue<Runnable> given = new ArrayDeque<>();
        private boolean isLate = true;
        private boolean isShutdown;

        void catchUp() {
            isLate = false;
            given.forEach(Runnable::run);
            given.clear();
        }

        @Override
        public void execute(Runnable task) {
            if (isShutdown) {
                throw new RejectedExecutionException("closed");
            }
            if (isLate) {
                given.add(task);
            } else {
                task.run();
            }
        }

        @Override
        public void shutdown() {
            isShutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            isShutdown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return isShutdown;
        }

        @Override
        public boolean isTerminated() {
            return isShutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return isShutdown;
        }
    }

    /// Knows nobody.
    private static final class Nobody implements UserStore {
        private int asked;

        @Override
        public String name() {
            return "nobody";
        }

        @Override
        public @Nullable StoredUser find(String username, String realm) {
            asked++;
            return null;
        }

        @Override
        public void close() {}
    }

    private final LateThreads threads = new LateThreads();
    private final Nobody store = new Nobody();
    private final GuardedStore guarded = new GuardedStore(store, 1, threads);

    private @Nullable StoredUser ask(Duration limit) throws StoreFailure {
        return guarded.ask(one -> one.find("alice", "example.org"), limit);
    }

    @Test
    void aQuestionThatNeverBeganGivesItsPlaceBack() throws Exception {
        assertThrows(StoreFailure.class, () -> ask(AT_ONCE));
        threads.catchUp();
        assertEquals(0, store.asked, "nobody waits for it any more");
        assertNull(ask(LONG));
        assertEquals(1, store.asked);
    }

    @Test
    void aQuestionBehindOneThatNeverBeganIsAskedAtOnce() throws Exception {
        assertThrows(StoreFailure.class, () -> ask(AT_ONCE));
        threads.isLate = false;
        assertNull(ask(LONG));
        threads.catchUp();
        assertEquals(1, store.asked);
        assertNull(ask(LONG), "there is one place, not two");
    }

    @Test
    void aStoreThatIsClosedFailsAsAnyOther() {
        threads.shutdown();
        assertThrows(StoreFailure.class, () -> ask(LONG));
    }
}

package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.config.ServerSettings.ExpiredCredentials;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.UserAnswer;
import org.turnd.server.engine.UserQuery;
import org.turnd.server.net.Eventually;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.RestCredentials;

/// Many ask, few questions reach the store, and nobody is let in without an answer.
@Timeout(60)
class StoredUsersTest {
    private static final String REALM = "example.org";
    private static final Bounds BOUNDS = bounds(Duration.ofSeconds(10), 100, 4);

    private final AtomicLong nanos = new AtomicLong();
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final List<StoredUsers> opened = new ArrayList<>();

    /// A store whose answers a test holds back at a gate.
    private static final class Store implements UserStore {
        final Map<String, StoredUser> users = new ConcurrentHashMap<>();
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger mostAtOnce = new AtomicInteger();
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile @Nullable StoreFailure failure;
        volatile List<Secret> secrets = List.of();
        volatile boolean interruptible = true;

        Store with(String name, String password) throws StoreFailure {
            users.put(name, StoredUser.ofPassword(name, REALM, password));
            return this;
        }

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public @Nullable StoredUser find(String username, String realm) throws StoreFailure {
            asked.incrementAndGet();
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            try {
                pass();
            } finally {
                atOnce.decrementAndGet();
            }
            return users.get(username);
        }

        private void pass() throws StoreFailure {
            while (true) {
                try {
                    gate.await();
                    break;
                } catch (InterruptedException e) {
                    if (interruptible) {
                        throw new StoreFailure("interrupted", e);
                    }
                }
            }
            StoreFailure bad = failure;
            if (bad != null) {
                throw bad;
            }
        }

        @Override
        public boolean hasSecrets() {
            return true;
        }

        @Override
        public List<Secret> secrets(String realm) throws StoreFailure {
            pass();
            return secrets;
        }

        @Override
        public void close() {}
    }

    private static Bounds bounds(Duration timeout, int cacheSize, int concurrency) {
        return new Bounds(
                timeout,
                Duration.ofMinutes(1),
                Duration.ofSeconds(10),
                cacheSize,
                concurrency,
                1024,
                64,
                20,
                Duration.ofMinutes(1));
    }

    private StoredUsers users(Bounds bounds, UserStore... stores) {
        var users =
                new StoredUsers(
                        List.of(stores), bounds, ExpiredCredentials.CUT, () -> now, nanos::get);
        opened.add(users);
        return users;
    }

    @AfterEach
    void close() {
        opened.forEach(StoredUsers::close);
    }

    private static UserQuery query(String name) {
        return UserQuery.byName(name, REALM);
    }

    private static CompletableFuture<UserAnswer> ask(StoredUsers users, String name) {
        var answer = new CompletableFuture<UserAnswer>();
        users.ask(query(name), answer::complete);
        return answer;
    }

    private static UserAnswer answer(StoredUsers users, String name) throws Exception {
        return ask(users, name).get(30, TimeUnit.SECONDS);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        now = now.plus(time);
    }

    @Test
    void remembersWhomItFoundAndForgetsInTime() throws Exception {
        Store store = new Store().with("alice", "wonderland");
        StoredUsers users = users(BOUNDS, store);
        assertNull(users.recall(query("alice")));
        var known = assertInstanceOf(UserAnswer.Known.class, answer(users, "alice"));
        assertEquals("alice", known.username());
        assertEquals(
                List.of(
                        new Credential(
                                KeyAlgorithm.MD5.key("alice", REALM, "wonderland"),
                                Credential.FOREVER,
                                "fake")),
                known.md5());
        assertInstanceOf(UserAnswer.Unknown.class, answer(users, "bob"));
        pass(Duration.ofSeconds(9));
        assertNotNull(users.recall(query("alice")));
        assertInstanceOf(UserAnswer.Unknown.class, users.recall(query("bob")));
        pass(Duration.ofSeconds(2));
        assertNull(users.recall(query("bob")), "sooner than who is known");
        pass(Duration.ofSeconds(50));
        assertNull(users.recall(query("alice")), "who is revoked is out by now");
        assertEquals(2, store.asked.get());
        assertEquals(2, users.counts().recalledCount());
    }

    @Test
    void forgetsWhenItIsTold() throws Exception {
        StoredUsers users = users(BOUNDS, new Store().with("alice", "wonderland"));
        answer(users, "alice");
        users.forget("alice", REALM);
        assertNull(users.recall(query("alice")));
        answer(users, "alice");
        users.forgetAll();
        assertNull(users.recall(query("alice")));
    }

    @Test
    void asksOnceForOneUserAtATime() throws Exception {
        Store store = new Store().with("alice", "wonderland");
        store.gate = new CountDownLatch(1);
        StoredUsers users = users(BOUNDS, store);
        List<CompletableFuture<UserAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(ask(users, "alice"));
        }
        store.gate.countDown();
        for (CompletableFuture<UserAnswer> answer : answers) {
            assertInstanceOf(UserAnswer.Known.class, answer.get(30, TimeUnit.SECONDS));
        }
        assertEquals(1, store.asked.get());
    }

    @Test
    void asksSoManyAtOnceAndBoundsTheRest() throws Exception {
        Store store = new Store();
        store.gate = new CountDownLatch(1);
        StoredUsers users = users(BOUNDS, store);
        List<CompletableFuture<UserAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < StoredUsers.LOOKUPS_MAX + 50; i++) {
            answers.add(ask(users, "nobody" + i));
        }
        long refused =
                answers.stream()
                        .filter(one -> one.isDone() && one.join() instanceof UserAnswer.Unavailable)
                        .count();
        assertEquals(50, refused, "at once, without a thread");
        store.gate.countDown();
        for (CompletableFuture<UserAnswer> answer : answers) {
            answer.get(30, TimeUnit.SECONDS);
        }
        assertTrue(store.mostAtOnce.get() <= 4, () -> store.mostAtOnce + " at once");
        assertTrue(users.remembered() <= 200, () -> users.remembered() + " remembered");
    }

    @Test
    void aFloodOfUnknownNamesWashesNobodyOut() throws Exception {
        StoredUsers users = users(BOUNDS, new Store().with("alice", "wonderland"));
        answer(users, "alice");
        for (int i = 0; i < 500; i++) {
            answer(users, "nobody" + i);
        }
        assertNotNull(users.recall(query("alice")));
    }

    @Test
    void aStoreThatDoesNotAnswerInTimeLetsNobodyIn() throws Exception {
        Store store = new Store().with("alice", "wonderland");
        store.gate = new CountDownLatch(1);
        StoredUsers users = users(bounds(Duration.ofMillis(100), 100, 2), store);
        assertInstanceOf(UserAnswer.Unavailable.class, answer(users, "alice"));
        assertNull(users.recall(query("alice")), "that isn't remembered");
        assertTrue(
                String.valueOf(users.stores().getFirst().trouble())
                        .contains("did not answer within"));
        store.gate.countDown();
        assertInstanceOf(UserAnswer.Known.class, answer(users, "alice"));
        assertNull(users.stores().getFirst().trouble());
    }

    @Test
    void leavesAStoreAloneThatHasFailedSeveralTimesAndFindsItBack() throws Exception {
        Store store = new Store().with("alice", "wonderland");
        store.failure = new StoreFailure("broken");
        StoredUsers users = users(BOUNDS, store);
        for (int i = 0; i < GuardedStore.FAILURES_MAX + 20; i++) {
            assertInstanceOf(UserAnswer.Unavailable.class, answer(users, "alice"));
        }
        assertEquals(GuardedStore.FAILURES_MAX, store.asked.get());
        store.failure = null;
        UserAnswer last = answer(users, "alice");
        while (!(last instanceof UserAnswer.Known)) {
            Thread.onSpinWait();
            last = answer(users, "alice");
        }
        assertEquals(GuardedStore.FAILURES_MAX + 1, store.asked.get(), "one question finds out");
    }

    @Test
    void findsADeadStoreBackAlsoWhenNobodyAsks() throws Exception {
        Store store = new Store().with("alice", "wonderland");
        store.failure = new StoreFailure("broken");
        StoredUsers users = users(BOUNDS, store);
        for (int i = 0; i < GuardedStore.FAILURES_MAX; i++) {
            assertFalse(users.stores().getFirst().isDead());
            answer(users, "alice");
        }
        assertTrue(users.stores().getFirst().isDead());
        assertTrue(users.knowNobody());
        store.failure = null;

        Eventually.holds(() -> !users.stores().getFirst().isDead());

        assertFalse(users.knowNobody());
        assertEquals(GuardedStore.FAILURES_MAX + 1, store.asked.get());
    }

    @Test
    void oneOfTwoStoresIsEnoughToKnowSomebody() throws Exception {
        Store dead = new Store();
        dead.failure = new StoreFailure("broken");
        StoredUsers users = users(BOUNDS, dead, new Store());
        for (int i = 0; i < GuardedStore.FAILURES_MAX; i++) {
            answer(users, "alice" + i);
        }
        assertTrue(users.stores().getFirst().isDead());
        assertFalse(users.knowNobody());
    }

    @Test
    void aRememberedSecretIsEnoughToKnowSomebody() throws Exception {
        Store store = new Store();
        store.secrets = List.of(new Secret("first"));
        StoredUsers users = users(BOUNDS, store);
        users.fetchSecrets(REALM, ':');
        store.failure = new StoreFailure("broken");
        for (int i = 0; i < GuardedStore.FAILURES_MAX; i++) {
            answer(users, "alice");
        }
        assertTrue(users.stores().getFirst().isDead());
        assertFalse(users.knowNobody());
    }

    @Test
    void threadsOfAStoreThatHangsForeverAreBounded() throws Exception {
        Store store = new Store();
        store.gate = new CountDownLatch(1);
        store.interruptible = false;
        StoredUsers users = users(bounds(Duration.ofMillis(100), 100, 2), store);
        for (int i = 0; i < 4; i++) {
            assertInstanceOf(UserAnswer.Unavailable.class, answer(users, "nobody" + i));
        }
        assertEquals(2, store.atOnce.get());
        store.gate.countDown();
    }

    @Test
    void oneUserThatMakesNoSenseIsNoReasonToLeaveAStoreAlone() throws Exception {
        Store store = new Store();
        store.failure = StoreFailure.ofOneUser("no key");
        StoredUsers users = users(BOUNDS, store);
        for (int i = 0; i < 20; i++) {
            assertInstanceOf(UserAnswer.Unavailable.class, answer(users, "alice"));
        }
        assertEquals(20, store.asked.get());
    }

    @Test
    void theFirstStoreThatKnowsAUserDecides() throws Exception {
        Store first = new Store().with("alice", "one");
        Store second = new Store().with("alice", "two").with("bob", "builder");
        StoredUsers users = users(BOUNDS, first, second);
        var alice = assertInstanceOf(UserAnswer.Known.class, answer(users, "alice"));
        assertEquals(KeyAlgorithm.MD5.key("alice", REALM, "one"), alice.md5().getFirst().key());
        assertInstanceOf(UserAnswer.Known.class, answer(users, "bob"));
        first.failure = new StoreFailure("broken");
        users.forgetAll();
        assertInstanceOf(UserAnswer.Known.class, answer(users, "bob"), "the other one knows");
        assertInstanceOf(
                UserAnswer.Unavailable.class, answer(users, "carol"), "who broke might have known");
    }

    @Test
    void usersEnd() throws Exception {
        Store store = new Store();
        StoredUser user = StoredUser.ofPassword("alice", REALM, "wonderland");
        store.users.put("alice", user.until(now.plusSeconds(30)));
        StoredUsers users = users(BOUNDS, store);
        var known = assertInstanceOf(UserAnswer.Known.class, answer(users, "alice"));
        assertEquals(30, known.md5().getFirst().secondsLeft());
        pass(Duration.ofSeconds(30));
        assertInstanceOf(UserAnswer.Unknown.class, users.recall(query("alice")));
    }

    @Test
    void aReloadSaysWhatBecomesOfUsersThatEnd() throws Exception {
        Store store = new Store();
        StoredUser user = StoredUser.ofPassword("alice", REALM, "wonderland");
        store.users.put("alice", user.until(now.plusSeconds(30)));
        store.secrets = List.of(new Secret("first"));
        StoredUsers users = users(BOUNDS, store);
        StoredSecrets secrets = users.fetchSecrets(REALM, ':');
        String name = now.plusSeconds(60).getEpochSecond() + ":bob";
        Credential cut = secrets.find(name, REALM, KeyAlgorithm.MD5, 0);
        assertEquals(60, cut == null ? 0 : cut.secondsLeft());
        users.use(ExpiredCredentials.KEEP);
        var known = assertInstanceOf(UserAnswer.Known.class, answer(users, "alice"));
        assertEquals(Credential.FOREVER, known.md5().getFirst().secondsLeft());
        Credential kept = secrets.find(name, REALM, KeyAlgorithm.MD5, 0);
        assertEquals(Credential.FOREVER, kept == null ? 0 : kept.secondsLeft());
    }

    @Test
    void readsSharedSecretsAndGivesThemUpWhenTheStoreStaysSilent() {
        Store store = new Store();
        store.secrets = List.of(new Secret("first"), new Secret(""), new Secret("second"));
        StoredSecrets secrets = users(BOUNDS, store).fetchSecrets(REALM, ':');
        assertEquals(2, secrets.count(), "an empty secret is none");
        String name = now.plusSeconds(60).getEpochSecond() + ":bob";
        String password = RestCredentials.password("second", name);
        Credential second = secrets.find(name, REALM, KeyAlgorithm.MD5, 1);
        assertNotNull(second);
        assertEquals(KeyAlgorithm.MD5.key(name, REALM, password), second.key());
        store.failure = new StoreFailure("broken");
        secrets.fetch();
        assertEquals(2, secrets.count(), "the last ones are good for a while");
        store.failure = null;
        store.secrets = List.of();
        secrets.fetch();
        assertEquals(0, secrets.count());
        assertNull(secrets.find(name, REALM, KeyAlgorithm.MD5, 0));
    }

    @Test
    void whoWaitsIsToldWhenItCloses() throws Exception {
        Store store = new Store();
        store.gate = new CountDownLatch(1);
        StoredUsers users = users(BOUNDS, store);
        CompletableFuture<UserAnswer> waiting = ask(users, "alice");
        users.close();
        assertInstanceOf(UserAnswer.Unavailable.class, waiting.get(30, TimeUnit.SECONDS));
        assertInstanceOf(UserAnswer.Unavailable.class, answer(users, "bob"));
    }
}

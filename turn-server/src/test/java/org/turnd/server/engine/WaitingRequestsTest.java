package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Users that are kept elsewhere: their requests wait, within bounds, and nobody gets in without an
/// answer.
class WaitingRequestsTest {
    private static final UserAnswer UNKNOWN = new UserAnswer.Unknown();
    private static final UserAnswer UNAVAILABLE = new UserAnswer.Unavailable();
    private static final String REMOTE = "carol";
    private static final String PASSWORD = "croquet";
    private static final UserAnswer.Known CAROL = FakeRemoteUsers.known(REMOTE, PASSWORD);

    private final FakeRemoteUsers users = new FakeRemoteUsers();
    private EngineFixture fixture = new EngineFixture(options -> options.remote = users);

    private TestClient carol(TestClient client) {
        client.as(REMOTE, PASSWORD);
        // Fetches a nonce.
        client.credentials();
        return client;
    }

    private static byte[] allocate(TestClient client) {
        return client.signed(StunMethod.ALLOCATE, TestClient.UDP);
    }

    private List<Output> answer(UserAnswer answer) {
        users.answerFirst(fixture, answer);
        return fixture.drain();
    }

    @Test
    void allocatesOnceTheUserIsKnown() {
        for (TestClient client : List.of(fixture.udp(), fixture.tcp())) {
            carol(client);
            assertEquals(List.of(), client.feed(allocate(client)));
            assertEquals(0, client.answerIn(answer(CAROL)).errorCode());
            assertEquals(600, client.refresh(600), "with the allocation's key, without asking");
        }
        assertEquals(2, users.asked.size());
        assertEquals(2, fixture.count(Counter.REQUESTS_WAITED));
        assertEquals(0, fixture.engine.waitingCount());
    }

    @Test
    void refusesWhomNobodyKnowsAndWhoHasAnotherPassword() {
        TestClient client = carol(fixture.udp());
        client.feed(allocate(client));
        assertEquals(401, client.answerIn(answer(UNKNOWN)).errorCode());
        client.feed(allocate(client));
        UserAnswer other = FakeRemoteUsers.known(REMOTE, "flamingo");
        assertEquals(401, client.answerIn(answer(other)).errorCode());
        assertEquals(1, fixture.count(RefusalCause.UNKNOWN_USER));
        assertEquals(1, fixture.count(RefusalCause.WRONG_PASSWORD));
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    void asksForNobodyWhoIsKnownAlready() {
        TestClient local = fixture.udp();
        local.allocate();
        TestClient guesser = fixture.udp().as(EngineFixture.USER, "guess");
        assertEquals(401, guesser.askAllocate().errorCode());
        users.remembered.put(UserQuery.byName(REMOTE, EngineFixture.REALM), CAROL);
        fixture.udp().as(REMOTE, PASSWORD).allocate();
        assertEquals(List.of(), users.asked);
    }

    @Test
    void letsNobodyAskWhoHasNotGotTheNonce() {
        TestClient forger = fixture.udp().as(REMOTE, PASSWORD);
        forger.nonce = "obMatJos2AAABmadeup";
        TestClient elsewhere = fixture.udp().as(REMOTE, PASSWORD);
        elsewhere.nonce = carol(fixture.udp()).nonce;
        for (TestClient client : List.of(forger, elsewhere)) {
            assertEquals(438, client.exchange(allocate(client)).errorCode());
        }
        TestClient late = carol(fixture.udp());
        byte[] allocate = allocate(late);
        fixture.advance(1801);
        assertEquals(438, late.exchange(allocate).errorCode());
        assertEquals(List.of(), users.asked);
        assertEquals(0, fixture.engine.waitingCount());
    }

    @Test
    void tellsNoStrangerWhoseNamesAreRemembered() {
        users.remembered.put(UserQuery.byName(REMOTE, EngineFixture.REALM), CAROL);
        for (String name : List.of(REMOTE, "nobody", EngineFixture.USER)) {
            TestClient guesser = fixture.udp().as(name, "guess");
            guesser.nonce = "obMatJos2AAABmadeup";
            assertEquals(438, guesser.exchange(allocate(guesser)).errorCode(), name);
        }
    }

    @Test
    void failsClosedSilentlyOverUdpAndWithAnErrorOverStreams() {
        TestClient udp = carol(fixture.udp());
        udp.feed(allocate(udp));
        assertEquals(List.of(), answer(UNAVAILABLE));
        assertEquals(1, fixture.count(Counter.DROPPED_NO_ANSWER));
        udp.feed(allocate(udp));
        assertEquals(0, udp.answerIn(answer(CAROL)).errorCode(), "the client tries again");

        TestClient tcp = carol(fixture.tcp());
        tcp.feed(allocate(tcp));
        assertEquals(500, tcp.answerIn(answer(UNAVAILABLE)).errorCode());
        assertEquals(1, fixture.count(RefusalCause.USERS_UNAVAILABLE));
    }

    @Test
    void waitsNoLongerThanItsPatience() {
        TestClient udp = carol(fixture.udp());
        TestClient tcp = carol(fixture.tcp());
        udp.feed(allocate(udp));
        tcp.feed(allocate(tcp));
        assertEquals(List.of(), fixture.advanceNanos(2 * EngineFixture.SECOND - 1));
        assertEquals(500, tcp.answerIn(fixture.advanceNanos(1)).errorCode());
        assertEquals(0, fixture.engine.waitingCount());
        assertEquals(List.of(), answer(CAROL), "too late");
        assertEquals(List.of(), answer(CAROL), "too late");
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    void takesRetransmissionsOfWhatWaitsForTheSameRequest() {
        TestClient client = carol(fixture.udp());
        byte[] allocate = allocate(client);
        for (int i = 0; i < 5; i++) {
            assertEquals(List.of(), client.feed(allocate));
        }
        assertEquals(1, users.asked.size());
        TestClient.Exchange first = client.answerIn(answer(CAROL));
        assertEquals(first.bytes(), client.exchange(allocate).bytes(), "C-01");
    }

    @Test
    void answersTheRequestsOfAStreamInTheirOrder() {
        TestClient client = carol(fixture.tcp());
        TransportAddress peer = EngineFixture.address("203.0.113.77", 7777);
        client.feed(allocate(client));
        client.feed(client.signed(StunMethod.CREATE_PERMISSION, new XorPeerAddress(peer)));
        client.feed(client.signed(StunMethod.REFRESH, new Lifetime(900)));
        assertEquals(0, client.exchange(client.request(StunMethod.BINDING).bytes()).errorCode());
        assertEquals(1, users.asked.size());
        List<StunMethod> answered = new ArrayList<>();
        for (Output output : answer(CAROL)) {
            if (output instanceof Output.ToClient message) {
                answered.add(TestClient.decode(message.bytes()).method());
            }
        }
        assertEquals(
                List.of(StunMethod.ALLOCATE, StunMethod.CREATE_PERMISSION, StunMethod.REFRESH),
                answered);
        assertEquals(0, fixture.engine.waitingCount());
    }

    @Test
    void keepsTheOrderOfAStreamAlsoWhereTheNextUserMustBeAskedFor() {
        TestClient client = carol(fixture.tcp());
        client.feed(allocate(client));
        client.as("dave", "d").feed(allocate(client));
        client.as("erin", "e").feed(allocate(client));
        assertEquals(1, users.open.size());
        assertEquals(401, client.answerIn(answer(UNKNOWN)).errorCode());
        assertEquals(
                List.of("dave"), users.open.values().stream().map(UserQuery::username).toList());
        assertEquals(500, client.answerIn(fixture.advance(2)).errorCode());
        users.open.remove(users.open.keySet().iterator().next());
        assertEquals(
                List.of("erin"), users.open.values().stream().map(UserQuery::username).toList());
        assertEquals(401, client.answerIn(answer(UNKNOWN)).errorCode());
    }

    @Test
    void aFloodOfNamesFillsNothingAndKeepsNobodyOut() {
        TestClient flooder = carol(fixture.udp());
        for (int i = 0; i < 100; i++) {
            flooder.as("nobody" + i, "x").feed(allocate(flooder));
        }
        assertEquals(4, fixture.engine.waitingCount());
        assertEquals(96, fixture.count(Counter.DROPPED_TOO_MANY_WAITING));
        TestClient elsewhere = carol(fixture.udp(0, EngineFixture.address("198.51.100.2", 4000)));
        elsewhere.feed(allocate(elsewhere));
        assertEquals(5, fixture.engine.waitingCount());
        fixture.udp().allocate();
        fixture.advance(2);
        assertEquals(0, fixture.engine.waitingCount());
    }

    @Test
    void oneSourceHasSoManyUsersAskedForASecond() {
        users.patience = new RemoteUsers.Patience(EngineFixture.SECOND, 1000, 1000, 10);
        fixture = new EngineFixture(options -> options.remote = users);
        TestClient client = carol(fixture.udp());
        for (int i = 0; i < 100; i++) {
            client.as("nobody" + i, "x").feed(allocate(client));
            if (!users.open.isEmpty()) {
                answer(UNKNOWN);
            }
        }
        assertEquals(40, users.asked.size(), "a burst of four seconds' worth");
    }

    @Test
    void refusesAStreamsRequestThatCannotWait() {
        List<TestClient> clients =
                IntStream.range(0, 9).mapToObj(i -> carol(fixture.tcp())).toList();
        clients.subList(0, 4).forEach(client -> client.feed(allocate(client)));
        TestClient fifth = clients.get(4);
        assertEquals(500, fifth.exchange(allocate(fifth)).errorCode());
    }

    @Test
    void forgetsWhatAClosedConnectionWaitedFor() {
        TestClient client = carol(fixture.tcp());
        client.feed(allocate(client));
        client.feed(client.signed(StunMethod.REFRESH));
        assertEquals(2, fixture.engine.waitingCount());
        assertEquals(List.of(), client.close());
        assertEquals(0, fixture.engine.waitingCount());
        assertEquals(List.of(), answer(CAROL));
        assertEquals(Long.MAX_VALUE, fixture.engine.nextDeadlineNanos());
    }

    @Test
    void mediaAndKnownUsersGoOnWhileNobodyAnswers() {
        TransportAddress peer = EngineFixture.address("203.0.113.77", 7777);
        TestClient live = carol(fixture.udp());
        live.feed(allocate(live));
        live.answerIn(answer(CAROL));
        TestClient waiting = carol(fixture.udp());
        waiting.feed(allocate(waiting));
        live.createPermission(peer);
        live.channelBind(0x4001, peer);
        assertEquals(1, live.channelData(0x4001, (byte) 1).size());
        assertEquals(600, live.refresh(600));
        fixture.udp().allocate();
        assertEquals(1, fixture.engine.waitingCount());
    }

    @Test
    void findsHiddenNames() {
        users.remembered.clear();
        fixture =
                new EngineFixture(options -> {
                    options.remote = users;
                    options.features =
                            new SecurityFeatures(
                                    SecurityFeatures.DEFAULT.passwordAlgorithms(),
                                    true,
                                    SecurityFeatures.DEFAULT.bitOrder());
                });
        TestClient client = fixture.udp().as(REMOTE, PASSWORD);
        client.sha256 = true;
        client.anonymous = true;
        client.credentials();
        client.feed(allocate(client));
        assertEquals(null, users.asked.getFirst().username());
        assertEquals(0, client.answerIn(answer(CAROL)).errorCode());
        assertTrue(fixture.events.lines.getLast().startsWith("allocated carol"));
    }

    /// Stores that are slow, dead or wrong, clients that come, go and pipeline: nothing stays
    /// behind, and only who proved a key has an allocation.
    @Test
    void leavesNothingBehindInAnySeed() {
        for (long seed = 1; seed <= 60; seed++) {
            run(new SplittableRandom(seed), "seed " + seed);
        }
    }

    private void run(SplittableRandom random, String seed) {
        var remote = new FakeRemoteUsers();
        var one = new EngineFixture(options -> options.remote = remote);
        List<TestClient> clients = new ArrayList<>();
        for (int step = 0; step < 300; step++) {
            if (clients.size() < 6) {
                TestClient client = random.nextBoolean() ? one.udp() : one.tcp();
                client.as("user" + random.nextInt(5), random.nextInt(4) == 0 ? "wrong" : "right");
                client.credentials();
                clients.add(client);
            }
            TestClient client = clients.get(random.nextInt(clients.size()));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> client.feed(allocate(client));
                case 3 -> client.feed(client.signed(StunMethod.REFRESH, new Lifetime(0)));
                case 4 -> one.advanceNanos(random.nextLong(EngineFixture.SECOND));
                case 5 -> {
                    client.close();
                    clients.remove(client);
                }
                default -> settleOne(one, remote, random);
            }
            assertTrue(one.engine.waitingCount() <= 8, seed);
            one.drain();
        }
        clients.forEach(TestClient::close);
        one.advance(7200);
        assertEquals(0, one.engine.waitingCount(), seed);
        assertEquals(0, one.engine.allocationCount(), seed);
        while (!remote.open.isEmpty()) {
            settleOne(one, remote, random);
        }
    }

    private static void settleOne(
            EngineFixture one, FakeRemoteUsers remote, SplittableRandom random) {
        if (remote.open.isEmpty()) {
            return;
        }
        String name = String.valueOf(remote.open.values().iterator().next().username());
        switch (random.nextInt(6)) {
            case 0 -> remote.answerFirst(one, UNAVAILABLE);
            case 1 -> remote.answerFirst(one, UNKNOWN);
            // It lies: this is somebody else's key.
            case 2 -> remote.answerFirst(one, FakeRemoteUsers.known(name, "other"));
            case 3 -> remote.open.remove(remote.open.keySet().iterator().next());
            default -> remote.answerFirst(one, FakeRemoteUsers.known(name, "right"));
        }
    }

    @Test
    void takesNoClaimWithoutAProof() {
        TestClient client = carol(fixture.udp());
        byte[] unsigned =
                client.request(StunMethod.ALLOCATE)
                        .put(
                                TestClient.UDP,
                                new Username(REMOTE),
                                new Realm(EngineFixture.REALM),
                                new Nonce(String.valueOf(client.nonce)))
                        .bytes();
        assertEquals(401, client.exchange(unsigned).errorCode());
        assertEquals(List.of(), users.asked);
    }
}

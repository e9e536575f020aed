package org.turnd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.engine.AllocationId;
import org.turnd.server.engine.Session;
import org.turnd.server.net.TestClient;
import org.turnd.server.net.TestSettings;
import org.turnd.stun.RestCredential;
import org.turnd.stun.RestCredentials;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;

@Timeout(30)
class OversightTest {
    private static final List<Secret> SECRETS =
            List.of(new Secret("a-secret-of-this-test"), new Secret("another-secret-of-it"));

    @SuppressWarnings("NullAway.Init") // set before each test
    private TurnServer server;

    @BeforeEach
    void start() throws Exception {
        server =
                new TestSettings()
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .auth(users ->
                                new Auth(
                                        SECRETS,
                                        List.of(
                                                User.of(
                                                        TestSettings.USER,
                                                        TestSettings.REALM,
                                                        TestSettings.PASSWORD)),
                                        Duration.ofMinutes(10)))
                        .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestClient client() throws Exception {
        return TestClient.udp(server.listeners().getFirst().address());
    }

    private TestClient client(int secret, String userId) throws Exception {
        RestCredential credential =
                RestCredentials.issue(
                        SECRETS.get(secret).value(),
                        userId,
                        Instant.now().plusSeconds(600).getEpochSecond(),
                        ':');
        return client().as(credential.username(), credential.password());
    }

    private static <T extends @Nullable Object> T done(CompletableFuture<T> future)
            throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    private List<Session> sessions() throws Exception {
        return done(server.oversight().sessions(session -> true, 100)).sessions();
    }

    private static int code(StunMessage answer) {
        ErrorCode error = answer.first(ErrorCode.class);
        return error == null ? 0 : error.code();
    }

    private static int refresh(TestClient client) throws Exception {
        return code(client.request(StunMethod.REFRESH, new Lifetime(600)));
    }

    private static int tryToAllocate(TestClient client) throws Exception {
        return code(
                client.request(
                        StunMethod.ALLOCATE, new RequestedTransport(RequestedTransport.UDP)));
    }

    @Test
    void endsOneSessionAndLeavesTheOthersAlone() throws Exception {
        try (TestClient one = client();
                TestClient other = client()) {
            one.allocate();
            other.allocate();
            AllocationId id = idOf(one);

            assertTrue(done(server.oversight().end(id)));

            assertFalse(done(server.oversight().end(id)));
            assertNull(done(server.oversight().session(id)));
            assertNotNull(done(server.oversight().session(idOf(other))));
            assertEquals(437, refresh(one));
            assertEquals(0, refresh(other));
            assertEquals(0, tryToAllocate(one));
        }
    }

    private AllocationId idOf(TestClient client) throws Exception {
        return sessions().stream()
                .filter(session -> session.client().port() == client.wire().local().port())
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void knowsNoSessionOfAShardThatThereIsNot() throws Exception {
        assertFalse(done(server.oversight().end(new AllocationId(99, 1))));
        assertNull(done(server.oversight().session(new AllocationId(99, 1))));
    }

    @Test
    void aRevokedUserLosesItsSessionsAndGetsNoOthers() throws Exception {
        try (TestClient alice = client();
                TestClient bob = client(0, "bob")) {
            alice.allocate();
            bob.allocate();

            assertEquals(1, done(server.oversight().revokeUser(TestSettings.USER)));

            assertEquals(1, sessions().size());
            assertEquals(401, refresh(alice));
            assertEquals(401, tryToAllocate(alice));
            assertEquals(0, refresh(bob));
            assertTrue(server.oversight().restoreUser(TestSettings.USER));
            assertEquals(0, tryToAllocate(alice));
        }
    }

    @Test
    void revokesTimeLimitedNamesByTheirUserId() throws Exception {
        try (TestClient one = client(0, "carol");
                TestClient two = client(1, "carol");
                TestClient other = client(0, "carola")) {
            one.allocate();
            two.allocate();
            other.allocate();
            assertEquals(2, done(server.oversight().revokeUser("carol")));
            assertEquals(List.of(401, 401, 0), List.of(refresh(one), refresh(two), refresh(other)));
        }
    }

    @Test
    void aRevokedSecretTakesItsUsersWithIt() throws Exception {
        try (TestClient one = client(0, "carol");
                TestClient two = client(1, "carol");
                TestClient alice = client()) {
            one.allocate();
            two.allocate();
            alice.allocate();
            List<Oversight.SecretStatus> secrets = server.oversight().secrets();
            String first = secrets.getFirst().fingerprint();
            assertFalse(secrets.toString().contains("secret-of"), secrets::toString);

            assertEquals(1, done(server.oversight().revokeSecret(first)));

            assertEquals(
                    List.of(true, false),
                    server.oversight().secrets().stream()
                            .map(Oversight.SecretStatus::isRevoked)
                            .toList());
            assertEquals(List.of(401, 0, 0), List.of(refresh(one), refresh(two), refresh(alice)));
            assertTrue(server.oversight().restoreSecret(first));
            assertEquals(0, tryToAllocate(one));
        }
    }

    @Test
    void takesClientsAgainAfterADrainThatWasUndone() throws Exception {
        server.drain();
        server.drained().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertTrue(server.isDraining());
        server.undrain();
        assertFalse(server.isDraining());
        try (TestClient client = client()) {
            client.allocate();
            server.drain();
            assertFalse(server.drained().toCompletableFuture().isDone());
            client.request(StunMethod.REFRESH, new Lifetime(0));
            server.drained().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }
}

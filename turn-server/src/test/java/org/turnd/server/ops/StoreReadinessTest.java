package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.auth.StoredUsers;
import org.turnd.server.auth.WebService;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.config.StoresSettings;
import org.turnd.server.config.WebhookSettings;
import org.turnd.server.engine.UserAnswer;
import org.turnd.server.engine.UserQuery;
import org.turnd.server.net.Eventually;
import org.turnd.server.net.TestSettings;

/// A web service with users that is down, and comes back.
@Timeout(60)
class StoreReadinessTest {
    private static final Duration NONCE = Duration.ofMinutes(10);

    @SuppressWarnings("NullAway.Init") // opened before each test
    private WebService service;

    @BeforeEach
    void open() throws Exception {
        service = new WebService(null);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Auth auth(List<Secret> secrets, Switch notReadyWhenDead) {
        var webhook = new WebhookSettings(service.url("/users"), new Secret("a-token"), null);
        var bounds = StoresSettings.Bounds.USUAL;
        return new Auth(secrets, List.of(), NONCE)
                .with(
                        new StoresSettings(
                                bounds, notReadyWhenDead, null, null, null, null, webhook));
    }

    private static StoredUsers users(Auth auth) throws Exception {
        ServerSettings settings = new TestSettings().auth(given -> auth).build();
        StoredUsers users = StoredUsers.open(settings, InstantSource.system());
        assertNotNull(users);
        return users;
    }

    private void kill(StoredUsers users) throws Exception {
        service.answer = exchange -> WebService.send(exchange, 500, "");
        for (int i = 0; !users.stores().getFirst().isDead(); i++) {
            assertTrue(i < 100, "it doesn't die");
            var answer = new CompletableFuture<UserAnswer>();
            users.ask(UserQuery.byName("user" + i, TestSettings.REALM), answer::complete);
            answer.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aDeadStoreDegradesAServerThatStaysReady() throws Exception {
        Auth auth = auth(List.of(), Switch.OFF);
        try (StoredUsers users = users(auth)) {
            OpsPages pages = pages(users, auth);
            assertEquals("ready\n", page(pages, 200));
            kill(users);
            String degraded = page(pages, 200);
            assertTrue(degraded.startsWith("ready\ndegraded: store webhook: "), degraded);
            assertTrue(degraded.contains("500"), degraded);

            service.answer = exchange -> WebService.send(exchange, 404, "");
            Eventually.holds(() -> !users.stores().getFirst().isDead());
            assertEquals("ready\n", page(pages, 200), "though no client has come meanwhile");
        }
    }

    @Test
    void aServerThatCouldLetNobodyInIsNotReadyWhereItIsWanted() throws Exception {
        Auth auth = auth(List.of(), Switch.ON);
        try (StoredUsers users = users(auth)) {
            OpsPages pages = pages(users, auth);
            kill(users);
            String text = page(pages, 503);
            assertTrue(text.startsWith("not ready: user stores\ndegraded: store webhook: "), text);

            service.answer = exchange -> WebService.send(exchange, 404, "");
            Eventually.holds(() -> !users.knowNobody());
            assertEquals("ready\n", page(pages, 200));
        }
    }

    @Test
    void aServerWithOtherSecretsStaysReady() throws Exception {
        Auth auth = auth(List.of(new Secret("k3Jz8vQ1xW5nB7mT2rYp")), Switch.ON);
        try (StoredUsers users = users(auth)) {
            OpsPages pages = pages(users, auth);
            kill(users);
            assertTrue(page(pages, 200).startsWith("ready\ndegraded: "));
        }
    }

    private static OpsPages pages(StoredUsers users, Auth auth) {
        var readiness = new Readiness(List.of());
        var stores = new StoreReadiness(users, auth);
        readiness.ask(stores::missing, stores::degraded);
        return new OpsPages(new Metrics("1"), readiness, new Liveness());
    }

    private static String page(OpsPages pages, int status) {
        OpsPages.Page page = pages.page("/readyz", null);
        assertEquals(status, page.status(), page.body());
        return page.body();
    }
}

package org.turnd.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.admin.AdminFixture.APPLICATION_TOKEN;
import static org.turnd.server.admin.AdminFixture.PER_MINUTE;
import static org.turnd.server.admin.AdminFixture.TOKEN;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.admin.AdminFixture.Answer;
import org.turnd.server.net.TestClient;
import org.turnd.server.net.TestSettings;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// What the admin API does, with real clients of a real server.
@Timeout(60)
class AdminApiTest {
    @TempDir Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private AdminFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new AdminFixture(directory);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static int refresh(TestClient client) throws Exception {
        return code(client.request(StunMethod.REFRESH, new Lifetime(600)));
    }

    private static int tryToAllocate(TestClient client) throws Exception {
        return code(
                client.request(
                        StunMethod.ALLOCATE, new RequestedTransport(RequestedTransport.UDP)));
    }

    private static int code(StunMessage answer) {
        ErrorCode error = answer.first(ErrorCode.class);
        return error == null ? 0 : error.code();
    }

    private List<JsonObject> sessions(String query) throws Exception {
        Answer answer = fixture.get("/v1/sessions" + query);
        assertEquals(200, answer.status(), answer::body);
        List<JsonObject> sessions = new ArrayList<>();
        answer.json()
                .getAsJsonArray("sessions")
                .forEach(one -> sessions.add(one.getAsJsonObject()));
        return sessions;
    }

    @Test
    void listsFiltersAndShowsSessions() throws Exception {
        try (TestClient alice = fixture.client();
                TestClient other = fixture.client()) {
            TransportAddress relayed = alice.allocate();
            other.allocate();
            int port = alice.wire().local().port();

            JsonObject session = sessions("?relayed=" + relayed).getFirst();

            assertEquals(2, sessions("").size());
            assertEquals(2, sessions("?user=alice&transport=udp").size());
            assertEquals(1, sessions("?limit=1").size());
            assertEquals(1, sessions("?client=127.0.0.1:" + port).size());
            assertEquals(2, sessions("?client=127.0.0.1").size());
            assertEquals(0, sessions("?user=bob").size());
            assertEquals(0, sessions("?transport=tls").size());
            assertMembers(ApiTypes.SESSION, session);
            assertEquals("127.0.0.1:" + port, session.get("client").getAsString());
            Answer shown = fixture.get("/v1/sessions/" + session.get("id").getAsString());
            assertMembers(ApiTypes.SESSION_DETAILS, shown.json());
            assertEquals(session.get("id"), shown.json().getAsJsonObject("session").get("id"));
            assertEquals(400, fixture.get("/v1/sessions?transport=sctp").status());
            assertEquals(400, fixture.get("/v1/sessions?limit=0").status());
            assertEquals(400, fixture.get("/v1/sessions?limit=1&limit=2").status());
            assertEquals(400, fixture.get("/v1/sessions?nobody=1").status());
            assertEquals(404, fixture.get("/v1/sessions/0-999").status());
            assertEquals(404, fixture.get("/v1/sessions/nonsense").status());
        }
    }

    @Test
    void endsASessionThatThenIsGone() throws Exception {
        try (TestClient alice = fixture.client()) {
            alice.allocate();
            String id = sessions("").getFirst().get("id").getAsString();
            assertEquals(204, fixture.ask("DELETE", "/v1/sessions/" + id, "").status());
            assertEquals(404, fixture.ask("DELETE", "/v1/sessions/" + id, "").status());
            assertEquals(437, refresh(alice));
            assertEquals(0, tryToAllocate(alice));
        }
    }

    @Test
    void revokesAndRestoresAUser() throws Exception {
        try (TestClient alice = fixture.client()) {
            alice.allocate();
            Answer revoked = fixture.ask("PUT", "/v1/users/alice/revocation", "");
            assertMembers(ApiTypes.REVOCATION, revoked.json());
            assertEquals(1, revoked.json().get("ended_sessions").getAsInt());
            assertEquals(401, refresh(alice));
            JsonObject user =
                    fixture.get("/v1/users")
                            .json()
                            .getAsJsonArray("users")
                            .get(0)
                            .getAsJsonObject();
            assertMembers(ApiTypes.USER, user);
            assertTrue(user.get("revoked").getAsBoolean());
            assertEquals(204, fixture.ask("DELETE", "/v1/users/alice/revocation", "").status());
            assertEquals(404, fixture.ask("DELETE", "/v1/users/alice/revocation", "").status());
            assertEquals(0, tryToAllocate(alice));
        }
    }

    @Test
    void takesAnyUserNameInAPath() throws Exception {
        assertEquals(200, fixture.ask("PUT", "/v1/users/a%2Fb%20+%C3%BC/revocation", "").status());
        JsonArray users = fixture.get("/v1/users").json().getAsJsonArray("users");
        assertTrue(
                users.asList().stream()
                        .anyMatch(user ->
                                user.getAsJsonObject()
                                        .get("name")
                                        .getAsString()
                                        .equals("a/b +\u00FC")));
        assertEquals(400, fixture.ask("PUT", "/v1/users/%zz/revocation", "").status());
        assertEquals(
                400,
                fixture.ask("PUT", "/v1/users/" + "a".repeat(509) + "/revocation", "").status());
    }

    @Test
    void credentialsItIssuesReallyAllocate() throws Exception {
        Answer issued = application("{\"user\":\"carol\",\"ttl\":600}");
        JsonObject credentials = issued.json();
        assertMembers(ApiTypes.CREDENTIALS, credentials);
        JsonObject iceServer = credentials.getAsJsonArray("iceServers").get(0).getAsJsonObject();
        assertMembers(ApiTypes.ICE_SERVER, iceServer);
        assertEquals(600, credentials.get("ttl").getAsInt());
        try (TestClient carol =
                fixture.client()
                        .as(
                                iceServer.get("username").getAsString(),
                                iceServer.get("credential").getAsString())) {
            carol.allocate();
            assertEquals(1, sessions("?user=carol").size());
        }
        assertEquals(200, application("").status());
        assertEquals(400, application("{\"ttl\":7201}").status());
        assertEquals(400, application("{\"ttl\":\"600\"}").status());
        assertEquals(400, application("{\"user\":7}").status());
    }

    @Test
    void issuesNothingForTheRevoked() throws Exception {
        fixture.ask("PUT", "/v1/users/carol/revocation", "");
        assertEquals(403, application("{\"user\":\"carol\"}").status());
        JsonArray secrets = fixture.get("/v1/secrets").json().getAsJsonArray("secrets");
        assertMembers(ApiTypes.SECRET, secrets.get(0).getAsJsonObject());
        assertFalse(secrets.toString().contains("secret-of"), secrets::toString);
        for (JsonElement secret : secrets) {
            String path =
                    "/v1/secrets/%s/revocation"
                            .formatted(secret.getAsJsonObject().get("fingerprint").getAsString());
            assertEquals(200, fixture.ask("PUT", path, "").status());
        }
        assertEquals(503, application("").status());
        assertEquals(404, fixture.ask("PUT", "/v1/secrets/0123/revocation", "").status());
    }

    @Test
    void issuesNothingWhileAReloadTakesSecretsAway() throws Exception {
        JsonArray secrets = fixture.get("/v1/secrets").json().getAsJsonArray("secrets");
        String first = secrets.get(0).getAsJsonObject().get("fingerprint").getAsString();
        fixture.ask("PUT", "/v1/secrets/" + first + "/revocation", "");
        // The server knows two still, the settings that the daemon shows have the first alone.
        fixture.daemon.settings = AdminFixture.settings(List.of(AdminFixture.SECRET));
        assertEquals(503, application("").status());
    }

    private Answer application(String body) throws Exception {
        return fixture.ask(
                "POST", "/v1/credentials", body, "Authorization: Bearer " + APPLICATION_TOKEN);
    }

    @Test
    void anApplicationGetsNoMoreThanItsShareAMinute() throws Exception {
        for (int i = 0; i < PER_MINUTE; i++) {
            assertEquals(200, application("").status());
        }
        Answer tooMany = application("");
        assertEquals(429, tooMany.status());
        assertTrue(tooMany.head().contains("retry-after: 60"), tooMany::head);
        assertEquals(200, fixture.ask("POST", "/v1/credentials", "").status());
        fixture.nanos.addAndGet(60_000_000_000L / PER_MINUTE);
        assertEquals(200, application("").status());
    }

    @Test
    void anApplicationsTokenIsGoodForNothingElse() throws Exception {
        String header = "Authorization: Bearer " + APPLICATION_TOKEN;
        for (Route route : routes()) {
            if (!route.forApplications()) {
                Answer answer =
                        fixture.ask(
                                route.method(), route.path().replaceAll("[{}]", ""), "", header);
                assertEquals(403, answer.status(), route.operation());
            }
        }
    }

    @Test
    void healthTellsWhatDoesNotWork() throws Exception {
        fixture.daemon.stuck = List.of("shard 1 has not turned for 12 s");
        fixture.daemon.degraded = List.of("store redis: no answer");

        JsonObject health = fixture.get("/v1/health").json();

        assertMembers(ApiTypes.HEALTH, health);
        assertEquals(
                "shard 1 has not turned for 12 s",
                health.getAsJsonArray("stuck").get(0).getAsString());
        assertEquals(
                "store redis: no answer", health.getAsJsonArray("degraded").get(0).getAsString());
        assertTrue(health.get("ready").getAsBoolean());
    }

    @Test
    void drainsAndUndrains() throws Exception {
        try (TestClient alice = fixture.client();
                TestClient late = fixture.client()) {
            alice.allocate();
            Answer draining = fixture.ask("PUT", "/v1/drain", "");
            assertMembers(ApiTypes.DRAIN, draining.json());
            assertTrue(draining.json().get("draining").getAsBoolean());
            assertEquals(403, tryToAllocate(late));
            assertEquals(0, refresh(alice));
            JsonObject health = fixture.get("/v1/health").json();
            assertMembers(ApiTypes.HEALTH, health);
            assertFalse(health.get("ready").getAsBoolean());
            assertEquals(204, fixture.ask("DELETE", "/v1/drain", "").status());
            assertFalse(fixture.get("/v1/drain").json().get("draining").getAsBoolean());
            assertEquals(0, tryToAllocate(late));
        }
    }

    @Test
    void changesTheLogLevelShowsTheConfigurationAndReloads() throws Exception {
        assertEquals("info", fixture.get("/v1/log-level").json().get("level").getAsString());
        assertEquals(
                "debug",
                fixture.ask("PUT", "/v1/log-level", "{\"level\":\"debug\"}")
                        .json()
                        .get("level")
                        .getAsString());
        assertEquals(400, fixture.ask("PUT", "/v1/log-level", "{\"level\":\"all\"}").status());
        assertEquals(400, fixture.ask("PUT", "/v1/log-level", "").status());
        JsonArray settings = fixture.get("/v1/config").json().getAsJsonArray("settings");
        assertMembers(ApiTypes.SETTING, settings.get(0).getAsJsonObject());
        JsonObject reload = fixture.ask("POST", "/v1/reload", "").json();
        assertMembers(ApiTypes.RELOAD, reload);
        assertEquals(List.of("reload"), fixture.daemon.calls);
    }

    @Test
    void refusesWhatItDoesNotKnow() throws Exception {
        assertEquals(404, fixture.get("/v1/").status());
        assertEquals(404, fixture.get("/v1/sessions/0-1/x").status());
        assertEquals(405, fixture.ask("DELETE", "/v1/sessions", "").status());
        for (String body :
                List.of(
                        "{\"lvl\":1}",
                        "[]",
                        "{} {}",
                        "{\"level\":",
                        "nonsense",
                        "{'level':'info'}")) {
            Answer answer = fixture.ask("PUT", "/v1/log-level", body);
            assertEquals(400, answer.status(), body);
            assertMembers(ApiTypes.PROBLEM, answer.json());
            assertTrue(answer.head().contains("application/problem+json"), answer::head);
        }
        assertEquals(400, fixture.ask("PUT", "/v1/drain", "{\"now\":true}").status());
    }

    @Test
    void theSocketNeedsNoToken() throws Exception {
        assertEquals(200, fixture.rawUnix(AdminFixture.request("GET", "/v1/health", "")).status());
        assertEquals(401, fixture.ask("GET", "/v1/health", "", "X-Nothing: 1").status());
        assertEquals(
                401,
                fixture.ask("GET", "/v1/health", "", "Authorization: Bearer " + TOKEN + "x")
                        .status());
    }

    @Test
    void theDocumentOfTheApiListsEveryRoute() throws Exception {
        JsonObject document = fixture.ask("GET", "/openapi.json", "", "X-Nothing: 1").json();
        Set<String> documented = new TreeSet<>();
        JsonObject paths = document.getAsJsonObject("paths");
        for (String path : paths.keySet()) {
            for (String method : paths.getAsJsonObject(path).keySet()) {
                documented.add(method.toUpperCase(Locale.ROOT) + " " + path);
            }
        }
        Set<String> there = new TreeSet<>();
        routes().forEach(route -> there.add(route.method() + " " + route.path()));
        assertEquals(there, documented);
        assertEquals(TestSettings.REALM, fixture.daemon.settings().realm());
    }

    private List<Route> routes() {
        return AdminPagesTest.routes(fixture.daemon);
    }

    /// An answer has every member that its type requires, and none that the type doesn't know.
    private static void assertMembers(ApiType type, JsonObject json) {
        for (ApiType.Field field : type.fields()) {
            assertTrue(
                    field.isOptional() || json.has(field.name()),
                    () -> type.name() + " lacks " + field.name() + ": " + json);
        }
        for (String name : json.keySet()) {
            assertTrue(
                    type.fields().stream().anyMatch(field -> field.name().equals(name)),
                    () -> type.name() + " has no " + name);
        }
    }
}

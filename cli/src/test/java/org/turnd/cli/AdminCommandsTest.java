package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import picocli.CommandLine;

/// The commands that ask a running server, against the daemon as a process of its own.
@Timeout(90)
class AdminCommandsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final String APPLICATION_TOKEN = "an-applications-token-0815";

    @TempDir private static Path home;

    private static TurndProcess server;
    private static int turnPort;
    private static int adminPort;
    private static Path file;

    private record Result(int code, String out, String err) {
        JsonObject json() {
            return JsonParser.parseString(out).getAsJsonObject();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        try (var turn = new DatagramSocket(0, LOOPBACK);
                var admin = new ServerSocket(0, 1, LOOPBACK)) {
            turnPort = turn.getLocalPort();
            adminPort = admin.getLocalPort();
        }
        file = home.resolve("turnd.conf");
        Files.writeString(
                file,
                """
                listeners { udp = ["127.0.0.1:%d"], tcp = [] }
                relay { ipv4 = "127.0.0.1", min-port = 20000, max-port = 20999 }
                auth.secret = "a-secret-of-this-test-4711"
                http.address = none
                admin {
                  listen = ["127.0.0.1:%d", "unix:%s"]
                  token = "the-operators-token-1234"
                  application-tokens = ["%s"]
                }
                """
                        .formatted(turnPort, adminPort, home.resolve("a.sock"), APPLICATION_TOKEN));
        server = TurndProcess.start(home, Map.of(), "run", "-c", file.toString());
        server.awaitText("\"event\":\"ready\"");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Result turnd(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine line =
                Turnd.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        return new Result(code, out.toString(), err.toString());
    }

    /// A command for the server of this test, which it finds by its configuration.
    private static Result ask(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "-c";
        all[arguments.length + 1] = file.toString();
        Result result = turnd(all);
        assertEquals(0, result.code(), result.err());
        return result;
    }

    /// A client with credentials of the kind that an application gets.
    private static TurnClient client(String user) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + adminPort + "/v1/credentials"))
                        .version(HttpClient.Version.HTTP_1_1)
                        .header("Authorization", "Bearer " + APPLICATION_TOKEN)
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"user\":\"%s\"}".formatted(user)))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            JsonObject json = JsonParser.parseString(answer.body()).getAsJsonObject();
            assertEquals(
                    "turn:127.0.0.1:" + turnPort + "?transport=udp",
                    json.getAsJsonArray("uris").get(0).getAsString());
            var credential =
                    new LongTermCredential(
                            json.get("username").getAsString(), json.get("password").getAsString());
            return TurnClient.connect(
                    Endpoint.of(Carrier.UDP, LOOPBACK, turnPort), ClientOptions.of(credential));
        }
    }

    @Test
    void listsShowsAndEndsSessions() throws Exception {
        try (TurnClient client = client("alice")) {
            client.allocate(null);
            JsonObject listed = ask("sessions", "--user", "alice", "--json").json();
            String id =
                    listed.getAsJsonArray("sessions")
                            .get(0)
                            .getAsJsonObject()
                            .get("id")
                            .getAsString();
            assertTrue(ask("sessions", "list", "--user=alice").out().contains(id + " "));
            assertTrue(ask("sessions", "show", id).out().contains(":alice"));
            assertEquals("ended 1\n", ask("sessions", "kill", id).out());
            server.awaitText(
                    "\"event\":\"admin_request\",\"by\":\"operator\",\"method\":\"DELETE\"");
            assertThrows(TurnFailure.class, () -> client.refresh(600));
            Result again = turnd("sessions", "kill", id, "-c", file.toString());
            assertEquals(1, again.code());
            assertTrue(again.err().contains("there is no session " + id), again.err());
        }
    }

    @Test
    void endsAllSessionsOfAUser() throws Exception {
        try (TurnClient one = client("erin");
                TurnClient two = client("erin")) {
            one.allocate(null);
            two.allocate(null);
            assertEquals("ended 2\n", ask("sessions", "kill", "--user", "erin").out());
            assertEquals("ended 0\n", ask("sessions", "kill", "--user", "erin").out());
        }
    }

    @Test
    void revokesAndRestoresUsersAndSecrets() throws Exception {
        try (TurnClient client = client("bob")) {
            client.allocate(null);
            assertEquals("revoked; ended 1\n", ask("users", "revoke", "bob").out());
            assertTrue(ask("users").out().contains("revoked"));
            assertThrows(TurnFailure.class, () -> client.allocate(null));
            assertEquals("restored\n", ask("users", "restore", "bob").out());
            assertEquals(1, turnd("users", "restore", "bob", "-c", file.toString()).code());
        }
        Result secrets = ask("secrets");
        assertFalse(secrets.out().contains("4711"), secrets.out());
        String fingerprint =
                ask("secrets", "--json")
                        .json()
                        .getAsJsonArray("secrets")
                        .get(0)
                        .getAsJsonObject()
                        .get("fingerprint")
                        .getAsString();
        try (TurnClient client = client("carol")) {
            client.allocate(null);
            assertTrue(ask("secrets", "revoke", fingerprint).out().startsWith("revoked; ended"));
            assertThrows(TurnFailure.class, () -> client.refresh(600));
            assertEquals("restored\n", ask("secrets", "restore", fingerprint).out());
        }
    }

    @Test
    void drainsAndUndrainsWithoutAnEnd() throws Exception {
        assertTrue(ask("drain").out().startsWith("draining; "));
        try (TurnClient client = client("dave")) {
            assertThrows(TurnFailure.class, () -> client.allocate(null));
            assertEquals("not draining\n", ask("undrain").out());
            client.allocate(null);
        } finally {
            ask("undrain");
        }
    }

    @Test
    void changesTheLogLevelAndShowsTheConfiguration() {
        assertEquals("info\n", ask("log-level").out());
        assertEquals("debug\n", ask("log-level", "debug").out());
        assertEquals("info\n", ask("log-level", "info").out());
        String effective = ask("config", "effective").out();
        assertTrue(effective.contains("relay.min-port = 20000"), effective);
        assertFalse(effective.contains("4711") || effective.contains("1234"), effective);
    }

    @Test
    void reloadsWhatIsGoodAndSaysWhatIsNot() throws Exception {
        String good = Files.readString(file);
        try {
            Files.writeString(file, good + "drain-timeout = 7s\nrelay.max-port = 20998\n");
            String taken = ask("reload").out();
            assertTrue(taken.contains("changed: drain-timeout"), taken);
            assertTrue(taken.contains("needs a restart: relay.max-port"), taken);
            String effective = ask("config", "effective").out();
            assertTrue(effective.contains("drain-timeout = 7s"), effective);
            assertTrue(effective.contains("relay.max-port = 20999"), effective);
            Files.writeString(file, good + "drain-timeout = never\n");
            Result refused =
                    turnd("reload", "--admin", "unix:" + home.resolve("a.sock").toString());
            assertEquals(78, refused.code());
            assertTrue(refused.out().contains("drain-timeout: found never"), refused.out());
        } finally {
            Files.writeString(file, good);
            ask("reload");
        }
    }

    @Test
    void showsTrafficOnce() throws Exception {
        try (TurnClient client = client("frank")) {
            client.allocate(null);
            Result top = ask("top", "--once", "--interval", "0.1", "--sort", "age");
            assertTrue(top.out().contains("sessions") && top.out().contains(":frank"), top.out());
            assertTrue(
                    ask("top", "--json", "--interval=0.1", "--user=frank").json().has("sessions"));
        }
    }

    @Test
    void asksAtAnAddressWithTheTokenOfTheConfiguration() throws Exception {
        Path copy = home.resolve("tcp.conf");
        Files.writeString(copy, Files.readString(file).replaceAll(", \"unix:[^\"]+\"", ""));
        assertEquals(0, turnd("sessions", "-c", copy.toString()).code());
        Result stranger = turnd("sessions", "--admin", "127.0.0.1:" + adminPort);
        assertEquals(1, stranger.code());
        assertTrue(stranger.err().contains("Bearer"), stranger.err());
        assertFalse(server.err().contains("operators-token"), server::err);
    }

    @Test
    void saysWhatIsWrong() {
        Result nobody = turnd("sessions", "--admin", "unix:" + home.resolve("nobody.sock"));
        assertEquals(1, nobody.code());
        assertTrue(nobody.err().contains("no answer from unix:"), nobody.err());
        Result far = turnd("sessions", "--admin", "192.0.2.1:80");
        assertEquals(1, far.code());
        assertTrue(far.err().contains("SSH tunnel"), far.err());
        assertEquals(2, turnd("sessions", "kill").code());
        assertEquals(2, turnd("top", "--sort", "colour").code());
        assertEquals(2, turnd("top", "--interval", "0", "-c", file.toString()).code());
    }
}

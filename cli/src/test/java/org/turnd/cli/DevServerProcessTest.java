package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;

@EnabledOnOs(OS.LINUX)
class DevServerProcessTest {
    private static final String OPEN = "Check it with:";

    @TempDir private Path home;

    @Test
    void servesWithWhatItPrintsAndDrainsAtTheFirstSignal() throws Exception {
        try (TurndProcess server = TurndProcess.start(home, Map.of(), "run", "--dev")) {
            server.awaitText(OPEN);
            ClientOptions options = ClientOptions.of(credential(server.out()));
            Endpoint endpoint = endpoint(server.out());
            assertEquals(200, get(server, "/readyz").statusCode());

            try (TurnClient client = TurnClient.connect(endpoint, options)) {
                client.allocate(null);
                assertTrue(get(server, "/metrics").body().contains("\nturnd_allocations 1.0\n"));
                server.signal("TERM");
                server.awaitText("draining");

                HttpResponse<String> notReady = get(server, "/readyz");
                assertEquals(503, notReady.statusCode());
                assertEquals("not ready: draining\n", notReady.body());
                try (TurnClient late = TurnClient.connect(endpoint, options)) {
                    assertThrows(TurnFailure.class, () -> late.allocate(null));
                }
                assertTrue(server.isAlive());
                client.refresh(0);
            }

            assertEquals(0, server.awaitExit(), server.err());
            assertTrue(server.err().contains("last allocation ended"), server.err());
        }
    }

    @Test
    void endsAtOnceAtTheSecondSignal() throws Exception {
        try (TurndProcess server = TurndProcess.start(home, Map.of(), "run", "--dev")) {
            server.awaitText(OPEN);
            ClientOptions options = ClientOptions.of(credential(server.out()));
            try (TurnClient client = TurnClient.connect(endpoint(server.out()), options)) {
                client.allocate(null);
                server.signal("INT");
                server.awaitText("draining");
                server.signal("TERM");

                assertEquals(0, server.awaitExit(), server.err());
            }
            assertTrue(server.err().contains("second signal"), server.err());
        }
    }

    @Test
    void keepsItsSecretForItself() throws Exception {
        try (TurndProcess server = TurndProcess.start(home, Map.of(), "run", "--dev")) {
            server.awaitText(OPEN);
            Path secret = home.resolve("turnd").resolve("dev-secret");
            Path key = home.resolve("turnd").resolve("dev-key.pem");

            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
            assertEquals(
                    "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
            String text = Files.readString(secret).strip();
            assertTrue(!server.out().contains(text) && !server.err().contains(text));
            assertTrue(server.out().contains("DEVELOPMENT SERVER"), server.out());
        }
    }

    @Test
    void credentialsOfTheCommandAreGoodForTheServerAcrossItsStarts() throws Exception {
        TurndProcess issued;
        try (TurndProcess server = TurndProcess.start(home, Map.of(), "run", "--dev")) {
            server.awaitText(OPEN);
            issued = TurndProcess.run(home, "credentials", "--dev", "--user", "bob", "--ttl", "5m");
        }
        try (TurndProcess server = TurndProcess.start(home, Map.of(), "run", "--dev")) {
            server.awaitText(OPEN);
            LongTermCredential credential = credential(issued.out());

            assertTrue(credential.username().endsWith(":bob"), credential.username());
            assertNotEquals(credential, credential(server.out()));
            var options = ClientOptions.of(credential);
            try (TurnClient client = TurnClient.connect(endpoint(server.out()), options)) {
                assertTrue(client.allocate(null).lifetimeSeconds() > 0);
            }
        }
    }

    @Test
    void tellsTheServiceManagerWhenItIsReadyAndWhenItStops() throws Exception {
        Path socket = home.resolve("notify");
        try (var manager = new NotifyListener(socket);
                TurndProcess server =
                        TurndProcess.start(
                                home, Map.of("NOTIFY_SOCKET", socket.toString()), "run", "--dev")) {
            server.awaitText(OPEN);
            server.signal("TERM");
            assertEquals(0, server.awaitExit(), server.err());

            List<String> words = manager.words(2);
            assertTrue(words.get(0).startsWith("READY=1\nSTATUS="), words.get(0));
            assertTrue(words.get(1).startsWith("STOPPING=1\nEXTEND_TIMEOUT_USEC="), words.get(1));
        }
    }

    @Test
    void tellsTheServiceManagerThatItsLoopsTurn() throws Exception {
        Path socket = home.resolve("notify");
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", "400000");
        try (var manager = new NotifyListener(socket);
                TurndProcess server = TurndProcess.start(home, environment, "run", "--dev")) {
            server.awaitText(OPEN);

            List<String> words = manager.words(4);

            assertTrue(Collections.frequency(words, "WATCHDOG=1") >= 2, words::toString);
        }
    }

    private static LongTermCredential credential(String out) {
        Config server = iceServer(out);
        return new LongTermCredential(server.getString("username"), server.getString("credential"));
    }

    private static Endpoint endpoint(String out) {
        String url = iceServer(out).getStringList("urls").getFirst();
        Matcher matcher = Pattern.compile("turn:(.*):([0-9]+)\\?transport=udp").matcher(url);
        assertTrue(matcher.matches(), url);
        String host = matcher.group(1).replaceAll("[\\[\\]]", "");
        return Endpoint.of(
                Carrier.UDP, InetAddress.ofLiteral(host), Integer.parseInt(matcher.group(2)));
    }

    private static Config iceServer(String out) {
        int start = out.indexOf("\n{\n") + 1;
        String json = out.substring(start, out.indexOf("\n}\n", start) + 2);
        return ConfigFactory.parseString(json).getConfigList("iceServers").getFirst();
    }

    private static HttpResponse<String> get(TurndProcess server, String path) throws Exception {
        Matcher address = Pattern.compile("http address=\"([^\"]+)\"").matcher(server.err());
        assertTrue(address.find(), server.err());
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://" + address.group(1) + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}

package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;

/// A daemon of its own process, whose configuration changes while it runs.
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class ReloadProcessTest {
    private static final LongTermCredential ALICE =
            new LongTermCredential("alice", "correct horse battery");
    private static final LongTermCredential BOB =
            new LongTermCredential("bob", "staple battery horse");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path home;

    @SuppressWarnings("NullAway.Init") // made before each test
    private Path file;

    @BeforeEach
    void writeConfiguration() throws IOException {
        file = home.resolve("turnd.conf");
        write(user(ALICE));
    }

    private void write(String... lines) throws IOException {
        Files.writeString(
                file,
                """
                listeners { udp = "127.0.0.1:0", tcp = "127.0.0.1:0" }
                relay { ipv4 = "127.0.0.1", ipv6 = none }
                http.address = "127.0.0.1:0"
                log.format = text
                peers.allow = "127.0.0.0/8"
                """
                        + String.join("\n", lines)
                        + "\n");
    }

    private static String user(LongTermCredential user) {
        return "auth.users += { name = %s, password = \"%s\" }"
                .formatted(user.username(), user.password());
    }

    private TurndProcess start(Map<String, String> environment) throws Exception {
        TurndProcess server = TurndProcess.start(home, environment, "run", "-c", file.toString());
        server.awaitText("INFO  ready");
        return server;
    }

    @Test
    void sighupTakesWhatIsGoodAndKeepsTheOldWhereSomethingIsWrong() throws Exception {
        try (TurndProcess server = start(Map.of());
                TurnClient alice = connect(server, ALICE);
                TurnClient bob = connect(server, BOB)) {
            alice.allocate(null);
            assertThrows(TurnFailure.class, () -> bob.allocate(null));
            assertTrue(metrics(server).contains("\nturnd_config_last_reload_successful 1.0\n"));

            write(user(ALICE), user(BOB), "log.level = debug", "shards = 1");
            server.signal("HUP");
            server.awaitText("reloaded trigger=\"SIGHUP\" changed=\"auth.users log.level\"");
            server.awaitText("needs_restart=\"shards\"");
            bob.allocate(null);
            // A line of the level that is written since.
            server.awaitText("allocation_created");
            alice.refresh(600);

            // Half a file, as an editor leaves it for a moment.
            Files.writeString(file, "listeners { udp = \"127.0.0.1:0\"\nauth {\n");
            server.signal("HUP");
            server.awaitText("reload_failed");
            assertTrue(server.err().contains(file + ":"), server.err());
            assertTrue(
                    metrics(server).contains("\nturnd_config_last_reload_successful 0.0\n"),
                    metrics(server));

            write(user(ALICE), "limits.allocatoins = 5", "peers.deny = \"nowhere\"");
            server.signal("HUP");
            server.awaitText("limits.allocatoins");
            Matcher failure =
                    Pattern.compile("reload_failed .*limits.allocatoins.*").matcher(server.err());
            assertTrue(failure.find(), server.err());
            assertTrue(failure.group().contains(file + ":7: "), failure.group());
            assertTrue(failure.group().contains(file + ":8: peers.deny"), failure.group());
            assertTrue(failure.group().contains("fix: "), failure.group());
            bob.refresh(600);

            write(user(ALICE));
            server.signal("HUP");
            server.awaitText("changed=\"auth.users log.level\" needs_restart=\"\"");
            alice.refresh(600);
            assertThrows(TurnFailure.class, () -> bob.refresh(600));
            String metrics = metrics(server);
            assertTrue(metrics.contains("\nturnd_config_reloads_total{outcome=\"failure\"} 2.0\n"));
            assertTrue(metrics.contains("\nturnd_config_reloads_total{outcome=\"success\"} 2.0\n"));
            assertTrue(metrics.contains("\nturnd_config_last_reload_successful 1.0\n"));
            assertFalse(server.err().contains(ALICE.password()), "a password in the log");
        }
    }

    @Test
    void aWatchReloadsWhatAnIncludedFileHoldsByItself() throws Exception {
        Path users = home.resolve("users.conf");
        Files.writeString(users, user(ALICE) + "\n");
        write("include \"users.conf\"", "reload.watch = on");
        try (TurndProcess server = start(Map.of());
                TurnClient bob = connect(server, BOB)) {
            server.awaitText("watching");
            assertThrows(TurnFailure.class, () -> bob.allocate(null));
            Path next = Files.writeString(home.resolve("next"), user(ALICE) + "\n" + user(BOB));
            Files.move(next, users, StandardCopyOption.ATOMIC_MOVE);
            server.awaitText("reloaded trigger=\"watch\" changed=\"auth.users\"");
            bob.allocate(null);

            write("include \"users.conf\"", "reload.watch = off", "limits.allocations = nine");
            server.awaitText("reload_failed trigger=\"watch\"");
            write("include \"users.conf\"", "reload.watch = off");
            server.awaitText("needs_restart=\"reload.watch\"");
            bob.refresh(600);
        }
    }

    @Test
    void aDevelopmentServerSaysThatThereIsNothingToRead() throws Exception {
        try (TurndProcess server = TurndProcess.start(home, Map.of(), "run", "--dev")) {
            server.awaitText("Check it with:");
            server.signal("HUP");
            server.awaitText("started with --dev has no configuration to read again");
            assertTrue(server.isAlive());
        }
    }

    @Test
    void theServiceManagerHearsOfAReload() throws Exception {
        Path socket = home.resolve("notify");
        try (var manager = new NotifyListener(socket);
                TurndProcess server = start(Map.of("NOTIFY_SOCKET", socket.toString()))) {
            server.signal("HUP");
            List<String> words = manager.words(3);
            assertTrue(words.get(0).startsWith("READY=1\nSTATUS="), words.get(0));
            assertTrue(words.get(1).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+"), words.get(1));
            assertTrue(words.get(2).startsWith("READY=1\nSTATUS="), words.get(2));
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    private static TurnClient connect(TurndProcess server, LongTermCredential user)
            throws Exception {
        Matcher port =
                Pattern.compile("listening udp=\"127.0.0.1:([0-9]+)\"").matcher(server.err());
        assertTrue(port.find(), server.err());
        Endpoint endpoint =
                Endpoint.of(
                        Carrier.UDP,
                        InetAddress.ofLiteral("127.0.0.1"),
                        Integer.parseInt(port.group(1)));
        return TurnClient.connect(endpoint, ClientOptions.of(user));
    }

    private static String metrics(TurndProcess server) throws Exception {
        Matcher address = Pattern.compile("http address=\"([^\"]+)\"").matcher(server.err());
        assertTrue(address.find(), server.err());
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://" + address.group(1) + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}

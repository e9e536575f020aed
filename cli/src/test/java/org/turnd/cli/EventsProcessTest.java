package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
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

/// What a daemon tells of an allocation, in a file and to an HTTP server.
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class EventsProcessTest {
    @TempDir private Path home;

    @Test
    void tellsOfAnAllocationAndOfItsEndThatTheShutdownMade() throws Exception {
        List<String> bodies = new CopyOnWriteArrayList<>();
        HttpServer receiver = receiver(bodies);
        try {
            Path config = configuration(receiver.getAddress().getPort());
            try (var server = TurndProcess.start(home, Map.of(), "run", "-c", config.toString())) {
                server.awaitText("\"event\":\"ready\"");
                try (TurnClient client = client(port(server.err()))) {
                    client.allocate(null);
                    server.signal("TERM");
                    server.awaitText("draining");
                    server.signal("TERM");
                    assertEquals(0, server.awaitExit(), server.err());
                }
                // S-10: the log has no audit.
                assertFalse(server.err().contains("\"relayed\""), server.err());
            }
        } finally {
            receiver.stop(0);
        }
        List<Config> audited =
                Files.readAllLines(home.resolve("audit.json")).stream()
                        .map(EventsProcessTest::parsed)
                        .toList();
        List<Config> told = new ArrayList<>();
        for (String body : bodies) {
            told.addAll(parsed(body).getConfigList("data.events"));
        }
        assertEquals(audited, told);
        assertEquals(
                List.of("allocation_created", "allocation_ended"),
                audited.stream().map(event -> event.getString("event")).toList());
        assertEquals("server_stopped", audited.getLast().getString("reason"));
        assertEquals(audited.getFirst().getString("id"), audited.getLast().getString("id"));
    }

    private static HttpServer receiver(List<String> bodies) throws IOException {
        HttpServer receiver =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    bodies.add(new String(body, StandardCharsets.UTF_8));
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        receiver.start();
        return receiver;
    }

    private Path configuration(int webhookPort) throws IOException {
        return Files.writeString(
                home.resolve("turnd.conf"),
                """
                listeners { udp = ["127.0.0.1:0"], tcp = [] }
                relay { ipv4 = "127.0.0.1", ipv6 = none }
                auth { users = [ { name = alice, password = "wonder-land-77" } ] }
                http { address = none }
                shards = 1
                audit { path = audit.json }
                webhook {
                  url = "http://127.0.0.1:%d/turn-events"
                  secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
                }
                """
                        .formatted(webhookPort));
    }

    private static int port(String log) {
        String before = "\"udp\":\"127.0.0.1:";
        int begin = log.indexOf(before) + before.length();
        return Integer.parseInt(log.substring(begin, log.indexOf('"', begin)));
    }

    private static TurnClient client(int port) throws Exception {
        var endpoint = Endpoint.of(Carrier.UDP, InetAddress.getLoopbackAddress(), port);
        var credential = new LongTermCredential("alice", "wonder-land-77");
        return TurnClient.connect(endpoint, ClientOptions.of(credential));
    }

    private static Config parsed(String json) {
        return ConfigFactory.parseString(
                json, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    }
}

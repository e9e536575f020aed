package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.peers.lab.HostCommand;
import org.turnd.peers.lab.Namespace;

/// Independent clients find out how the NAT between them and turnd behaves, which isn't there:
/// coturn's for RFC 5780, and Debian's stun-client for RFC 3489.
@Timeout(90)
class DiscoveryClientsTest {
    private static final Namespace HOST =
            new Namespace("turnd-discovery-" + ProcessHandle.current().pid());
    private static final Pattern RESPONSE = Pattern.compile("RFC 5780 response");

    @TempDir static Path directory;

    @SuppressWarnings("NullAway.Init") // started before the tests
    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        HostCommand.run(List.of("ip", "netns", "add", HOST.name()));
        // As long as an Ethernet's: padded answers are longer by a fragment, and few of them
        // exhaust what a stranger is sent.
        HOST.run("ip", "link", "set", "lo", "mtu", "1500", "up");
        for (var last : List.of("1", "2", "9")) {
            HOST.run("ip", "address", "add", "192.0.2." + last + "/32", "dev", "lo");
            HOST.run("ip", "address", "add", "2001:db8::" + last + "/128", "dev", "lo", "nodad");
        }
        var configuration = directory.resolve("turnd.conf");
        Files.writeString(
                configuration,
                """
                listeners { udp = [], tcp = [] }
                relay { ipv4 = 192.0.2.1, ipv6 = none }
                auth.secret = "c7Jq2xVw9LmT4kRb8Yzs"
                classic-stun = on
                behavior-discovery.addresses =
                  [192.0.2.1, 192.0.2.2, "2001:db8::1", "2001:db8::2"]
                http.address = none
                log.format = text
                """);
        server =
                ServerProcess.start(
                        HOST.exec(RunningServer.turnd(configuration)),
                        line -> line.contains(" ready"));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
        HostCommand.run(List.of("ip", "netns", "del", HOST.name()));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2, '', -m, NAT with Endpoint Independent Mapping!, 2",
        "192.0.2, '', -f, NAT with Endpoint Independent Filtering!, 2",
        "192.0.2, -P, -m, NAT with Endpoint Independent Mapping!, 2",
        "192.0.2, -P, -f, NAT with Endpoint Independent Filtering!, 2",
        "192.0.2, '', -H, successful hairpinning, 1",
        "192.0.2, '', '-t -T 1', UDP reflexive addr, 2",
        "192.0.2, '', '-c -A 192.0.2.2', UDP reflexive addr: 192.0.2.2, 2",
        "2001:db8:, '', -m, NAT with Endpoint Independent Mapping!, 2",
        "2001:db8:, '', -f, NAT with Endpoint Independent Filtering!, 2",
        "2001:db8:, -P, -m, NAT with Endpoint Independent Mapping!, 2",
        "2001:db8:, -P, -f, NAT with Endpoint Independent Filtering!, 2",
        "2001:db8:, '', -H, successful hairpinning, 1",
    })
    @Tag("N-01")
    @Tag("N-02")
    @Tag("N-04")
    @Tag("N-06")
    void coturnsDiscoveryClientSeesNoNat(
            String network, String padding, String mode, String finding, int responses) {
        var dot = network.endsWith(":") ? ":" : ".";
        var command = new ArrayList<>(List.of("timeout", "30", "turnutils_natdiscovery"));
        if (!padding.isEmpty()) {
            command.add(padding);
        }
        command.addAll(List.of(mode.split(" ")));
        command.addAll(List.of("-L", network + dot + "9", network + dot + "1"));
        var output = HOST.run(command.toArray(String[]::new));
        assertTrue(output.contains(finding), output);
        assertEquals(responses, RESPONSE.matcher(output).results().count(), output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.", "2001:db8::"})
    @Tag("N-02")
    @Tag("N-04")
    void coturnsStunClientGetsEveryAnswer(String network) {
        var output =
                HOST.run(
                        "timeout",
                        "30",
                        "turnutils_stunclient",
                        "-f",
                        "-L",
                        network + "9",
                        network + "1");
        assertEquals(3, RESPONSE.matcher(output).results().count(), output);
    }

    @Test
    @Tag("B-01")
    @Tag("B-03")
    @Tag("N-02")
    void debiansClassicClientSeesNoNat() {
        // Its exit code is the kind of NAT.
        var output = HOST.attempt("timeout", "30", "stun", "192.0.2.1", "-i", "192.0.2.9").output();
        assertTrue(output.contains("Primary: Open"), output);
    }
}

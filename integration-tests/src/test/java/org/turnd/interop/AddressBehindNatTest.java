package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.peers.lab.Namespace;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.lab.NatLaboratory;
import org.turnd.peers.lab.NatLaboratorySpec;

/// A daemon behind a NAT, on a machine without IPv6, that asks another turnd for its address.
@Timeout(120)
class AddressBehindNatTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final String SECRET =
            "auth.secret = k3Jz8vQ1xW5nB7mT2rYp\nhttp.address = none\n";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @BeforeEach
    void needsRoot() {
        assertEquals("", NatLaboratory.obstacle());
    }

    @Test
    void learnsTheAddressOfItsNatAndFollowsIt() throws Exception {
        var behindNat = SECRET + "relay.external-ipv4 = \"stun:server.turnd.test\"\n";
        try (var lab = NatLaboratory.open(NatLaboratorySpec.of(NatKind.FULL_CONE));
                var _ = start(lab.server(), "stun.conf", SECRET);
                var turnd = start(lab.peer(0), "turnd.conf", behindNat)) {
            var log = turnd.log();
            assertTrue(
                    log.contains("10.0.1.2 seen as 11.0.1.2 (stun:server.turnd.test)"), turnd::log);
            assertTrue(log.contains("\"not_listening\",\"family\":\"ipv6\""), turnd::log);

            Namespace peer = lab.peer(0);
            var nat = new Namespace(peer.name().replaceFirst("a$", "nat-a"));
            nat.run("ip", "addr", "del", "11.0.1.2/24", "dev", "wan");
            nat.run("ip", "addr", "add", "11.0.1.3/24", "dev", "wan");
            nat.run("ip", "route", "add", "default", "via", "11.0.1.1");
            peer.run("kill", "-HUP", String.valueOf(turnd.process().pid()));
            awaitLine(turnd, "\"from\":\"11.0.1.2\",\"to\":\"11.0.1.3\"");
        }
    }

    private ServerProcess start(Namespace host, String file, String settings) throws IOException {
        Path configuration = directory.resolve(file);
        Files.writeString(configuration, settings);
        // The kernel says up to a second late that a link is up; lo never says so.
        host.run(
                "sh", "-c", "until grep -q up /sys/class/net/*[!o]/operstate; do sleep 0.02; done");
        List<String> command = RunningServer.turnd(configuration);
        return ServerProcess.start(host.exec(command), line -> line.contains("\"ready\""));
    }

    private static void awaitLine(ServerProcess turnd, String text) {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!turnd.log().contains(text) && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        assertTrue(turnd.log().contains(text), turnd::log);
    }
}

package org.turnd.browsers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.interop.CertificateAuthority;
import org.turnd.interop.RunningServer;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.lab.NatLaboratory;
import org.turnd.peers.lab.NatLaboratorySpec;
import org.turnd.peers.server.ServerKind;

/// Two Chromium browsers, each behind a symmetric NAT of its own, talk to each other through the
/// server or not at all.
@Timeout(60)
class BrowserCallTest {
    private static final Duration LONGEST_CALL = Duration.ofSeconds(40);
    private static final Deque<AutoCloseable> OPENED = new ArrayDeque<>();

    @TempDir static Path directory;
    private static NatLaboratory laboratory;
    private static Playwright playwright;
    private static RunningServer server;
    private static CertificateAuthority authority;
    private static BrowserPeer alice;
    private static BrowserPeer bob;

    @BeforeAll
    static void startServerAndBrowsers() throws IOException {
        assertEquals("", NatLaboratory.obstacle());
        assertEquals("", BrowserPeer.obstacle());
        laboratory = NatLaboratory.open(NatLaboratorySpec.of(NatKind.SYMMETRIC, NatKind.SYMMETRIC));
        OPENED.push(laboratory);
        authority = new CertificateAuthority(directory);
        server =
                RunningServer.start(
                        ServerKind.TURND,
                        directory,
                        laboratory.serverIpv4(),
                        authority.issue(laboratory.serverIpv4()),
                        laboratory.server()::wrapped);
        OPENED.push(server);
        playwright = BrowserPeer.driver();
        OPENED.push(playwright);
        alice = browser(0);
        OPENED.push(alice);
        bob = browser(1);
        OPENED.push(bob);
    }

    private static BrowserPeer browser(int index) throws IOException {
        return BrowserPeer.open(
                playwright,
                laboratory.peer(index),
                Files.createDirectory(directory.resolve("home-" + index)),
                authority.certificateFile());
    }

    @AfterAll
    static void stop() throws Exception {
        while (!OPENED.isEmpty()) {
            OPENED.pop().close();
        }
    }

    @Test
    void relaysOverUdp() {
        relays("turn:" + server.hostAndPort(), "udp");
    }

    @Test
    void relaysOverTcp() {
        relays("turn:" + server.hostAndPort() + "?transport=tcp", "tcp");
    }

    @Test
    void relaysOverTls() {
        relays("turns:" + server.tlsHostAndPort() + "?transport=tcp", "tls");
    }

    @Test
    void symmetricNatsLeaveNoWayButTheRelayWhenAllAreTried() {
        call("turn:" + server.hostAndPort(), "all");
        for (var report : awaitBoth(CallReport::isComplete)) {
            assertTrue(
                    List.of(report.localType(), report.remoteType()).contains("relay"),
                    report::toString);
        }
    }

    @Test
    void thereIsNoCallWithoutTheRelay() {
        call("stun:" + server.hostAndPort(), "all");
        awaitBoth(report -> report.connectionState().equals("failed"));
    }

    private void relays(String url, String protocol) {
        call(url, "relay");
        var reports = awaitBoth(CallReport::isComplete);
        for (var report : reports) {
            assertEquals("relay", report.localType());
            assertEquals("relay", report.remoteType());
            assertEquals(protocol, report.relayProtocol());
            assertEquals(report.fileAnnounced(), report.fileReceived());
        }
        assertEquals(reports.getFirst().fileSent(), reports.getLast().fileReceived());
        assertEquals(reports.getLast().fileSent(), reports.getFirst().fileReceived());
    }

    private void call(String url, String policy) {
        var configuration =
                Map.<String, Object>of(
                        "iceServers",
                        List.of(
                                Map.of(
                                        "urls", url,
                                        "username", RunningServer.USER.username(),
                                        "credential", RunningServer.USER.password())),
                        "iceTransportPolicy",
                        policy);
        bob.start(configuration, false);
        alice.start(configuration, true);
    }

    private List<CallReport> awaitBoth(Predicate<CallReport> wanted) {
        long deadline = System.nanoTime() + LONGEST_CALL.toNanos();
        while (true) {
            alice.signalTo(bob);
            bob.signalTo(alice);
            var reports = List.of(alice.report(), bob.report());
            if (reports.stream().allMatch(wanted)) {
                return reports;
            }
            assertTrue(System.nanoTime() < deadline, () -> reports + "\n" + server.log());
            alice.pause();
        }
    }
}

package org.turnd.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.turnd.cli.check.Carrier;
import org.turnd.interop.CertificateAuthority;
import org.turnd.interop.RunningServer;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.lab.NatLaboratory;
import org.turnd.peers.lab.NatLaboratorySpec;
import org.turnd.peers.server.ServerKind;

/// Peers with WebRTC libraries of other makers, each behind a symmetric NAT of its own: what one
/// sends on a data channel goes through the server, and comes back.
@Timeout(90)
class ForeignCallTest {
    private static final String ECHOED = "{\"echoed\":20}";
    private static final int BYTES = 20 * 1000;
    private static final Pattern RELAYED =
            Pattern.compile(
                    "allocation_ended .* bytes_to_peers=\"(\\d+)\" bytes_to_client=\"(\\d+)\"");

    @TempDir static Path directory;
    private static NatLaboratory laboratory;
    private static CertificateAuthority authority;

    @BeforeAll
    static void open() {
        assertEquals("", NatLaboratory.obstacle());
        assertTrue(Files.exists(Library.NODE_MODULES), "./test installs " + Library.NODE_MODULES);
        authority = new CertificateAuthority(directory);
        laboratory = NatLaboratory.open(NatLaboratorySpec.of(NatKind.SYMMETRIC, NatKind.SYMMETRIC));
    }

    @AfterAll
    static void close() {
        laboratory.close();
    }

    @ParameterizedTest
    @CsvSource({
        "AIORTC, AIORTC, UDP",
        "AIORTC, WEBRTCBIN, TCP",
        "AIORTC, WERIFT, TLS",
        "WEBRTCBIN, WEBRTCBIN, UDP",
        "WEBRTCBIN, WERIFT, TCP",
        "WERIFT, WERIFT, UDP",
        "WERIFT, AIORTC, TCP",
        "LIBDATACHANNEL, LIBDATACHANNEL, UDP",
        "LIBDATACHANNEL, WEBRTCBIN, UDP"
    })
    @Tag("T-06")
    void aDataChannelGoesThroughTheServer(Library alice, Library bob, Carrier carrier)
            throws IOException, InterruptedException {
        callThroughServer(alice, bob, carrier, List.of());
    }

    /// libjuice hashes its user's name when asked to. It takes no notice of password algorithms.
    @Test
    @Tag("D-25")
    void aLibraryHidesItsUsersName() throws IOException, InterruptedException {
        callThroughServer(
                Library.LIBDATACHANNEL,
                Library.LIBDATACHANNEL,
                Carrier.UDP,
                List.of("auth.user-anonymity = on"));
    }

    private static void callThroughServer(
            Library alice, Library bob, Carrier carrier, List<String> more)
            throws IOException, InterruptedException {
        var server =
                RunningServer.start(
                        ServerKind.TURND,
                        directory,
                        laboratory.serverIpv4(),
                        authority.issue(laboratory.serverIpv4()),
                        laboratory.server()::wrapped,
                        more);
        try (server) {
            call(alice, bob, url(server, carrier));
        } catch (IllegalStateException e) {
            throw new IllegalStateException(server.log(), e);
        }
        var carryingAll =
                RELAYED.matcher(server.log())
                        .results()
                        .filter(ended ->
                                Long.parseLong(ended.group(1)) > BYTES
                                        && Long.parseLong(ended.group(2)) > BYTES)
                        .count();
        assertEquals(2, carryingAll, server::log);
    }

    private static void call(Library aliceLibrary, Library bobLibrary, String url)
            throws IOException, InterruptedException {
        try (var alice = start(aliceLibrary, 0, "offer", url);
                var bob = start(bobLibrary, 1, "answer", url)) {
            bob.tell(alice.next());
            alice.tell(bob.next());
            assertEquals(ECHOED, alice.next().replace(" ", ""), alice::complaints);
        }
    }

    private static Peer start(Library library, int host, String role, String url)
            throws IOException {
        return Peer.start(
                library,
                laboratory.peer(host),
                directory,
                authority.certificateFile(),
                role,
                url,
                RunningServer.USER.username(),
                RunningServer.USER.password());
    }

    private static String url(RunningServer server, Carrier carrier) {
        return switch (carrier) {
            case UDP -> "turn:" + server.hostAndPort() + "?transport=udp";
            case TCP -> "turn:" + server.hostAndPort() + "?transport=tcp";
            case TLS -> "turns:" + server.tlsHostAndPort() + "?transport=tcp";
            case DTLS -> "turns:" + server.tlsHostAndPort() + "?transport=udp";
        };
    }
}

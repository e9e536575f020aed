package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.cli.check.Ability;
import org.turnd.cli.check.Ability.State;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.CheckReport;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.Failure.TlsProblem;
import org.turnd.cli.check.ServerCheck;
import org.turnd.cli.check.TlsTrust;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.peers.server.ServerKind;
import org.turnd.stun.IceServerUri;

/// `turnd check` tries what a server can do beyond the usual: against turnd with all of it and with
/// none, and against coturn, so that what it says can be believed.
@Timeout(60)
class CheckAbilitiesTest {
    private static final String LOOPBACK = "127.0.0.1";

    @TempDir static Path directory;
    private static CertificateAuthority authority;
    private static ClientOptions options;

    @BeforeAll
    static void prepare() throws IOException, CertificateException {
        authority = new CertificateAuthority(directory);
        options =
                ClientOptions.of(RunningServer.USER)
                        .trusting(TlsTrust.ofAuthorities(authority.certificateFile()));
    }

    @Test
    @Tag("D-18")
    @Tag("D-25")
    @Tag("F-15")
    @Tag("M-03")
    @Tag("M-09")
    @Tag("N-02")
    void everythingWorksAtATurndThatOffersIt() {
        var loopback = InetAddress.ofLiteral(LOOPBACK);
        var ports = List.of(RunningServer.freePort(loopback), RunningServer.freePort(loopback));
        var more =
                List.of(
                        "mobility = on",
                        "relay.transports = both",
                        "auth.user-anonymity = on",
                        "behavior-discovery { addresses = [127.0.0.1, 127.0.0.2], ports = "
                                + ports
                                + " }");
        try (var server = start(ServerKind.TURND, more)) {
            var expected =
                    Map.of("sha-256", State.WORKS, "dual", State.WORKS, "mobility", State.WORKS);
            assertHas(expected, check("turn:" + server.hostAndPort()));
            assertHas(expected, check("turn:" + server.hostAndPort() + "?transport=tcp"));
            assertHas(expected, check("turns:" + server.tlsHostAndPort()));
            for (var url :
                    List.of(
                            "turn:" + server.hostAndPort() + "?transport=tcp",
                            "turns:" + server.tlsHostAndPort())) {
                assertHas(Map.of("tcp-relay", State.WORKS), check(url));
            }
            assertHas(
                    Map.of("behaviour", State.WORKS),
                    check("stun:" + LOOPBACK + ":" + ports.getFirst()));
        }
    }

    @Test
    void nothingIsOfferedByATurndWithoutIt() {
        var more =
                List.of("auth.password-algorithms = [md5]", "relay.ipv6 = none", "mobility = off");
        try (var server = start(ServerKind.TURND, more)) {
            assertHas(
                    Map.of(
                            "sha-256", State.NOT_OFFERED,
                            "dual", State.NOT_OFFERED,
                            "mobility", State.NOT_OFFERED,
                            "behaviour", State.NOT_OFFERED),
                    check("turn:" + server.hostAndPort()));
        }
    }

    @Test
    void coturnMovesAllocationsAndTellsOfTheNat() {
        // It answers from a second address only if the ports are the same there.
        var more = List.of("--mobility", "--listening-ip=127.0.0.2");
        try (var server = start(ServerKind.COTURN, more)) {
            assertHas(
                    Map.of(
                            "sha-256", State.NOT_OFFERED,
                            "dual", State.NOT_OFFERED,
                            "mobility", State.WORKS,
                            "behaviour", State.WORKS),
                    check("turn:" + server.hostAndPort()));
        }
    }

    @Test
    @Tag("R-01")
    @Tag("R-02")
    void saysWhereAServerSendsItsClients() {
        var more = List.of("redirect { to = [\"192.0.2.9:3478\"], when = [always] }");
        try (var server = start(ServerKind.TURND, more)) {
            var report = check("turn:" + server.hostAndPort());
            assertEquals(
                    "Allocate was answered 300 Try Alternate: 192.0.2.9:3478",
                    report.steps().getLast().finding());
        }
    }

    @Test
    void aServerIsGoodOverDtls() {
        try (var server = start(ServerKind.COTURN, List.of())) {
            var report = check("turns:" + server.tlsHostAndPort() + "?transport=udp");
            assertEquals(true, report.isGood(), report::toString);
            var tls = Objects.requireNonNull(report.tls());
            assertEquals("DTLSv1.2", tls.protocol());
            assertEquals("stun.turn", tls.alpn());
            assertEquals(2, tls.chain().size());
        }
    }

    @Test
    void aCertificateThatIsNotGoodIsRefusedOverDtls() {
        for (var problem : List.of(TlsProblem.WRONG_NAME, TlsProblem.EXPIRED)) {
            var certificate =
                    problem == TlsProblem.EXPIRED
                            ? authority.issueExpired(LOOPBACK)
                            : authority.issue("turn.example.org");
            try (var server =
                    RunningServer.onLoopback(ServerKind.COTURN, directory, LOOPBACK, certificate)) {
                var refusal =
                        assertThrows(
                                        TurnFailure.class,
                                        () ->
                                                TurnClient.connect(
                                                                server.endpoint(Carrier.DTLS),
                                                                options)
                                                        .close())
                                .failure();
                assertEquals(
                        problem, assertInstanceOf(Failure.TlsRefused.class, refusal).problem());
            }
        }
    }

    @Test
    void coturnRelaysTcp() {
        try (var server = start(ServerKind.COTURN, List.of())) {
            assertHas(
                    Map.of("mobility", State.NOT_OFFERED, "tcp-relay", State.WORKS),
                    check("turn:" + server.hostAndPort() + "?transport=tcp"));
        }
    }

    private static RunningServer start(ServerKind kind, List<String> more) {
        return RunningServer.onLoopback(kind, directory, LOOPBACK, authority.issue(LOOPBACK), more);
    }

    private static CheckReport check(String url) {
        if (IceServerUri.parse(url) instanceof IceServerUri.Valid(var uri)) {
            return new ServerCheck(options, InstantSource.system()).check(uri).getFirst();
        }
        throw new IllegalArgumentException(url);
    }

    private static void assertHas(Map<String, State> expected, CheckReport report) {
        var states = new HashMap<String, State>();
        for (Ability ability : report.abilities()) {
            states.put(ability.name(), ability.state());
        }
        states.keySet().retainAll(expected.keySet());
        assertEquals(expected, states, report::toString);
        assertEquals(true, report.isGood(), report::toString);
    }
}

package org.turnd.cli.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.IceServerUri;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;
import picocli.CommandLine.Help.Ansi;

class DiagnosisTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    /// What went wrong, and words that the finding, a cause or a fix has to have.
    record Case(Carrier carrier, Failure failure, String finding, String cause, String fix) {}

    static List<Case> cases() {
        return List.of(
                new Case(
                        Carrier.UDP,
                        new Failure.UnknownHost("turn.example.org"),
                        "the name turn.example.org has no address",
                        "DNS record is missing",
                        "getent ahosts turn.example.org"),
                new Case(
                        Carrier.UDP,
                        new Failure.ConnectionRefused(),
                        "nobody listens on UDP port 3478",
                        "does not run",
                        "ss -lntup"),
                new Case(
                        Carrier.TCP,
                        new Failure.ConnectionRefused(),
                        "nobody listens on TCP port 3478",
                        "firewall rejects TCP port 3478",
                        "open it"),
                new Case(
                        Carrier.UDP,
                        new Failure.Unreachable("Network is unreachable"),
                        "no way there: Network is unreachable",
                        "no route",
                        "ip route get"),
                new Case(
                        Carrier.UDP,
                        new Failure.Silence("an answer to Binding", TEN_SECONDS),
                        "no answer to Binding within 10.0 s",
                        "blocks UDP",
                        "?transport=tcp"),
                new Case(
                        Carrier.TCP,
                        new Failure.Silence("a TCP connection", TEN_SECONDS),
                        "no TCP connection within 10.0 s",
                        "firewall drops TCP port 3478",
                        "cloud's rules"),
                new Case(
                        Carrier.TLS,
                        new Failure.Silence("a TLS handshake", TEN_SECONDS),
                        "no TLS handshake within 10.0 s",
                        "does not speak TLS",
                        "5349"),
                new Case(
                        Carrier.TLS,
                        new Failure.Closed("during the TLS handshake"),
                        "the connection ended",
                        "no certificate",
                        "tls.certificate"),
                new Case(
                        Carrier.TLS,
                        new Failure.TlsRefused(
                                Failure.TlsProblem.NOT_TLS, "unrecognized", List.of()),
                        "the answer is not TLS",
                        "does not speak TLS",
                        "?transport=tcp"),
                new Case(
                        Carrier.TLS,
                        new Failure.TlsRefused(
                                Failure.TlsProblem.HANDSHAKE, "protocol_version", List.of()),
                        "protocol_version",
                        "no TLS version",
                        "TLS 1.2"),
                new Case(
                        Carrier.TCP,
                        new Failure.BadAnswer("the server sends something that is not STUN"),
                        "not STUN",
                        "no TURN server",
                        "listeners"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysWhatItMeansAndWhatToDo(Case given) {
        var step = Diagnosis.failed("binding", given.failure(), subject(given.carrier(), null));
        assertTrue(step.finding().contains(given.finding()), step::toString);
        assertTrue(
                step.advice().stream().anyMatch(a -> a.cause().contains(given.cause())),
                step::toString);
        assertTrue(
                step.advice().stream().anyMatch(a -> a.fix().contains(given.fix())),
                step::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "ALLOCATE, 437, several servers",
        "ALLOCATE, 438, load balancer",
        "ALLOCATE, 440, relay.ipv6",
        "ALLOCATE, 486, limits.allocations-per-user",
        "ALLOCATE, 508, relay.min-port",
        "ALLOCATE, 508, relay.external-ipv4",
        "ALLOCATE, 403, which rule",
        "CHANNEL_BIND, 403, peers.allow",
        "CREATE_PERMISSION, 403, peers.deny",
        "ALLOCATE, 300, browsers",
        "ALLOCATE, 400, report it",
        "ALLOCATE, 500, log",
        "ALLOCATE, 699, log",
    })
    void saysWhatAnErrorCodeAsksOfTheOperator(StunMethod method, int code, String fix) {
        var failure = new Failure.ErrorResponse(method, code, "Reason", true);
        var step =
                Diagnosis.failed(
                        "allocate",
                        failure,
                        subject(Carrier.UDP, new LongTermCredential("alice", "wonderland")));
        assertEquals(method.rfcName() + " was answered " + code + " Reason", step.finding());
        assertTrue(step.advice().stream().anyMatch(a -> a.fix().contains(fix)), step::toString);
    }

    @Test
    void asksForCredentialsWhenThereAreNone() {
        assertTrue(unauthorized(null, false).getFirst().fix().contains("--username"));
    }

    @Test
    void seesThatCredentialsHaveExpired() {
        var advice = unauthorized((NOW.getEpochSecond() - 7200 - 60) + ":alice", true);
        assertEquals(
                "the credentials expired 2 hours ago, at 2026-03-01T09:59:00Z",
                advice.getFirst().cause());
        assertEquals(1, advice.size());
    }

    @Test
    void suspectsTheSecretAndTheClockWhenCredentialsAreFresh() {
        var advice = unauthorized((NOW.getEpochSecond() + 3600) + ":alice", true);
        assertTrue(advice.getFirst().fix().contains("auth.secret"));
        assertTrue(advice.getLast().cause().contains("clock"));
    }

    @Test
    void seesMillisecondsInTheUserName() {
        var advice = unauthorized(NOW.toEpochMilli() + ":alice", true);
        assertTrue(advice.getFirst().cause().contains("milliseconds"));
    }

    @Test
    void suspectsUserRealmAndSchemeOfAFixedUser() {
        var advice = unauthorized("alice", true);
        assertTrue(advice.getFirst().cause().contains("\"alice\""));
        assertTrue(advice.stream().anyMatch(a -> a.cause().contains("time-limited")));
        assertTrue(advice.stream().anyMatch(a -> a.cause().contains("realm")));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.5, 203.0.114.9, external-ipv4 = 203.0.114.9",
        "100.64.0.5, 203.0.114.9, external-ipv4",
        "127.0.0.1, 192.168.1.2, external-ipv4",
        "0.0.0.0, 203.0.114.9, relay.ipv4",
        "fd00::1, 2a11::10, external-ipv4",
    })
    void seesThatPeersCannotReachTheRelayedAddress(String relayed, String server, String fix) {
        var advice = AddressAdvice.ofRelayed(address(relayed), address(server));
        assertTrue(advice.getFirst().fix().contains(fix), advice::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.114.9, 203.0.114.9",
        "203.0.114.10, 203.0.114.9",
        "192.168.1.2, 192.168.1.2",
        "203.0.114.9, 10.0.0.1",
        "127.0.0.1, 127.0.0.1",
    })
    void hasNothingAgainstARelayedAddressThatPeersReach(String relayed, String server) {
        assertEquals(List.of(), AddressAdvice.ofRelayed(address(relayed), address(server)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.114.9", "172.17.0.1"})
    void seesThatSomethingHidesTheClientFromTheServer(String mapped) {
        var advice =
                AddressAdvice.ofMapped(
                        address(mapped), address("192.168.1.2"), address("203.0.114.9"));
        assertTrue(advice.getFirst().cause().contains("hides its clients"), advice::toString);
    }

    @Test
    void hasNothingAgainstANatOnTheClientsSide() {
        assertEquals(
                List.of(),
                AddressAdvice.ofMapped(
                        address("198.51.101.7"), address("192.168.1.2"), address("203.0.114.9")));
        assertEquals(
                "behind a NAT, from 192.168.1.2:4000",
                AddressAdvice.ofWay(address("198.51.101.7"), address("192.168.1.2")));
    }

    @Test
    void reportsPrintAlignedAndWithoutControlCharacters() {
        var report =
                new CheckReport(
                        "turn:turn.example.org",
                        address("203.0.114.9"),
                        "evil\u001b[31m",
                        null,
                        null,
                        null,
                        List.of(
                                CheckStep.ok(
                                        "binding",
                                        "you are 198.51.101.7:4000",
                                        new RoundTrips(
                                                3,
                                                List.of(
                                                        Duration.ofMillis(30),
                                                        Duration.ofMillis(10),
                                                        Duration.ofMillis(20)))),
                                CheckStep.failed(
                                        "allocate",
                                        "Allocate was answered 486",
                                        List.of(new Advice("too many", "fewer")))),
                        List.of(
                                Ability.works("dual", "two addresses"),
                                Ability.notOffered("mobility", "none"),
                                Ability.broken("tcp-relay", "silence")));
        assertFalse(report.isGood());
        assertEquals(
                """
                turn:turn.example.org at 203.0.114.9:4000 (evil[31m)
                  ok    binding   10.0 / 20.0 / 30.0 ms    you are 198.51.101.7:4000
                  FAIL  allocate                           Allocate was answered 486
                        likely  too many
                        fix     fewer
                  ok    dual      works                    two addresses
                  -     mobility  not offered              none
                  warn  tcp-relay broken                   silence

                Times are the shortest, the median and the longest round trip.
                1 of 1 failed.
                """,
                new CheckText(Ansi.OFF).of(List.of(report)));
    }

    private static List<Advice> unauthorized(@Nullable String username, boolean authenticated) {
        var credential = username == null ? null : new LongTermCredential(username, "wonderland");
        return Diagnosis.failed(
                        "allocate",
                        new Failure.ErrorResponse(
                                StunMethod.ALLOCATE, 401, "Unauthorized", authenticated),
                        subject(Carrier.UDP, credential))
                .advice();
    }

    private static Subject subject(Carrier carrier, @Nullable LongTermCredential credential) {
        var uri =
                assertInstanceOf(
                                IceServerUri.Valid.class,
                                IceServerUri.parse("turn:turn.example.org:3478"))
                        .uri();
        return new Subject(uri, carrier, credential, NOW);
    }

    private static TransportAddress address(String literal) {
        return TransportAddress.of(InetAddress.ofLiteral(literal), 4000);
    }
}

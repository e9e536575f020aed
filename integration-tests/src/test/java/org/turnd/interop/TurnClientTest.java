package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.Failure.TlsProblem;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.check.ReceivedData;
import org.turnd.cli.check.TlsTrust;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.peers.server.ServerKind;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.Octets;

/// Our client against coturn, so that what it says of turnd can be believed, and against turnd.
@Timeout(120)
class TurnClientTest {
    private static final int BURST = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir static Path directory;
    private static CertificateAuthority authority;
    private static final Map<String, RunningServer> SERVERS = new HashMap<>();
    private static ClientOptions options;

    @BeforeAll
    static void start() throws IOException, CertificateException {
        authority = new CertificateAuthority(directory);
        options =
                ClientOptions.of(RunningServer.USER)
                        .trusting(TlsTrust.ofAuthorities(authority.certificateFile()));
        for (var kind : ServerKind.values()) {
            for (var address : List.of("127.0.0.1", "::1")) {
                SERVERS.put(
                        kind + address,
                        RunningServer.onLoopback(
                                kind, directory, address, authority.issue(address)));
            }
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(RunningServer::close);
    }

    private static RunningServer server(ServerKind kind) {
        return server(kind, AddressFamily.IPV4);
    }

    private static RunningServer server(ServerKind kind, AddressFamily family) {
        var address = family == AddressFamily.IPV4 ? "127.0.0.1" : "::1";
        return Objects.requireNonNull(SERVERS.get(kind + address));
    }

    @ParameterizedTest
    @CsvSource({
        "TURND, UDP, IPV4",
        "TURND, TCP, IPV4",
        "TURND, TLS, IPV4",
        "TURND, UDP, IPV6",
        "TURND, TCP, IPV6",
        "TURND, TLS, IPV6",
        "TURND_PORTABLE, UDP, IPV4",
        "TURND_PORTABLE, UDP, IPV6",
        "COTURN, UDP, IPV4",
        "COTURN, TCP, IPV4",
        "COTURN, TLS, IPV4",
        "COTURN, UDP, IPV6",
        "COTURN, TCP, IPV6",
        "COTURN, TLS, IPV6"
    })
    void twoClientsReachEachOtherThroughTheirRelays(
            ServerKind kind, Carrier carrier, AddressFamily family) throws TurnFailure {
        var endpoint = server(kind, family).endpoint(carrier);
        try (var alice = TurnClient.connect(endpoint, options);
                var bob = TurnClient.connect(endpoint, options)) {
            assertEquals(alice.localAddress(), alice.bind());
            var aliceRelay = alice.allocate(family).relayed();
            var bobRelay = bob.allocate(family).relayed();
            bob.createPermission(aliceRelay);
            alice.bindChannel(0x4001, bobRelay);

            alice.sendOnChannel(0x4001, Octets.utf8("ping!"));
            var ping = received(bob);
            assertEquals(Octets.utf8("ping!"), ping.data());
            assertEquals(aliceRelay, ping.peer());
            assertEquals(0, ping.channel());

            bob.send(aliceRelay, Octets.utf8("pong"));
            var pong = received(alice);
            assertEquals(Octets.utf8("pong"), pong.data());
            assertEquals(bobRelay, pong.peer());
            assertEquals(0x4001, pong.channel());

            assertEquals(0, alice.refresh(0));
            assertTrue(alice.lastRoundTrip().isPositive());
        }
    }

    @ParameterizedTest
    @CsvSource({"TURND, TCP", "TURND, TLS", "COTURN, TCP", "COTURN, TLS"})
    void nothingOfABurstGetsLostOnAStream(ServerKind kind, Carrier carrier) throws TurnFailure {
        var endpoint = server(kind).endpoint(carrier);
        try (var alice = TurnClient.connect(endpoint, options);
                var bob = TurnClient.connect(endpoint, options)) {
            var aliceRelay = alice.allocate(null).relayed();
            alice.bindChannel(0x4001, bob.allocate(null).relayed());
            bob.createPermission(aliceRelay);
            for (var i = 0; i < BURST; i++) {
                alice.sendOnChannel(0x4001, Octets.utf8("message " + i));
            }
            for (var i = 0; i < BURST; i++) {
                assertEquals(Octets.utf8("message " + i), received(bob).data());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongPasswordIsRefusedWith401(ServerKind kind) throws TurnFailure {
        var wrong =
                ClientOptions.of(
                        new LongTermCredential(RunningServer.USER.username(), "looking glass"));
        try (var client = TurnClient.connect(server(kind).endpoint(Carrier.UDP), wrong)) {
            var refusal =
                    assertInstanceOf(
                            Failure.ErrorResponse.class,
                            assertThrows(TurnFailure.class, () -> client.allocate(null)).failure());
            assertEquals(401, refusal.code());
            assertTrue(refusal.authenticated());
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutCredentialsThe401IsTheEnd(ServerKind kind) throws TurnFailure {
        try (var client =
                TurnClient.connect(server(kind).endpoint(Carrier.UDP), ClientOptions.of(null))) {
            var refusal =
                    assertInstanceOf(
                            Failure.ErrorResponse.class,
                            assertThrows(TurnFailure.class, () -> client.allocate(null)).failure());
            assertEquals(401, refusal.code());
            assertEquals(false, refusal.authenticated());
        }
    }

    @ParameterizedTest
    @CsvSource({"COTURN, UNTRUSTED", "COTURN, WRONG_NAME", "COTURN, EXPIRED", "TURND, WRONG_NAME"})
    void tellsWhyACertificateIsNotGood(ServerKind kind, TlsProblem problem) {
        var certificate =
                switch (problem) {
                    case WRONG_NAME -> authority.issue("turn.example.org");
                    case EXPIRED -> authority.issueExpired("127.0.0.1");
                    default -> authority.issue("127.0.0.1");
                };
        var trusting =
                problem == TlsProblem.UNTRUSTED
                        ? options.trusting(TlsTrust.ofDefaultAuthorities())
                        : options;
        try (var server = RunningServer.onLoopback(kind, directory, "127.0.0.1", certificate)) {
            var endpoint = server.endpoint(Carrier.TLS);
            var refusal =
                    assertInstanceOf(
                            Failure.TlsRefused.class,
                            assertThrows(
                                            TurnFailure.class,
                                            () -> TurnClient.connect(endpoint, trusting).close())
                                    .failure());
            assertEquals(problem, refusal.problem());
            assertEquals(2, refusal.chain().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void acceptsAnyCertificateWhenToldToAndNotesWhatIsWrong(ServerKind kind) throws TurnFailure {
        var lenient = options.trusting(TlsTrust.ofDefaultAuthorities().overlookingProblems());
        try (var client = TurnClient.connect(server(kind).endpoint(Carrier.TLS), lenient)) {
            var tls = Objects.requireNonNull(client.tls());
            assertEquals(TlsProblem.UNTRUSTED, Objects.requireNonNull(tls.overlooked()).problem());
            assertEquals("stun.turn", tls.alpn());
            assertEquals(client.localAddress(), client.bind());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPortWhereNobodyListensIsRefusedOnEveryCarrier(ServerKind kind) throws TurnFailure {
        for (var carrier : Carrier.values()) {
            var open = server(kind).endpoint(Carrier.UDP);
            var closed = new Endpoint(carrier, "127.0.0.1", open.address().withPort(9));
            assertInstanceOf(
                    Failure.ConnectionRefused.class,
                    assertThrows(
                                    TurnFailure.class,
                                    () -> {
                                        try (var client = TurnClient.connect(closed, options)) {
                                            client.bind();
                                        }
                                    })
                            .failure());
        }
    }

    private static ReceivedData received(TurnClient client) throws TurnFailure {
        return Objects.requireNonNull(client.receive(PATIENCE), "nothing received");
    }
}

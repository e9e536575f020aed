package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
import org.turnd.stun.AddressFamily;
import org.turnd.stun.Octets;

/// Our client against coturn, so that what it says of turnd can be believed.
@Timeout(30)
class TurnClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir static Path directory;
    private static CertificateAuthority authority;
    private static Coturn ipv4;
    private static Coturn ipv6;
    private static ClientOptions options;

    @BeforeAll
    static void start() throws IOException, CertificateException {
        authority = new CertificateAuthority(directory);
        options =
                ClientOptions.of(new LongTermCredential(Coturn.USERNAME, Coturn.PASSWORD))
                        .trusting(TlsTrust.ofAuthorities(authority.certificateFile()));
        ipv4 = coturn("127.0.0.1", authority.issue("127.0.0.1"));
        ipv6 = coturn("::1", authority.issue("::1"));
    }

    private static Coturn coturn(
            String address, CertificateAuthority.ServerCertificate certificate) {
        return Coturn.start(
                directory,
                address,
                certificate,
                UnaryOperator.identity(),
                "--allow-loopback-peers");
    }

    @AfterAll
    static void stop() {
        ipv4.close();
        ipv6.close();
    }

    @ParameterizedTest
    @CsvSource({"UDP, IPV4", "TCP, IPV4", "TLS, IPV4", "UDP, IPV6", "TCP, IPV6", "TLS, IPV6"})
    void twoClientsReachEachOtherThroughTheirRelays(Carrier carrier, AddressFamily family)
            throws TurnFailure {
        var endpoint = (family == AddressFamily.IPV4 ? ipv4 : ipv6).endpoint(carrier);
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

    @Test
    void wrongPasswordIsRefusedWith401() throws TurnFailure {
        var wrong = ClientOptions.of(new LongTermCredential(Coturn.USERNAME, "looking glass"));
        try (var client = TurnClient.connect(ipv4.endpoint(Carrier.UDP), wrong)) {
            var refusal =
                    assertInstanceOf(
                            Failure.ErrorResponse.class,
                            assertThrows(TurnFailure.class, () -> client.allocate(null)).failure());
            assertEquals(401, refusal.code());
            assertTrue(refusal.authenticated());
        }
    }

    @Test
    void withoutCredentialsThe401IsTheEnd() throws TurnFailure {
        try (var client = TurnClient.connect(ipv4.endpoint(Carrier.UDP), ClientOptions.of(null))) {
            var refusal =
                    assertInstanceOf(
                            Failure.ErrorResponse.class,
                            assertThrows(TurnFailure.class, () -> client.allocate(null)).failure());
            assertEquals(401, refusal.code());
            assertEquals(false, refusal.authenticated());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProblem.class,
            names = {"UNTRUSTED", "WRONG_NAME", "EXPIRED"})
    void tellsWhyACertificateIsNotGood(TlsProblem problem) {
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
        try (var server = coturn("127.0.0.1", certificate)) {
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

    @Test
    void acceptsAnyCertificateWhenToldToAndNotesWhatIsWrong() throws TurnFailure {
        var lenient = options.trusting(TlsTrust.ofDefaultAuthorities().overlookingProblems());
        try (var client = TurnClient.connect(ipv4.endpoint(Carrier.TLS), lenient)) {
            var tls = Objects.requireNonNull(client.tls());
            assertEquals(TlsProblem.UNTRUSTED, Objects.requireNonNull(tls.overlooked()).problem());
            assertEquals("stun.turn", tls.alpn());
            assertEquals(client.localAddress(), client.bind());
        }
    }

    @Test
    void aPortWhereNobodyListensIsRefusedOnEveryCarrier() throws TurnFailure {
        for (var carrier : Carrier.values()) {
            var open = ipv4.endpoint(Carrier.UDP);
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

package org.turnd.cli.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMessage;
import org.turnd.stun.TransportAddress;

@Timeout(20)
class TurnClientTest {
    private static final TransportAddress MAPPED = TransportAddress.ipv4(0xC0000201, 7000);
    private static final TransportAddress RELAYED = TransportAddress.ipv4(0xC000020F, 50000);
    private static final IntegrityKey KEY = IntegrityKey.md5("alice", "realm", "wonderland");
    private static final Retransmission QUICK =
            new Retransmission(Duration.ofMillis(20), 4, 4, Duration.ofSeconds(5));
    private static final ClientOptions OPTIONS =
            ClientOptions.of(new LongTermCredential("alice", "wonderland")).repeating(QUICK);

    @Test
    void repeatsARequestThatGetsLost() throws TurnFailure {
        try (var server =
                        new ScriptedServer(
                                (number, request) -> number < 3 ? null : mapped(request));
                var client = TurnClient.connect(server.endpoint(), OPTIONS)) {
            assertEquals(MAPPED, client.bind());
            assertTrue(server.requests() >= 3);
        }
    }

    @Test
    void givesUpOnASilentPortAfterTheLastWait() throws TurnFailure {
        try (var server = new ScriptedServer((number, request) -> null);
                var client = TurnClient.connect(server.endpoint(), OPTIONS)) {
            var silence = assertInstanceOf(Failure.Silence.class, failureOf(client));
            assertEquals("an answer to Binding", silence.what());
            // 20 + 40 + 80 ms, then 4 times 20 ms.
            assertTrue(silence.waited().compareTo(Duration.ofMillis(220)) >= 0, silence::toString);
            assertEquals(4, server.requests());
        }
    }

    @Test
    void givesUpAtTheLimitWhateverTheSchedule() throws TurnFailure {
        var impatient = OPTIONS.repeating(QUICK.limitedTo(Duration.ofMillis(50)));
        try (var server = new ScriptedServer((number, request) -> null);
                var client = TurnClient.connect(server.endpoint(), impatient)) {
            assertInstanceOf(Failure.Silence.class, failureOf(client));
            assertTrue(server.requests() <= 2);
        }
    }

    @Test
    void scheduleOfRfc8489Is500MillisecondsDoubledAndThenSixteenfold() {
        var waits =
                IntStream.rangeClosed(1, 7)
                        .mapToObj(Retransmission.RFC_8489::waitAfter)
                        .map(Duration::toMillis)
                        .toList();
        assertEquals(List.of(500L, 1000L, 2000L, 4000L, 8000L, 16_000L, 8000L), waits);
        assertEquals(39_500, waits.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void showsCredentialsWhenAskedAndANewNonceWhenStale() throws TurnFailure {
        try (var server = new ScriptedServer(TurnClientTest::challenging);
                var client = TurnClient.connect(server.endpoint(), OPTIONS)) {
            var relay = client.allocate(null);
            assertEquals(new AllocatedRelay(RELAYED, MAPPED, 600), relay);
            assertTrue(client.wasAskedForCredentials());
        }
    }

    private static byte[] challenging(int number, StunMessage request) {
        var nonce = request.first(Nonce.class);
        if (nonce == null) {
            return ScriptedServer.error(request, 401, new Realm("realm"), new Nonce("old"));
        }
        return nonce.value().equals("old")
                ? ScriptedServer.error(request, 438, new Realm("realm"), new Nonce("new"))
                : allocated(request, KEY);
    }

    @Test
    void doesNotBelieveASuccessThatIsNotSigned() throws TurnFailure {
        try (var server =
                        new ScriptedServer((number, request) ->
                                number == 1
                                        ? challenging(number, request)
                                        : allocated(request, IntegrityKey.md5("a", "realm", "b")));
                var client = TurnClient.connect(server.endpoint(), OPTIONS)) {
            var failure = assertThrows(TurnFailure.class, () -> client.allocate(null)).failure();
            assertTrue(
                    assertInstanceOf(Failure.BadAnswer.class, failure)
                            .why()
                            .contains("MESSAGE-INTEGRITY"));
        }
    }

    @Test
    void endsAfterAFewStaleNonces() throws TurnFailure {
        try (var server =
                        new ScriptedServer((number, request) ->
                                ScriptedServer.error(
                                        request,
                                        number == 1 ? 401 : 438,
                                        new Realm("realm"),
                                        new Nonce("n" + number)));
                var client = TurnClient.connect(server.endpoint(), OPTIONS)) {
            var failure = assertThrows(TurnFailure.class, () -> client.allocate(null)).failure();
            assertEquals(438, assertInstanceOf(Failure.ErrorResponse.class, failure).code());
            assertTrue(server.requests() < 10);
        }
    }

    @Test
    void ignoresAnswersOfOtherTransactions() throws TurnFailure {
        try (var server =
                        new ScriptedServer((number, request) ->
                                number == 1 ? stranger(request) : mapped(request));
                var client = TurnClient.connect(server.endpoint(), OPTIONS)) {
            assertEquals(MAPPED, client.bind());
            assertEquals(2, server.requests());
        }
    }

    private static byte[] stranger(StunMessage request) {
        var answer =
                ScriptedServer.success(request, null, new XorMappedAddress(MAPPED.withPort(1)));
        answer[19]++;
        return answer;
    }

    @Test
    void saysSoWhenAnErrorHasNoCode() throws TurnFailure {
        try (var server =
                        new ScriptedServer((number, request) -> {
                            var answer = mapped(request);
                            answer[1] = 0x11;
                            return answer;
                        });
                var client = TurnClient.connect(server.endpoint(), OPTIONS)) {
            assertInstanceOf(Failure.BadAnswer.class, failureOf(client));
        }
    }

    @Test
    void tellsAWebServerFromATurnServer() throws IOException, TurnFailure {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(listener, "HTTP/1.1 400 Bad Request\r\n\r\n"));
            try (var client = TurnClient.connect(endpoint(Carrier.TCP, listener), OPTIONS)) {
                assertInstanceOf(Failure.BadAnswer.class, failureOf(client));
            }
        }
    }

    @Test
    void tellsAClosedConnectionFromSilence() throws IOException, TurnFailure {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(listener, ""));
            try (var client = TurnClient.connect(endpoint(Carrier.TCP, listener), OPTIONS)) {
                assertInstanceOf(Failure.Closed.class, failureOf(client));
            }
        }
    }

    @Test
    void tellsThatAPortDoesNotSpeakTls() throws IOException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(listener, "SSH-2.0-OpenSSH_9.2p1 Debian\r\n"));
            var endpoint = endpoint(Carrier.TLS, listener);
            var failure =
                    assertThrows(
                                    TurnFailure.class,
                                    () -> TurnClient.connect(endpoint, OPTIONS).close())
                            .failure();
            assertEquals(
                    Failure.TlsProblem.NOT_TLS,
                    assertInstanceOf(Failure.TlsRefused.class, failure).problem());
        }
    }

    @Test
    void doesNotWaitForeverForATlsHandshake() throws IOException {
        var impatient = OPTIONS.repeating(QUICK.limitedTo(Duration.ofMillis(100)));
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var endpoint = endpoint(Carrier.TLS, listener);
            var failure =
                    assertThrows(
                                    TurnFailure.class,
                                    () -> TurnClient.connect(endpoint, impatient).close())
                            .failure();
            assertEquals(
                    "a TLS handshake", assertInstanceOf(Failure.Silence.class, failure).what());
        }
    }

    @Test
    void tellsThatNobodyListens() throws IOException, TurnFailure {
        Endpoint udp;
        try (var server = new ScriptedServer((number, request) -> null)) {
            udp = server.endpoint();
        }
        try (var client = TurnClient.connect(udp, OPTIONS)) {
            assertInstanceOf(Failure.ConnectionRefused.class, failureOf(client));
        }
        Endpoint tcp;
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            tcp = endpoint(Carrier.TCP, listener);
        }
        assertInstanceOf(
                Failure.ConnectionRefused.class,
                assertThrows(TurnFailure.class, () -> TurnClient.connect(tcp, OPTIONS).close())
                        .failure());
    }

    @Test
    void doesNotShowThePassword() {
        assertEquals("LongTermCredential[alice]", "" + OPTIONS.credential());
        assertTrue(OPTIONS.toString().contains("alice"));
        assertTrue(!OPTIONS.toString().contains("wonderland"));
    }

    private static Endpoint endpoint(Carrier carrier, ServerSocket listener) {
        return Endpoint.of(carrier, listener.getInetAddress(), listener.getLocalPort());
    }

    private static void answer(ServerSocket listener, String text) {
        try (var connection = listener.accept()) {
            assertTrue(connection.getInputStream().read(new byte[1024]) > 0);
            connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The test is over; what the client saw is what it asserts.
            assertTrue(listener.isBound());
        }
    }

    private static Failure failureOf(TurnClient client) {
        return assertThrows(TurnFailure.class, client::bind).failure();
    }

    private static byte[] mapped(StunMessage request) {
        return ScriptedServer.success(request, null, new XorMappedAddress(MAPPED));
    }

    private static byte[] allocated(StunMessage request, IntegrityKey key) {
        return ScriptedServer.success(
                request,
                key,
                new XorRelayedAddress(RELAYED),
                new XorMappedAddress(MAPPED),
                new Lifetime(600));
    }
}

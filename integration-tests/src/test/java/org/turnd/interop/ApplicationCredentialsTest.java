package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.peers.server.ServerKind;

/// Applications of `docs/howto/clients.md` log in with the shared secret. Their user names are made
/// here as each of them does it, and the password with the JDK alone.
@Timeout(30)
class ApplicationCredentialsTest {
    @TempDir static Path directory;
    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        var authority = new CertificateAuthority(directory);
        server =
                RunningServer.onLoopback(
                        ServerKind.TURND, directory, "127.0.0.1", authority.issue("127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Prosody, for Jitsi Meet | %d",
                "Synapse                 | %d:@bob:matrix.example.org",
                "Nextcloud Talk          | %d:4mR9vX2kT7wZ1cY6pL3sD5gH0jFa"
            })
    void logsIn(String application, String username) throws Exception {
        var credential = issue(username.formatted(secondsFromNow(3600)), RunningServer.SECRET);
        try (var client = connect(credential)) {
            assertTrue(client.allocate(null).lifetimeSeconds() > 0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "an old name, -1, b7Rk2mQ9xT4vW8zN1cY6pL3sD5gH0jFa",
        "another secret, 3600, c8Sk3nR0yU5wX9aO2dZ7qM4tE6hI1kGb"
    })
    void doesNotLogInWith(String what, long seconds, String secret) throws Exception {
        try (var client = connect(issue(secondsFromNow(seconds) + ":bob", secret))) {
            var refusal =
                    assertInstanceOf(
                            Failure.ErrorResponse.class,
                            assertThrows(TurnFailure.class, () -> client.allocate(null)).failure());
            assertEquals(401, refusal.code());
        }
    }

    private static TurnClient connect(LongTermCredential credential) throws TurnFailure {
        return TurnClient.connect(server.endpoint(Carrier.UDP), ClientOptions.of(credential));
    }

    private static long secondsFromNow(long seconds) {
        return Instant.now().getEpochSecond() + seconds;
    }

    private static LongTermCredential issue(String username, String secret)
            throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        byte[] code = mac.doFinal(username.getBytes(StandardCharsets.UTF_8));
        return new LongTermCredential(username, Base64.getEncoder().encodeToString(code));
    }
}

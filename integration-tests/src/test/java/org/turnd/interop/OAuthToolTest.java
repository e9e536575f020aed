package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.peers.lab.HostCommand;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.SelfContainedToken;
import org.turnd.stun.TokenAlgorithm;
import org.turnd.stun.TokenKey;

/// coturn's tool for authorization servers, an independent one: it opens our tokens, and we open
/// its.
@Timeout(60)
class OAuthToolTest {
    private static final String SERVER_NAME = "turn.example.org";
    private static final byte[] LONG_TERM_KEY =
            "HGkj32KJGiuy098sdfaqbNjOiaz71923".getBytes(StandardCharsets.US_ASCII);
    private static final IntegrityKey MAC_KEY =
            IntegrityKey.ofBytes("ZksjpweoixXmvn67534m".getBytes(StandardCharsets.US_ASCII));
    private static final Pattern TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @ParameterizedTest
    @EnumSource
    @Tag("O-07")
    void opensTokensOfTheTool(TokenAlgorithm algorithm) {
        var content = SelfContainedToken.issuedAt(now, 3600, MAC_KEY);
        var output =
                run(
                        algorithm,
                        "-e",
                        "--token-mac-key",
                        base64(MAC_KEY.toByteArray()),
                        "--token-timestamp",
                        "" + content.timestamp(),
                        "--token-lifetime=3600");
        var token = TOKEN.matcher(output);
        assertTrue(token.find(), output);
        var key = TokenKey.of(algorithm, LONG_TERM_KEY);
        var raw = Octets.of(Base64.getDecoder().decode(token.group(1)));
        assertEquals(content, key.open(raw, SERVER_NAME), output);
        assertEquals(content, key.open(Octets.utf8(token.group(1)), SERVER_NAME), output);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("O-07")
    void sealsTokensThatTheToolOpens(TokenAlgorithm algorithm) {
        var nonce = new byte[TokenKey.NONCE_LENGTH];
        new SecureRandom().nextBytes(nonce);
        var content = SelfContainedToken.issuedAt(now, 1234, MAC_KEY);
        var token =
                TokenKey.of(algorithm, LONG_TERM_KEY).seal(content, SERVER_NAME, Octets.of(nonce));
        var output = run(algorithm, "-d", "-v", "--token", base64(token.toByteArray()));
        assertTrue(output.contains("Valid token"), output);
        assertTrue(output.contains("mac key length: 20"), output);
        assertTrue(output.contains("unixtime: " + now.getEpochSecond()), output);
        assertTrue(output.contains("lifetime: 1234"), output);
    }

    private static String run(TokenAlgorithm algorithm, String... arguments) {
        var command = new ArrayList<>(List.of("timeout", "20", "turnutils_oauth"));
        command.addAll(List.of("--server-name", SERVER_NAME, "--auth-key-id", "one"));
        command.addAll(List.of("--auth-key", base64(LONG_TERM_KEY)));
        command.addAll(List.of("--auth-key-timestamp", "" + Instant.now().getEpochSecond()));
        command.addAll(List.of("--auth-key-lifetime", "86400"));
        command.addAll(List.of("--auth-key-as-rs-alg", algorithm.name()));
        command.addAll(List.of(arguments));
        return HostCommand.attempt(command, "").output();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}

package org.turnd.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.SelfContainedToken;
import org.turnd.stun.TokenAlgorithm;
import org.turnd.stun.TokenKey;

/// Forged access tokens (RFC 7635), raw and in base64: made up, and a real one altered by the
/// input. Only the real one opens.
public final class TokenTarget {
    private static final String SERVER = "turn.example.org";
    private static final TokenKey KEY =
            TokenKey.of(TokenAlgorithm.A256GCM, "k".repeat(32).getBytes(StandardCharsets.US_ASCII));
    private static final SelfContainedToken CONTENT =
            new SelfContainedToken(IntegrityKey.ofBytes(new byte[32]), 1L << 40, 600);
    private static final byte[] TOKEN =
            KEY.seal(CONTENT, SERVER, Octets.of(new byte[TokenKey.NONCE_LENGTH])).toByteArray();

    private TokenTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        assertNull(KEY.open(Octets.of(input), SERVER), "it was never sealed");
        byte[] altered = TOKEN.clone();
        boolean isAltered = input.length > TOKEN.length;
        for (int i = 0; i < Math.min(input.length, altered.length); i++) {
            altered[i] ^= input[i];
            isAltered |= input[i] != 0;
        }
        Object expected = isAltered && input.length <= TOKEN.length ? null : CONTENT;
        if (input.length <= TOKEN.length) {
            assertEquals(expected, KEY.open(Octets.of(altered), SERVER));
            Octets base64 = Octets.of(Base64.getEncoder().encode(altered));
            if (altered[0] == 0) {
                assertEquals(expected, KEY.open(base64, SERVER));
            }
        }
    }
}

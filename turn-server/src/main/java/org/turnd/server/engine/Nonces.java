package org.turnd.server.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.turnd.stun.TransportAddress;

/// Stateless nonces: nothing is remembered of who has not authenticated (S-08).
///
/// A NONCE is the nonce cookie (RFC 8489 §9.2), then in base64url: issue time in seconds (4 bytes)
/// and the first 16 bytes of an HMAC-SHA256 over issue time, source address, and the security
/// features that were offered with it, so that nobody in between can change them. It is 40
/// characters long, needs no quoting (D-04), differs for every source (D-05) and can't be forged
/// (D-06).
final class Nonces {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int TIME_BYTES = 4;
    private static final int MAC_BYTES = 16;
    private static final int ENCODED_CHARS = 27;

    private final String cookie;
    private final int lifetimeSeconds;
    private final byte[] context;
    private final Mac mac;
    private final ByteBuffer input = ByteBuffer.allocate(2 * Long.BYTES + 3 * Integer.BYTES);

    /// @param secret 32 bytes that nobody can guess
    /// @param realm where they are good, and nowhere else
    Nonces(byte[] secret, int lifetimeSeconds, SecurityFeatures offered, String realm) {
        this.lifetimeSeconds = lifetimeSeconds;
        this.cookie = offered.cookie();
        this.context =
                (cookie + offered.passwordAlgorithms() + realm).getBytes(StandardCharsets.UTF_8);
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /// Returns a nonce for this source.
    String issue(ClientPath client, long nowNanos) {
        int issuedSeconds = seconds(nowNanos);
        byte[] sealed = new byte[TIME_BYTES + MAC_BYTES];
        ByteBuffer.wrap(sealed).putInt(issuedSeconds).put(seal(client, issuedSeconds));
        return cookie + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    }

    /// Says whether this server issued the nonce to this source, not longer ago than its lifetime.
    boolean isFresh(String nonce, ClientPath client, long nowNanos) {
        if (nonce.length() != cookie.length() + ENCODED_CHARS || !nonce.startsWith(cookie)) {
            return false;
        }
        byte[] sealed;
        try {
            byte[] encoded = nonce.substring(cookie.length()).getBytes(StandardCharsets.ISO_8859_1);
            sealed = Base64.getUrlDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            // Not base64url, so not ours: stale, like any other foreign nonce.
            return false;
        }
        int issuedSeconds = ByteBuffer.wrap(sealed).getInt();
        int ageSeconds = seconds(nowNanos) - issuedSeconds;
        byte[] theirs = Arrays.copyOfRange(sealed, TIME_BYTES, sealed.length);
        return MessageDigest.isEqual(theirs, seal(client, issuedSeconds))
                && ageSeconds >= 0
                && ageSeconds <= lifetimeSeconds;
    }

    private byte[] seal(ClientPath client, int issuedSeconds) {
        TransportAddress source = client.client();
        input.clear();
        input.putLong(source.high()).putLong(source.low()).putInt(source.port());
        input.putInt(client.transport().ordinal()).putInt(issuedSeconds).flip();
        mac.update(context);
        mac.update(input);
        return Arrays.copyOf(mac.doFinal(), MAC_BYTES);
    }

    private static int seconds(long nowNanos) {
        return (int) Math.floorDiv(nowNanos, NANOS_PER_SECOND);
    }
}

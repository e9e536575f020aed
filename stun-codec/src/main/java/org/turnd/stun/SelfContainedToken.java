package org.turnd.stun;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What the authorization server tells the STUN server in a token (RFC 7635 §6.2): the session key
/// that the client signs with, and how long it is good. Its text form doesn't show the key.
///
/// @param macKey 20 to 64 bytes
/// @param timestamp when it was issued: seconds since 1970 in the first 48 bits, 1/64000 seconds in
///   the last 16
/// @param lifetimeSeconds 0 to 2^32 - 1
public record SelfContainedToken(IntegrityKey macKey, long timestamp, long lifetimeSeconds) {
    /// How far the clocks of both servers may be apart (RFC 7635 §7).
    public static final Duration DELTA = Duration.ofSeconds(5);

    /// Length in bytes of the session key of HMAC-SHA1, the shortest there is.
    public static final int MAC_KEY_MIN_LENGTH = 20;

    /// Length in bytes of the longest session key that is taken.
    public static final int MAC_KEY_MAX_LENGTH = 64;

    /// Length in bytes of the session key of HMAC-SHA256.
    public static final int SHA256_MAC_KEY_LENGTH = 32;

    private static final int FRACTION_BITS = 16;
    private static final int FRACTIONS_PER_SECOND = 64_000;
    private static final int NANOS_PER_FRACTION = 1_000_000_000 / FRACTIONS_PER_SECOND;
    private static final long LIFETIME_MAX = 0xFFFF_FFFFL;

    public SelfContainedToken {
        int length = macKey.toByteArray().length;
        if (length < MAC_KEY_MIN_LENGTH || length > MAC_KEY_MAX_LENGTH) {
            throw new IllegalArgumentException("a mac_key of " + length + " bytes");
        }
        if (lifetimeSeconds < 0 || lifetimeSeconds > LIFETIME_MAX) {
            throw new IllegalArgumentException("a lifetime of " + lifetimeSeconds + " seconds");
        }
    }

    /// Returns the content of a token issued at this time, which is not before 1970.
    public static SelfContainedToken issuedAt(
            Instant issued, long lifetimeSeconds, IntegrityKey macKey) {
        long fraction = issued.getNano() / NANOS_PER_FRACTION;
        return new SelfContainedToken(
                macKey, issued.getEpochSecond() << FRACTION_BITS | fraction, lifetimeSeconds);
    }

    /// Returns when the token was issued.
    public Instant issued() {
        long fraction = timestamp & (1 << FRACTION_BITS) - 1;
        return Instant.ofEpochSecond(timestamp >>> FRACTION_BITS, fraction * NANOS_PER_FRACTION);
    }

    /// Returns how long the token is still good: `lifetime + Delta - abs(now - timestamp)` (O-04,
    /// O-06). It must be refused when that is not positive.
    public Duration remaining(Instant now) {
        return Duration.ofSeconds(lifetimeSeconds)
                .plus(DELTA)
                .minus(Duration.between(issued(), now).abs());
    }

    /// Returns the keys that a client may sign MESSAGE-INTEGRITY with: the session key itself (§5),
    /// and, out of one for HMAC-SHA256, its SHA-1 (Appendix B). MESSAGE-INTEGRITY-SHA256 takes the
    /// session key alone.
    public List<IntegrityKey> sha1Keys() {
        byte[] bytes = macKey.toByteArray();
        return bytes.length < SHA256_MAC_KEY_LENGTH
                ? List.of(macKey)
                : List.of(macKey, IntegrityKey.ofBytes(Digests.sha1(bytes)));
    }
}

package org.turnd.stun;

import java.util.Locale;

/// The 128 bits after the length field (RFC 8489 §5): magic cookie and 96-bit id, or, from an RFC
/// 3489 client, 128 bits of id of which `cookie` holds the first 32.
///
/// @param cookie bits 0 to 31, [#MAGIC_COOKIE] unless the client is a classic one
/// @param high bits 32 to 63
/// @param low bits 64 to 127
public record TransactionId(int cookie, int high, long low) {
    /// The constant that tells RFC 5389 and later from RFC 3489.
    public static final int MAGIC_COOKIE = 0x2112A442;

    /// Returns a 96-bit transaction id behind the magic cookie.
    public static TransactionId of(int high, long low) {
        return new TransactionId(MAGIC_COOKIE, high, low);
    }

    /// Tells whether the sender speaks RFC 3489, which knew no cookie (B-01).
    public boolean isClassic() {
        return cookie != MAGIC_COOKIE;
    }

    /// Returns 24 hex digits, or 32 for a classic id.
    @Override
    public String toString() {
        return isClassic()
                ? String.format(Locale.ROOT, "%08x%08x%016x", cookie, high, low)
                : String.format(Locale.ROOT, "%08x%016x", high, low);
    }
}

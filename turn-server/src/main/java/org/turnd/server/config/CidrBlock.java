package org.turnd.server.config;

import org.turnd.stun.TransportAddress;

/// A block of IP addresses: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
///
/// A block is of one family. `::/0` is every IPv6 address and no IPv4 address, although IPv4
/// addresses are held in their IPv4-mapped form.
///
/// @param high, low the first address of the block, as 128 bits; IPv4 in its IPv4-mapped form
/// @param prefixBits the common bits, 0 to 128; 96 to 128 for IPv4
public record CidrBlock(long high, long low, int prefixBits) {
    private static final int ADDRESS_BITS = 128;
    private static final int IPV4_PREFIX_BITS = 96;

    /// Reads a block. Throws [IllegalArgumentException] with a text for the operator when this is
    /// none.
    public static CidrBlock parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        TransportAddress address = IpLiteral.parse(host);
        if (address == null) {
            throw new IllegalArgumentException("not an IP address");
        }
        boolean dotted = host.indexOf(':') < 0;
        int bitsBefore = dotted ? IPV4_PREFIX_BITS : 0;
        int prefixBits =
                slash < 0
                        ? ADDRESS_BITS
                        : bitsBefore
                                + prefixLength(
                                        text.substring(slash + 1), ADDRESS_BITS - bitsBefore);
        long high = address.high() & highMask(prefixBits);
        long low = address.low() & lowMask(prefixBits);
        if (high != address.high() || low != address.low()) {
            String start = new TransportAddress(high, low, 0).host();
            throw new IllegalArgumentException(
                    "the block of this size begins at " + start + text.substring(slash));
        }
        return new CidrBlock(high, low, prefixBits);
    }

    /// The first 64 bits of the last address.
    public long lastHigh() {
        return high | ~highMask(prefixBits);
    }

    /// The last 64 bits of the last address.
    public long lastLow() {
        return low | ~lowMask(prefixBits);
    }

    /// Returns the block as [#parse] reads it.
    @Override
    public String toString() {
        var first = new TransportAddress(high, low, 0);
        int bitsBefore = first.isIpv4() && prefixBits >= IPV4_PREFIX_BITS ? IPV4_PREFIX_BITS : 0;
        return first.host() + "/" + (prefixBits - bitsBefore);
    }

    private static int prefixLength(String text, int max) {
        if (text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int length = text.isEmpty() ? -1 : Integer.parseInt(text);
            if (length >= 0 && length <= max) {
                return length;
            }
        }
        throw new IllegalArgumentException("the prefix length is not 0 to " + max);
    }

    private static long highMask(int prefixBits) {
        return prefixBits >= Long.SIZE ? -1L : mask(prefixBits);
    }

    private static long lowMask(int prefixBits) {
        return prefixBits <= Long.SIZE ? 0 : mask(prefixBits - Long.SIZE);
    }

    /// Java shifts by the count modulo 64, so no bits at all is a case of its own.
    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (Long.SIZE - bits);
    }
}

package org.turnd.cli.coturn;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.CidrBlock;
import org.turnd.server.config.IpLiteral;
import org.turnd.server.policy.DeniedByDefault;
import org.turnd.stun.TransportAddress;

/// coturn's range of addresses, `first-last`, as blocks.
///
/// @param blocks that cover exactly the range, ascending
record AddressSpan(List<CidrBlock> blocks) {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final List<CidrBlock> DENIED =
            DeniedByDefault.RANGES.stream().map(range -> CidrBlock.parse(range.block())).toList();
    private static final List<CidrBlock> LOOPBACK =
            List.of(CidrBlock.parse("127.0.0.0/8"), CidrBlock.parse("::1/128"));

    AddressSpan {
        blocks = List.copyOf(blocks);
    }

    /// Reads a range, an address or, which coturn before 4.7 doesn't know, a block. Returns null
    /// when it is none of them.
    static @Nullable AddressSpan parse(String text) {
        if (text.indexOf('/') >= 0) {
            try {
                return new AddressSpan(List.of(CidrBlock.parse(text)));
            } catch (IllegalArgumentException noBlock) {
                return null;
            }
        }
        int dash = text.indexOf('-');
        TransportAddress first =
                IpLiteral.parse((dash < 0 ? text : text.substring(0, dash)).strip());
        TransportAddress last =
                dash < 0 ? first : IpLiteral.parse(text.substring(dash + 1).strip());
        if (first == null || last == null || first.isIpv4() != last.isIpv4()) {
            return null;
        }
        BigInteger from = number(first);
        BigInteger to = number(last);
        return from.compareTo(to) > 0
                ? null
                : new AddressSpan(blocks(from, to, first.isIpv4() ? IPV4_BITS : IPV6_BITS));
    }

    /// Whether no address of it is a peer anyway.
    boolean isDeniedByDefault() {
        return blocks.stream().allMatch(block -> isWithin(block, DENIED));
    }

    /// Whether it has loopback addresses.
    boolean touchesLoopback() {
        return LOOPBACK.stream().anyMatch(loopback -> isWithin(loopback, blocks))
                || blocks.stream().anyMatch(block -> isWithin(block, LOOPBACK));
    }

    private static boolean isWithin(CidrBlock block, List<CidrBlock> others) {
        return others.stream().anyMatch(other -> contains(other, block));
    }

    private static boolean contains(CidrBlock outer, CidrBlock inner) {
        if (inner.prefixBits() < outer.prefixBits()) {
            return false;
        }
        return number(outer.high(), outer.low())
                        .xor(number(inner.high(), inner.low()))
                        .shiftRight(IPV6_BITS - outer.prefixBits())
                        .signum()
                == 0;
    }

    /// The largest block that begins where the rest begins and isn't longer than it, again and
    /// again: two a bit of the address at most.
    private static List<CidrBlock> blocks(BigInteger from, BigInteger to, int bits) {
        var blocks = new ArrayList<CidrBlock>();
        BigInteger start = from;
        while (start.compareTo(to) <= 0) {
            int aligned = start.signum() == 0 ? bits : Math.min(bits, start.getLowestSetBit());
            int fitting = to.subtract(start).add(BigInteger.ONE).bitLength() - 1;
            int size = Math.min(aligned, fitting);
            blocks.add(block(start, bits, bits - size));
            start = start.add(BigInteger.ONE.shiftLeft(size));
        }
        return blocks;
    }

    private static CidrBlock block(BigInteger start, int bits, int prefixBits) {
        if (bits == IPV4_BITS) {
            return new CidrBlock(
                    0,
                    TransportAddress.ipv4Low(start.intValue()),
                    prefixBits + IPV6_BITS - IPV4_BITS);
        }
        return new CidrBlock(
                start.shiftRight(Long.SIZE).longValue(), start.longValue(), prefixBits);
    }

    private static BigInteger number(TransportAddress address) {
        return address.isIpv4()
                ? BigInteger.valueOf(Integer.toUnsignedLong(address.ipv4Address()))
                : number(address.high(), address.low());
    }

    private static BigInteger number(long high, long low) {
        return unsigned(high).shiftLeft(Long.SIZE).or(unsigned(low));
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}

package org.turnd.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.turnd.server.config.CidrBlock;

class AddressRangesTest {
    @Test
    void emptySetContainsNothing() {
        var none = AddressRanges.of(List.of());
        assertFalse(none.contains(0, 0));
        assertFalse(none.contains(-1, -1));
    }

    @Test
    void neighboursAndOverlapsBecomeOneRange() {
        assertEquals(1, sizeOf("10.0.0.0/9", "10.128.0.0/9"));
        assertEquals(1, sizeOf("10.0.0.0/8", "10.1.2.3", "10.0.0.0/30"));
        assertEquals(2, sizeOf("10.0.0.0/9", "10.129.0.0/16"));
        assertEquals(1, sizeOf("ff00::/8", "fe00::/8", "ffff::/16"));
        assertEquals(1, sizeOf("2001:db8:0:0::/64", "2001:db8:0:1::/64"));
    }

    @Test
    void comparesAsUnsignedNumbers() {
        var high = AddressRanges.of(List.of(CidrBlock.parse("8000::/1")));
        assertTrue(high.contains(Long.MIN_VALUE, 0));
        assertTrue(high.contains(-1, -1));
        assertFalse(high.contains(Long.MAX_VALUE, -1));
        var low = AddressRanges.of(List.of(CidrBlock.parse("2a00::8000:0:0:0/65")));
        assertTrue(low.contains(0x2A00L << 48, Long.MIN_VALUE));
        assertFalse(low.contains(0x2A00L << 48, Long.MAX_VALUE));
    }

    @Test
    void agreesWithANaiveReferenceOnRandomBlocks() {
        long seed = Long.getLong("turnd.seed", 20260728);
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            var blocks = new ArrayList<CidrBlock>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                blocks.add(randomBlock(random));
            }
            var ranges = AddressRanges.of(blocks);
            for (int i = 0; i < 200; i++) {
                CidrBlock near = blocks.get(random.nextInt(blocks.size()));
                BigInteger address = randomAddressNear(near, random);
                long high = address.shiftRight(64).longValue();
                long low = address.longValue();
                assertEquals(
                        naive(blocks, address),
                        ranges.contains(high, low),
                        () -> "seed " + seed + ", " + address.toString(16) + " in " + blocks);
            }
        }
    }

    private static int sizeOf(String... blocks) {
        var parsed = new ArrayList<CidrBlock>();
        for (String block : blocks) {
            parsed.add(CidrBlock.parse(block));
        }
        return AddressRanges.of(parsed).size();
    }

    private static CidrBlock randomBlock(SplittableRandom random) {
        // Few distinct bits make blocks that overlap and touch.
        int prefixBits = random.nextInt(129);
        BigInteger mask =
                BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE.shiftLeft(128 - prefixBits));
        BigInteger start = randomBits(random).and(mask);
        return new CidrBlock(start.shiftRight(64).longValue(), start.longValue(), prefixBits);
    }

    private static BigInteger randomBits(SplittableRandom random) {
        long[] interesting = {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE, 0xFFFF_0000_0000L};
        long high = interesting[random.nextInt(interesting.length)];
        long low = random.nextBoolean() ? interesting[random.nextInt(6)] : random.nextLong();
        return unsigned(high, low);
    }

    private static BigInteger randomAddressNear(CidrBlock block, SplittableRandom random) {
        BigInteger base =
                random.nextBoolean()
                        ? unsigned(block.high(), block.low())
                        : unsigned(block.lastHigh(), block.lastLow());
        BigInteger offset = BigInteger.valueOf(random.nextInt(-2, 3));
        return random.nextInt(4) == 0
                ? randomBits(random)
                : base.add(offset).mod(BigInteger.ONE.shiftLeft(128));
    }

    /// By the book: the first `prefixBits` bits are the same, and the families are.
    private static boolean naive(List<CidrBlock> blocks, BigInteger address) {
        BigInteger mapped = BigInteger.valueOf(0xFFFF);
        boolean ipv4 = address.shiftRight(32).equals(mapped);
        for (CidrBlock block : blocks) {
            int rest = 128 - block.prefixBits();
            BigInteger start = unsigned(block.high(), block.low());
            boolean ipv4Block = block.prefixBits() >= 96 && start.shiftRight(32).equals(mapped);
            if (ipv4 == ipv4Block && start.shiftRight(rest).equals(address.shiftRight(rest))) {
                return true;
            }
        }
        return false;
    }

    private static BigInteger unsigned(long high, long low) {
        BigInteger mask = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
        return BigInteger.valueOf(high)
                .and(mask)
                .shiftLeft(64)
                .or(BigInteger.valueOf(low).and(mask));
    }
}

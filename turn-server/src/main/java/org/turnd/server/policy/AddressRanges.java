package org.turnd.server.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.turnd.server.config.CidrBlock;
import org.turnd.stun.TransportAddress;

/// A set of IP addresses as sorted ranges that neither overlap nor touch. Immutable; lookups
/// allocate nothing.
///
/// 128-bit addresses are compared as unsigned numbers; comparing them bytewise has left holes in
/// other servers' deny lists.
public final class AddressRanges {
    private static final long MAPPED_FIRST = TransportAddress.ipv4Low(0);
    private static final long MAPPED_LAST = TransportAddress.ipv4Low(-1);

    private record Range(long firstHigh, long firstLow, long lastHigh, long lastLow) {}

    private final long[] firstHigh;
    private final long[] firstLow;
    private final long[] lastHigh;
    private final long[] lastLow;

    private AddressRanges(List<Range> sorted) {
        firstHigh = sorted.stream().mapToLong(Range::firstHigh).toArray();
        firstLow = sorted.stream().mapToLong(Range::firstLow).toArray();
        lastHigh = sorted.stream().mapToLong(Range::lastHigh).toArray();
        lastLow = sorted.stream().mapToLong(Range::lastLow).toArray();
    }

    /// Returns the set of all addresses of these blocks.
    public static AddressRanges of(List<CidrBlock> blocks) {
        var ranges = new ArrayList<Range>();
        for (CidrBlock block : blocks) {
            addOneFamily(block, ranges);
        }
        ranges.sort(
                Comparator.comparing(
                        range -> range,
                        (a, b) ->
                                compare(a.firstHigh(), a.firstLow(), b.firstHigh(), b.firstLow())));
        return new AddressRanges(merge(ranges));
    }

    /// Says whether an address, in the form of [TransportAddress], is in the set.
    public boolean contains(long high, long low) {
        int from = 0;
        int to = firstHigh.length - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            if (compare(high, low, firstHigh[middle], firstLow[middle]) < 0) {
                to = middle - 1;
            } else if (compare(high, low, lastHigh[middle], lastLow[middle]) > 0) {
                from = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    int size() {
        return firstHigh.length;
    }

    static int compare(long high, long low, long otherHigh, long otherLow) {
        int order = Long.compareUnsigned(high, otherHigh);
        return order != 0 ? order : Long.compareUnsigned(low, otherLow);
    }

    /// Leaves the IPv4-mapped addresses out of an IPv6 block around them: they are IPv4.
    private static void addOneFamily(CidrBlock block, List<Range> ranges) {
        boolean around =
                compare(block.high(), block.low(), 0, MAPPED_FIRST) < 0
                        && compare(block.lastHigh(), block.lastLow(), 0, MAPPED_LAST) >= 0;
        if (around) {
            ranges.add(new Range(block.high(), block.low(), 0, MAPPED_FIRST - 1));
            ranges.add(new Range(0, MAPPED_LAST + 1, block.lastHigh(), block.lastLow()));
        } else {
            ranges.add(new Range(block.high(), block.low(), block.lastHigh(), block.lastLow()));
        }
    }

    private static List<Range> merge(List<Range> sorted) {
        var merged = new ArrayList<Range>();
        for (Range next : sorted) {
            Range last = merged.isEmpty() ? null : merged.getLast();
            if (last == null || !touches(last, next)) {
                merged.add(next);
            } else if (compare(last.lastHigh(), last.lastLow(), next.lastHigh(), next.lastLow())
                    < 0) {
                merged.set(
                        merged.size() - 1,
                        new Range(
                                last.firstHigh(),
                                last.firstLow(),
                                next.lastHigh(),
                                next.lastLow()));
            }
        }
        return merged;
    }

    private static boolean touches(Range range, Range next) {
        long afterLow = range.lastLow() + 1;
        long afterHigh = afterLow == 0 ? range.lastHigh() + 1 : range.lastHigh();
        boolean toTheEnd = afterLow == 0 && afterHigh == 0;
        return toTheEnd || compare(next.firstHigh(), next.firstLow(), afterHigh, afterLow) <= 0;
    }
}

package org.turnd.server.engine;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.turnd.stun.TransportAddress;

/// Different IPv4 transport addresses in one /8, which take turns again and again. Read one after
/// the other, they cost a benchmark next to nothing themselves.
final class RandomAddresses {
    private final long[] lows;
    private final int[] ports;
    private int turn;

    /// @param block the first address of the /8
    RandomAddresses(int count, int block, SplittableRandom random) {
        // An odd factor makes a permutation: no address comes twice.
        int factor = random.nextInt() | 1;
        lows =
                IntStream.range(0, count)
                        .mapToLong(i -> TransportAddress.ipv4Low(block | (i * factor & 0xFFFFFF)))
                        .toArray();
        ports = random.ints(count, 1024, 65_536).toArray();
    }

    /// Returns the index of the address whose turn it is.
    int next() {
        turn = turn + 1 == lows.length ? 0 : turn + 1;
        return turn;
    }

    long low(int index) {
        return lows[index];
    }

    int port(int index) {
        return ports[index];
    }

    TransportAddress address(int index) {
        return new TransportAddress(0, lows[index], ports[index]);
    }

    List<TransportAddress> all() {
        return IntStream.range(0, lows.length).mapToObj(this::address).toList();
    }
}

package org.turnd.server.net;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// Turns primitive addresses into the JDK's objects without making one for every packet: a
/// direct-mapped cache, where a new address takes the slot of an older one. One thread.
final class SocketAddressCache {
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final long[] highs;
    private final long[] lows;
    private final int[] ports;
    private final @Nullable InetSocketAddress[] addresses;
    private final int shift;

    /// @param slots how many addresses are kept at most, a power of two
    SocketAddressCache(int slots) {
        if (slots < 2 || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException(slots + " is not a power of two");
        }
        highs = new long[slots];
        lows = new long[slots];
        ports = new int[slots];
        addresses = new InetSocketAddress[slots];
        shift = Long.numberOfLeadingZeros(slots - 1L);
    }

    /// Returns this address; allocates only where its slot holds another one.
    InetSocketAddress get(long high, long low, int port) {
        int slot = slotOf(high, low, port);
        InetSocketAddress cached = addresses[slot];
        if (cached != null && lows[slot] == low && ports[slot] == port && highs[slot] == high) {
            return cached;
        }
        var address = new TransportAddress(high, low, port).toInetSocketAddress();
        highs[slot] = high;
        lows[slot] = low;
        ports[slot] = port;
        addresses[slot] = address;
        return address;
    }

    private int slotOf(long high, long low, int port) {
        long mixed = ((high * MULTIPLIER) ^ low) * MULTIPLIER + port;
        return (int) ((mixed * MULTIPLIER) >>> shift);
    }
}

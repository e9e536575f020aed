package org.turnd.server.net;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// Whose DTLS association: a client's address and the listener it came to. One that is used to look
/// up is changed from datagram to datagram; one in a table isn't.
final class DtlsKey {
    /// Keeps clients from choosing addresses that collide.
    private static final long SEED = new SecureRandom().nextLong();

    private int listener;
    private long high;
    private long low;
    private int port;

    DtlsKey set(int newListener, long newHigh, long newLow, int newPort) {
        listener = newListener;
        high = newHigh;
        low = newLow;
        port = newPort;
        return this;
    }

    DtlsKey copy() {
        return new DtlsKey().set(listener, high, low, port);
    }

    int listener() {
        return listener;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    int port() {
        return port;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DtlsKey key
                && low == key.low
                && high == key.high
                && port == key.port
                && listener == key.listener;
    }

    @Override
    public int hashCode() {
        long mixed = (SEED ^ low) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 32 ^ high) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 29 ^ (long) port << 32 ^ listener) * 0x94D049BB133111EBL;
        return (int) (mixed >>> 32);
    }
}

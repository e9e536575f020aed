package org.turnd.server.engine;

/// One channel: a number and the peer it stands for (RFC 8656 §12).
final class ChannelBinding {
    static final long LIFETIME_NANOS = 600 * 1_000_000_000L;

    final int number;
    final Relay relay;
    final long peerHigh;
    final long peerLow;
    final int peerPort;
    long expiresNanos;

    ChannelBinding(int number, Relay relay, long peerHigh, long peerLow, int peerPort) {
        this.number = number;
        this.relay = relay;
        this.peerHigh = peerHigh;
        this.peerLow = peerLow;
        this.peerPort = peerPort;
    }

    boolean isLive(long nowNanos) {
        return expiresNanos - nowNanos > 0;
    }

    boolean isTo(long high, long low, int port) {
        return peerLow == low && peerPort == port && peerHigh == high;
    }
}

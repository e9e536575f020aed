package org.turnd.server.engine;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The channels of one allocation, found by number and by peer. An expired one is not found; it is
/// forgotten when its place is needed. Looking up allocates nothing.
final class Channels {
    private static final int INITIAL_SLOTS = 4;

    private final long seed;
    private final int max;
    private @Nullable ChannelBinding[] byNumber = new @Nullable ChannelBinding[INITIAL_SLOTS];
    private @Nullable ChannelBinding[] byPeer = new @Nullable ChannelBinding[INITIAL_SLOTS];
    private int size;

    /// @param max channels at most
    Channels(long seed, int max) {
        this.seed = seed;
        this.max = max;
    }

    @Nullable ChannelBinding find(int number, long nowNanos) {
        int mask = byNumber.length - 1;
        for (int slot = number & mask; ; slot = (slot + 1) & mask) {
            ChannelBinding channel = byNumber[slot];
            if (channel == null) {
                return null;
            }
            if (channel.number == number) {
                return channel.isLive(nowNanos) ? channel : null;
            }
        }
    }

    @Nullable ChannelBinding find(long high, long low, int port, long nowNanos) {
        int mask = byPeer.length - 1;
        for (int slot = Hash.of(seed, high, low, port) & mask; ; slot = (slot + 1) & mask) {
            ChannelBinding channel = byPeer[slot];
            if (channel == null) {
                return null;
            }
            if (channel.isTo(high, low, port)) {
                return channel.isLive(nowNanos) ? channel : null;
            }
        }
    }

    /// Says whether one more channel fits, after forgetting those that have expired.
    boolean hasRoom(long nowNanos) {
        if (size >= max) {
            keep(byNumber.length, channel -> channel.isLive(nowNanos));
        }
        return size < max;
    }

    /// Adds a channel whose number and peer have no live channel. The caller has seen to it that
    /// there is room.
    void add(ChannelBinding channel, long nowNanos) {
        // An expired channel of the same number or peer must not hide the new one.
        int slots = (size + 1) * 2 > byNumber.length ? byNumber.length * 2 : byNumber.length;
        if (slots != byNumber.length || isStale(channel)) {
            keep(slots, other -> other.isLive(nowNanos));
        }
        insert(channel);
    }

    /// Forgets the channels of a relayed transport address.
    void removeAll(Relay relay) {
        removeIf(channel -> channel.relay == relay);
    }

    /// Forgets some channels.
    void removeIf(Predicate<ChannelBinding> condemned) {
        keep(byNumber.length, condemned.negate());
    }

    /// Channels, some of which may have expired.
    void forEach(Consumer<ChannelBinding> action) {
        for (ChannelBinding channel : byNumber) {
            if (channel != null) {
                action.accept(channel);
            }
        }
    }

    private boolean isStale(ChannelBinding added) {
        for (ChannelBinding other : byNumber) {
            if (other != null
                    && (other.number == added.number
                            || other.isTo(added.peerHigh, added.peerLow, added.peerPort))) {
                return true;
            }
        }
        return false;
    }

    private void keep(int slots, Predicate<ChannelBinding> kept) {
        @Nullable ChannelBinding[] old = byNumber;
        byNumber = new @Nullable ChannelBinding[slots];
        byPeer = new @Nullable ChannelBinding[slots];
        size = 0;
        for (ChannelBinding channel : old) {
            if (channel != null && kept.test(channel)) {
                insert(channel);
            }
        }
    }

    private void insert(ChannelBinding channel) {
        int mask = byNumber.length - 1;
        int slot = channel.number & mask;
        while (byNumber[slot] != null) {
            slot = (slot + 1) & mask;
        }
        byNumber[slot] = channel;
        slot = Hash.of(seed, channel.peerHigh, channel.peerLow, channel.peerPort) & mask;
        while (byPeer[slot] != null) {
            slot = (slot + 1) & mask;
        }
        byPeer[slot] = channel;
        size++;
    }
}

package org.turnd.server.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.StunMessage;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// What the clients were promised: allocations, permissions and channels as the server's success
/// answers made them (RFC 8656 §6, §9, §12), in plain maps. Nothing in it is past its time.
final class Model {
    static final long PERMISSION_NANOS = 300 * VirtualNetwork.SECONDS;
    static final long CHANNEL_NANOS = 600 * VirtualNetwork.SECONDS;
    static final long STORED_ANSWER_NANOS = 40 * VirtualNetwork.SECONDS;

    /// An allocation that was granted.
    static final class Allocation {
        final FiveTuple client;
        final String user;
        final Map<AddressFamily, Relay> relays = new EnumMap<>(AddressFamily.class);
        final Map<Integer, Channel> channels = new LinkedHashMap<>();

        Allocation(FiveTuple client, String user) {
            this.client = client;
            this.user = user;
        }

        @Nullable Integer channelTo(TransportAddress peer) {
            for (Map.Entry<Integer, Channel> entry : channels.entrySet()) {
                if (entry.getValue().peer.equals(peer)) {
                    return entry.getKey();
                }
            }
            return null;
        }
    }

    /// One of an allocation's relayed transport addresses.
    static final class Relay {
        final Allocation allocation;
        final RelaySockets.Socket socket;
        final TransportAddress relayed;

        /// Peer IP addresses (port 0) and when their permission expires.
        final Map<TransportAddress, Long> permissions = new LinkedHashMap<>();

        Relay(Allocation allocation, RelaySockets.Socket socket, TransportAddress relayed) {
            this.allocation = allocation;
            this.socket = socket;
            this.relayed = relayed;
        }

        boolean permits(TransportAddress peer) {
            return permissions.containsKey(peer.withPort(0));
        }
    }

    /// A bound channel.
    record Channel(TransportAddress peer, long expiresNanos) {}

    /// An Allocate whose answer is owed.
    ///
    /// @param claimed the port that its RESERVATION-TOKEN stands for
    record Pending(
            StunMessage request,
            Octets bytes,
            String user,
            IntegrityKey key,
            RelaySockets.@Nullable Port claimed) {}

    /// What identifies a retransmission.
    private record Transaction(FiveTuple client, int messageType, TransactionId id) {}

    private record Stored(Octets answer, long untilNanos) {}

    private final Map<FiveTuple, Allocation> allocations = new LinkedHashMap<>();
    private final Map<FiveTuple, Pending> pending = new HashMap<>();
    private final Map<Transaction, Stored> stored = new HashMap<>();

    @Nullable Allocation allocation(FiveTuple client) {
        return allocations.get(client);
    }

    List<Allocation> allocations() {
        return new ArrayList<>(allocations.values());
    }

    @Nullable Pending pending(FiveTuple client) {
        return pending.get(client);
    }

    int pendingCount() {
        return pending.size();
    }

    /// Returns the relay of this socket while it lives.
    @Nullable Relay relay(RelaySockets.@Nullable Socket socket) {
        if (socket == null) {
            return null;
        }
        Allocation allocation = allocations.get(socket.owner);
        Relay relay = allocation == null ? null : allocation.relays.get(socket.family);
        return relay != null && relay.socket == socket ? relay : null;
    }

    void begin(FiveTuple client, Pending allocate) {
        pending.put(client, allocate);
    }

    void settle(FiveTuple client) {
        pending.remove(client);
    }

    void add(Allocation allocation) {
        allocations.put(allocation.client, allocation);
    }

    void removeRelay(Allocation allocation, AddressFamily family) {
        allocation.relays.remove(family);
        allocation.channels.values().removeIf(channel -> channel.peer.family() == family);
        if (allocation.relays.isEmpty()) {
            allocations.remove(allocation.client);
        }
    }

    /// The five-tuple is no more.
    void remove(FiveTuple client) {
        allocations.remove(client);
        pending.remove(client);
    }

    /// The engine of this shard was stopped, and forgot everything.
    void removeShard(int shard) {
        allocations.keySet().removeIf(client -> client.shard() == shard);
        pending.keySet().removeIf(client -> client.shard() == shard);
        stored.keySet().removeIf(transaction -> transaction.client.shard() == shard);
    }

    void store(FiveTuple client, int type, TransactionId id, Octets answer, long nowNanos) {
        stored.put(
                new Transaction(client, type, id),
                new Stored(answer, nowNanos + STORED_ANSWER_NANOS));
    }

    /// Returns what an earlier copy of this request was answered, for as long as that counts.
    @Nullable Octets stored(FiveTuple client, int type, TransactionId id, long nowNanos) {
        Stored found = stored.get(new Transaction(client, type, id));
        return found == null || nowNanos >= found.untilNanos ? null : found.answer;
    }

    /// Forgets what is past its time.
    void expire(long nowNanos) {
        for (Allocation allocation : allocations()) {
            for (Relay relay : List.copyOf(allocation.relays.values())) {
                if (relay.socket.expiresNanos <= nowNanos) {
                    removeRelay(allocation, relay.socket.family);
                } else {
                    relay.permissions.values().removeIf(expires -> expires <= nowNanos);
                }
            }
            allocation.channels.values().removeIf(channel -> channel.expiresNanos <= nowNanos);
        }
    }
}

package org.turnd.server.engine;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// Every allocation of this shard: made here, found here, ended here, so that no port, quota or
/// socket outlives one.
final class Allocations {
    /// Ports tried when the leased one turns out to be taken by another program: enough for a range
    /// half full of strangers.
    static final int BIND_ATTEMPTS_MAX = 16;

    private static final int INITIAL_RELAYS = 16;

    private final int shard;
    private final Surroundings surroundings;
    private final SharedState shared;
    private final QuotaClaims quotas;
    private final EngineSink sink;
    private final EngineEvents events;
    private final EngineCounters counters;
    private final ChannelOffload offload;
    private final TimerWheel wheel;
    private final PeerConnections peerConnections;
    private final long seed;
    private final ClientPaths paths;
    private final Map<Long, Allocation> mobile = new HashMap<>();
    private long lastTicketSerial = Allocation.NO_SERIAL;
    private long lastSequence;
    private int count;
    private @Nullable Relay[] relays = new @Nullable Relay[INITIAL_RELAYS];
    private int[] freeRelayIds = new int[INITIAL_RELAYS];
    private int freeRelayIdCount;
    private int relayIdsUsed;

    Allocations(
            Surroundings surroundings,
            ChannelOffload offload,
            TimerWheel wheel,
            PeerConnections peerConnections,
            RandomGenerator random) {
        this.shard = surroundings.shard();
        this.surroundings = surroundings;
        this.shared = surroundings.shared();
        this.quotas = new QuotaClaims(shared);
        this.sink = surroundings.sink();
        this.events = surroundings.events();
        this.counters = surroundings.counters();
        this.offload = offload;
        this.wheel = wheel;
        this.peerConnections = peerConnections;
        this.seed = random.nextLong();
        this.paths = new ClientPaths(seed);
    }

    /// Returns the allocation of a UDP five-tuple, live, pending or expired; for the data path.
    @Nullable Allocation find(int listener, long high, long low, int port) {
        return paths.find(listener, high, low, port);
    }

    int remoteStreamCount() {
        return paths.remoteStreamCount();
    }

    /// Returns the path of a connection of another shard that has an allocation here, or null.
    @Nullable ClientPath findRemoteStream(int home, int connection) {
        return paths.findRemoteStream(home, connection);
    }

    /// Returns the pending or live allocation of a five-tuple. One that has just expired ends now.
    @Nullable Allocation findLive(ClientPath client, long nowNanos) {
        Allocation allocation = paths.find(client);
        if (allocation == null) {
            return null;
        }
        endExpired(allocation, nowNanos);
        return allocation.ended ? null : allocation;
    }

    /// Returns the relay with this id, or null.
    @Nullable Relay relay(int id) {
        return id >= 0 && id < relays.length ? relays[id] : null;
    }

    /// All relays have smaller ids.
    int relayIdsEnd() {
        return relayIdsUsed;
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return count() >= surroundings.settings().allocationsMax();
    }

    /// Names the next allocation.
    AllocationId nextId() {
        return new AllocationId(shard, ++lastSequence);
    }

    Channels newChannels() {
        return new Channels(seed, surroundings.settings().channelsMax());
    }

    /// Registers an allocation whose answer is still pending.
    void begin(Allocation allocation) {
        paths.bind(allocation.client, allocation);
        count++;
    }

    /// Adds a relay on a leased port. Its socket is asked for with [#bind].
    Relay addRelay(Allocation allocation, TransportAddress relayed) {
        int id = freeRelayIdCount > 0 ? freeRelayIds[--freeRelayIdCount] : relayIdsUsed++;
        if (id >= relays.length) {
            relays = Arrays.copyOf(relays, id * 2);
        }
        Permissions permissions = new Permissions(seed, surroundings.settings().permissionsMax());
        Relay relay = new Relay(id, allocation, relayed, permissions);
        if (allocation.relaysTcp) {
            relay.connections = new LinkedHashSet<>();
        }
        relays[id] = relay;
        allocation.setRelay(relay.family, relay);
        return relay;
    }

    void bind(Relay relay) {
        TransportAddress local = shared.relayAddress(relay.family);
        if (local == null) {
            throw new IllegalStateException("no relay address for " + relay.family);
        }
        relay.bindAttempts++;
        if (relay.allocation.relaysTcp) {
            sink.peers().listen(relay.id, local.high(), local.low(), relay.port());
        } else {
            sink.bindRelay(relay.id, local.high(), local.low(), relay.port());
        }
    }

    /// Tries another port for a relay that could not be bound. Returns false when that was the last
    /// attempt; then the relay is gone.
    boolean bindElsewhere(Relay relay, PortRule rule, boolean fixedPort, long nowNanos) {
        boolean mayMove = !fixedPort && rule != PortRule.EVEN_WITH_NEXT;
        if (mayMove && relay.bindAttempts < BIND_ATTEMPTS_MAX) {
            int port = shared.leasePort(relay.family, rule, nowNanos);
            if (port != SharedState.NONE) {
                shared.returnPort(relay.family, relay.port(), nowNanos);
                relay.relayed = relay.relayed.withPort(port);
                bind(relay);
                return true;
            }
        }
        closeRelay(relay, nowNanos);
        return false;
    }

    /// Makes a bound relay reachable until `expiresNanos`.
    void open(Relay relay, long expiresNanos) {
        relay.state = Relay.State.OPEN;
        relay.expiresNanos = expiresNanos;
        if (relay.allocation.relaysTcp) {
            shared.publishTcpRelay(relay.family, relay.port());
        } else {
            shared.publishRelay(relay.family, relay.port(), shard, relay.id);
        }
    }

    /// Sets the time-to-expiry of a relay.
    void refresh(Relay relay, long expiresNanos, long nowNanos) {
        relay.expiresNanos = expiresNanos;
        reschedule(relay.allocation, nowNanos);
    }

    /// Lets the allocation's timer run until its first relay expires.
    void reschedule(Allocation allocation, long nowNanos) {
        wheel.schedule(allocation, allocation.nextExpiryNanos(), nowNanos);
    }

    /// Ends one relay of an allocation with its permissions and channels, and the allocation itself
    /// when that was its last.
    void endRelay(Relay relay, EndReason reason, long nowNanos) {
        Allocation allocation = relay.allocation;
        closeConnections(relay, reason, nowNanos);
        closeChannels(relay);
        closeRelay(relay, nowNanos);
        if (allocation.hasRelay()) {
            reschedule(allocation, nowNanos);
        } else {
            end(allocation, reason, nowNanos);
        }
    }

    /// Lets tickets stand for an allocation.
    void makeMobile(Allocation allocation) {
        allocation.ticketSerial = ++lastTicketSerial;
        mobile.put(allocation.ticketSerial, allocation);
    }

    /// Returns the live allocation that a ticket calls by this serial, or null.
    @Nullable Allocation findMobile(long serial, long nowNanos) {
        Allocation allocation = mobile.get(serial);
        if (allocation == null) {
            return null;
        }
        endExpired(allocation, nowNanos);
        return allocation.ended ? null : allocation;
    }

    /// Gives a mobile allocation a second five-tuple, which takes the place of the first one once
    /// data comes from it, and at once when nobody is left at the first.
    void letIn(ClientPath client, Allocation allocation) {
        forgetNext(allocation);
        allocation.next = client;
        paths.bind(client, allocation);
        events.onClientLetIn(allocation.summaryAt(client));
        if (allocation.abandoned) {
            move(allocation);
        }
    }

    /// Takes the second five-tuple from an allocation, if it has one.
    void forgetNext(Allocation allocation) {
        ClientPath next = allocation.next;
        if (next != null) {
            allocation.next = null;
            leave(next, allocation);
        }
    }

    /// Makes an allocation's second five-tuple its only one.
    void move(Allocation allocation) {
        ClientPath from = allocation.client;
        ClientPath to = allocation.next;
        if (to == null) {
            return;
        }
        allocation.client = to;
        allocation.next = null;
        if (!allocation.abandoned) {
            leave(from, allocation);
        }
        allocation.abandoned = false;
        counters.increment(Counter.CLIENTS_MOVED);
        offload.onClientMoved(from, to);
    }

    /// Keeps an allocation whose connection has closed until its client comes back, but not for
    /// longer than this.
    void abandon(Allocation allocation, long untilNanos, long nowNanos) {
        leave(allocation.client, allocation);
        allocation.abandoned = true;
        allocation.abandonedUntilNanos = untilNanos;
        reschedule(allocation, nowNanos);
    }

    private void leave(ClientPath client, Allocation allocation) {
        unbind(client);
        events.onClientLeft(allocation.summaryAt(client));
    }

    private void unbind(ClientPath client) {
        paths.unbind(client);
        if (client.isRemote()) {
            sink.passClient(client.home(), ClientPass.TOLD, client, Unpooled.EMPTY_BUFFER, 0, 0);
        }
    }

    /// Ends an allocation, pending or live, and gives back all it held.
    void end(Allocation allocation, EndReason reason, long nowNanos) {
        if (allocation.ended) {
            return;
        }
        allocation.ended = true;
        wheel.cancel(allocation);
        for (AddressFamily family : AddressFamily.values()) {
            Relay relay = allocation.relay(family);
            if (relay != null) {
                closeConnections(relay, reason, nowNanos);
                closeChannels(relay);
                closeRelay(relay, nowNanos);
            }
        }
        forgetNext(allocation);
        if (!allocation.abandoned) {
            unbind(allocation.client);
        }
        mobile.remove(allocation.ticketSerial);
        count--;
        quotas.release(allocation.owner.realm(), allocation.username, allocation.countedFor);
        PendingAllocate pending = allocation.pending;
        if (pending != null) {
            // F-31: the port reserved beside a relay that never came to be.
            pending.cancelReservation(shared, nowNanos);
        } else {
            counters.increment(Counter.ALLOCATIONS_ENDED);
            counters.listeners().ended(allocation.listener);
            events.onAllocationEnded(allocation.summary(), reason);
        }
    }

    /// Ends every allocation.
    void endAll(EndReason reason, long nowNanos) {
        for (Relay relay : relays.clone()) {
            if (relay != null) {
                end(relay.allocation, reason, nowNanos);
            }
        }
    }

    long nextDeadlineNanos() {
        return wheel.nextDeadlineNanos();
    }

    /// Ends what has expired.
    void onTimer(long nowNanos) {
        wheel.advance(
                nowNanos,
                timer -> {
                    if (timer instanceof PeerConnection connection) {
                        peerConnections.onDue(connection, nowNanos);
                        return;
                    }
                    Allocation allocation = (Allocation) timer;
                    endExpired(allocation, nowNanos);
                    if (!allocation.ended) {
                        reschedule(allocation, nowNanos);
                    }
                });
    }

    // G-06: each relay of a dual allocation at its own time.
    private void endExpired(Allocation allocation, long nowNanos) {
        for (AddressFamily family : AddressFamily.values()) {
            Relay relay = allocation.relay(family);
            if (relay != null && relay.hasExpired(nowNanos)) {
                endRelay(relay, EndReason.EXPIRED, nowNanos);
            }
        }
        if (allocation.abandoned && allocation.abandonedUntilNanos - nowNanos <= 0) {
            end(allocation, EndReason.CONNECTION_CLOSED, nowNanos);
        }
    }

    private void closeConnections(Relay relay, EndReason reason, long nowNanos) {
        peerConnections.closeAll(relay, reason != EndReason.CONNECTION_CLOSED, nowNanos);
    }

    private void closeChannels(Relay relay) {
        Allocation allocation = relay.allocation;
        allocation.channels.forEach(channel -> {
            if (channel.relay == relay) {
                offload.onChannelClosed(allocation.client, relay.id, channel.number);
            }
        });
        allocation.channels.removeAll(relay);
    }

    private void closeRelay(Relay relay, long nowNanos) {
        if (relay.state == Relay.State.OPEN) {
            shared.withdrawRelay(relay.family, relay.port());
        }
        relay.state = Relay.State.CLOSED;
        relay.allocation.setRelay(relay.family, null);
        if (relay.allocation.relaysTcp) {
            sink.peers().stopListening(relay.id);
        } else {
            sink.closeRelay(relay.id);
        }
        shared.returnPort(relay.family, relay.port(), nowNanos);
        relays[relay.id] = null;
        if (freeRelayIdCount == freeRelayIds.length) {
            freeRelayIds = Arrays.copyOf(freeRelayIds, freeRelayIdCount * 2);
        }
        freeRelayIds[freeRelayIdCount++] = relay.id;
    }
}

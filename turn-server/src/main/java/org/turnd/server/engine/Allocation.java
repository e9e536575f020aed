package org.turnd.server.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// One allocation (RFC 8656 §6): a five-tuple, its user, and one relayed transport address or, when
/// dual, two. As a timer it is due when the first of them expires.
final class Allocation extends TimerWheel.Timer {
    /// Not mobile: no ticket stands for it.
    static final long NO_SERIAL = 0;

    final AllocationId id;

    /// Where the client is and gets its data; where it was, once [#abandoned].
    ClientPath client;

    /// Where a moving client has asked to be let in, and sent no data from yet (RFC 8016 §3.2.2).
    @Nullable ClientPath next;

    /// The Allocate's user with its key; no password is kept (D-30). A new token may take its
    /// place.
    Principal owner;

    /// The owner is no user any more, or has other keys: the key that the allocation began with
    /// proves nothing.
    boolean disowned;

    /// What counts against a quota, and what logs name, to the end.
    final String username;

    /// The client's address that the allocation is counted for, wherever it moves.
    final TransportAddress countedFor;

    /// The listener at which it was made, wherever its client moves.
    final int listener;

    final Channels channels;

    /// What its user may relay; null for everything.
    @Nullable Bandwidth bandwidth;

    final RateWindow icmpErrors = new RateWindow();

    /// What the answer to the Allocate still waits for; null once it was sent.
    @Nullable PendingAllocate pending;

    /// The relayed transport addresses are TCP's (RFC 6062).
    boolean relaysTcp;

    /// When its Allocate was answered.
    long createdNanos;

    long bytesToPeers;
    long bytesToClient;
    long packetsToPeers;
    long packetsToClient;

    /// The relayed transport addresses that the client was told, to the end.
    List<TransportAddress> relayed = List.of();

    boolean ended;

    /// What its tickets call it.
    long ticketSerial = NO_SERIAL;

    /// Which of its tickets is the good one.
    int ticketGeneration;

    /// Its connection has closed, and its client has until [#abandonedUntilNanos] to come back.
    boolean abandoned;

    long abandonedUntilNanos;

    private @Nullable Relay ipv4;
    private @Nullable Relay ipv6;

    Allocation(
            AllocationId id,
            ClientPath client,
            Principal owner,
            Channels channels,
            PendingAllocate pending) {
        this.id = id;
        this.client = client;
        this.countedFor = client.client();
        this.listener = client.listener();
        this.owner = owner;
        this.username = owner.account();
        this.channels = channels;
        this.pending = pending;
    }

    @Nullable Relay relay(AddressFamily family) {
        return family == AddressFamily.IPV4 ? ipv4 : ipv6;
    }

    void setRelay(AddressFamily family, @Nullable Relay relay) {
        if (family == AddressFamily.IPV4) {
            ipv4 = relay;
        } else {
            ipv6 = relay;
        }
    }

    /// How it is now, for events.
    AllocationSummary summary() {
        return summaryAt(client);
    }

    /// As [#summary], for events about another five-tuple.
    AllocationSummary summaryAt(ClientPath path) {
        return new AllocationSummary(
                id,
                path,
                owner.realm().name(),
                username,
                relayed,
                relaysTcp,
                createdNanos,
                bytesToPeers,
                bytesToClient);
    }

    /// Says whether a relay socket is still being bound.
    boolean isBinding() {
        return (ipv4 != null && ipv4.state == Relay.State.BINDING)
                || (ipv6 != null && ipv6.state == Relay.State.BINDING);
    }

    /// Says whether the Allocate of this transaction is still to be answered.
    boolean isBeingAnswered(TransactionId id) {
        return pending != null && pending.request.message().transactionId().equals(id);
    }

    boolean isMobile() {
        return ticketSerial != NO_SERIAL;
    }

    /// Says whether this five-tuple is the client's, or about to be.
    boolean isAt(ClientPath path) {
        ClientPath second = next;
        return (!abandoned && client.isSame(path)) || (second != null && second.isSame(path));
    }

    boolean hasRelay() {
        return ipv4 != null || ipv6 != null;
    }

    /// When the first relayed transport address expires, or nobody waits for the client any more.
    long nextExpiryNanos() {
        long relaysNanos = relaysExpireNanos();
        return abandoned && abandonedUntilNanos - relaysNanos < 0
                ? abandonedUntilNanos
                : relaysNanos;
    }

    /// When the last relayed transport address expires.
    long lastExpiryNanos() {
        Relay first = ipv4;
        Relay second = ipv6;
        if (first == null || second == null) {
            return relaysExpireNanos();
        }
        return first.expiresNanos - second.expiresNanos > 0
                ? first.expiresNanos
                : second.expiresNanos;
    }

    private long relaysExpireNanos() {
        Relay first = ipv4;
        Relay second = ipv6;
        if (first == null || second == null) {
            Relay only = first == null ? second : first;
            return only == null ? Long.MAX_VALUE : only.expiresNanos;
        }
        return first.expiresNanos - second.expiresNanos < 0
                ? first.expiresNanos
                : second.expiresNanos;
    }
}

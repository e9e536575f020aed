package org.turnd.server.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ChannelData;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.InvalidAttribute;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMessage;
import org.turnd.stun.TransportAddress;

/// CreatePermission (RFC 8656 §10.2) and ChannelBind (§12.2), which installs a permission, too.
final class PermissionProcessor {
    private final int channelNumberMax;
    private final ReachablePeers reachable;
    private final ChannelOffload offload;
    private final EngineEvents events;
    private final EngineCounters counters;

    PermissionProcessor(
            EngineSettings settings,
            ReachablePeers reachable,
            ChannelOffload offload,
            EngineEvents events,
            EngineCounters counters) {
        this.channelNumberMax = settings.channelNumberMax();
        this.reachable = reachable;
        this.offload = offload;
        this.events = events;
        this.counters = counters;
    }

    /// Installs a permission for every peer named, or for none (W-13).
    Answer createPermission(Request request, Allocation allocation) {
        StunMessage message = request.message();
        // H-03: a permission is for an IP address; the port says nothing.
        List<TransportAddress> peers =
                message.all(XorPeerAddress.class).stream()
                        .map(peer -> peer.address().withPort(0))
                        .distinct()
                        .toList();
        // H-01.
        if (peers.isEmpty() || hasMalformedPeer(message)) {
            return Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_REQUEST);
        }
        // H-04.
        if (peers.stream().anyMatch(peer -> allocation.relay(peer.family()) == null)) {
            return Answer.Refusal.of(
                    ErrorReason.PEER_ADDRESS_FAMILY_MISMATCH, RefusalCause.FAMILY_MISMATCH);
        }
        // H-05, S-06.
        if (!peers.stream().allMatch(peer -> reachable.permits(peer.high(), peer.low()))) {
            return Answer.Refusal.of(ErrorReason.FORBIDDEN, RefusalCause.PEER_DENIED);
        }
        // H-06.
        if (!haveRoom(allocation, peers, request.nowNanos())) {
            return Answer.Refusal.of(ErrorReason.INSUFFICIENT_CAPACITY, RefusalCause.CAPACITY);
        }
        for (TransportAddress peer : peers) {
            install(allocation, peer, request.nowNanos());
        }
        return Answer.Success.of();
    }

    /// Binds a channel, or binds it again.
    Answer channelBind(Request request, Allocation allocation) {
        // L-19.
        if (allocation.relaysTcp) {
            return Answer.Refusal.of(ErrorReason.FORBIDDEN, RefusalCause.WRONG_TRANSPORT);
        }
        StunMessage message = request.message();
        long nowNanos = request.nowNanos();
        ChannelNumber number = message.first(ChannelNumber.class);
        XorPeerAddress peerAttribute = message.first(XorPeerAddress.class);
        // J-01, J-02. Nothing can be sent to port 0.
        if (number == null
                || number.number() < ChannelData.MIN_NUMBER
                || number.number() > channelNumberMax
                || peerAttribute == null
                || peerAttribute.address().port() == 0) {
            return Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_REQUEST);
        }
        TransportAddress peer = peerAttribute.address();
        Relay relay = allocation.relay(peer.family());
        // J-06.
        if (relay == null) {
            return Answer.Refusal.of(
                    ErrorReason.PEER_ADDRESS_FAMILY_MISMATCH, RefusalCause.FAMILY_MISMATCH);
        }
        if (!reachable.permitsChannel(peer.high(), peer.low(), peer.port())) {
            return Answer.Refusal.of(ErrorReason.FORBIDDEN, RefusalCause.PEER_DENIED);
        }
        // J-03: neither number nor peer may be bound to something else.
        Channels channels = allocation.channels;
        ChannelBinding ofNumber = channels.find(number.number(), nowNanos);
        ChannelBinding ofPeer = channels.find(peer.high(), peer.low(), peer.port(), nowNanos);
        if (ofNumber != ofPeer) {
            return Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_REQUEST);
        }
        boolean fits =
                haveRoom(allocation, List.of(peer), nowNanos)
                        && (ofNumber != null || channels.hasRoom(nowNanos));
        if (!fits) {
            return Answer.Refusal.of(ErrorReason.INSUFFICIENT_CAPACITY, RefusalCause.CAPACITY);
        }
        bind(request, relay, number.number(), peer, ofNumber);
        return Answer.Success.of();
    }

    private void bind(
            Request request,
            Relay relay,
            int number,
            TransportAddress peer,
            @Nullable ChannelBinding existing) {
        Allocation allocation = relay.allocation;
        long nowNanos = request.nowNanos();
        ChannelBinding channel = existing;
        if (channel == null) {
            channel = new ChannelBinding(number, relay, peer.high(), peer.low(), peer.port());
            // A channel that isn't live yet would be swept away with the expired ones.
            channel.expiresNanos = nowNanos + ChannelBinding.LIFETIME_NANOS;
            allocation.channels.add(channel, nowNanos);
            counters.increment(Counter.CHANNELS_BOUND);
        }
        // J-04: both timers begin anew. H-08: the permission lasts 300 s all the same.
        channel.expiresNanos = nowNanos + ChannelBinding.LIFETIME_NANOS;
        install(allocation, peer, nowNanos);
        long permissionNanos = relay.permissions.expiresNanos(peer.high(), peer.low());
        offload.onChannelBound(
                allocation.client,
                relay.id,
                number,
                peer.high(),
                peer.low(),
                peer.port(),
                Math.min(relay.expiresNanos, Math.min(permissionNanos, channel.expiresNanos)));
    }

    private void install(Allocation allocation, TransportAddress peer, long nowNanos) {
        Relay relay = allocation.relay(peer.family());
        if (relay != null) {
            if (!relay.permissions.isLive(peer.high(), peer.low(), nowNanos)) {
                events.onPermitted(allocation.summary(), peer);
            }
            relay.permissions.install(peer.high(), peer.low(), nowNanos);
            counters.increment(Counter.PERMISSIONS_INSTALLED);
        }
    }

    private static boolean haveRoom(
            Allocation allocation, List<TransportAddress> peers, long nowNanos) {
        for (AddressFamily family : AddressFamily.values()) {
            Relay relay = allocation.relay(family);
            if (relay == null) {
                continue;
            }
            int added = 0;
            for (TransportAddress peer : peers) {
                if (peer.family() == family
                        && !relay.permissions.isLive(peer.high(), peer.low(), nowNanos)) {
                    added++;
                }
            }
            if (!relay.permissions.hasRoom(added, nowNanos)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasMalformedPeer(StunMessage message) {
        for (StunAttribute attribute : message.attributes()) {
            if (attribute instanceof InvalidAttribute invalid
                    && invalid.type() == AttributeType.XOR_PEER_ADDRESS) {
                return true;
            }
        }
        return false;
    }
}

package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ChannelData;
import org.turnd.stun.MessageType;
import org.turnd.stun.StreamFraming;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Application data between clients and peers (RFC 8656 §11, §12): primitives in, the same bytes
/// out, nothing allocated, nothing thrown.
final class DataPath {
    /// The largest payload of a UDP datagram over IPv4 (J-19); over IPv6 20 bytes more would fit.
    private static final int DATAGRAM_BYTES_MAX = 65_507;

    /// What the length field of a STUN message can say: a Data indication holds less than the
    /// largest datagram of an IPv6 peer.
    private static final int MESSAGE_BYTES_MAX = StreamFraming.MAX_FRAME_LENGTH;

    private static final int DATA_INDICATION =
            MessageType.of(StunMethod.DATA, StunClass.INDICATION);

    private final int shard;
    private final Allocations allocations;
    private final SharedState shared;
    private final PeerPolicy policy;
    private final EngineSink sink;
    private final EngineCounters counters;
    private final TransactionIds transactionIds;
    private final UnderstoodAttributes understood;
    private final StunWriter writer = new StunWriter();

    DataPath(
            Surroundings surroundings,
            Allocations allocations,
            PeerPolicy policy,
            TransactionIds transactionIds,
            UnderstoodAttributes understood) {
        this.shard = surroundings.shard();
        this.allocations = allocations;
        this.shared = surroundings.shared();
        this.policy = policy;
        this.sink = surroundings.sink();
        this.counters = surroundings.counters();
        this.transactionIds = transactionIds;
        this.understood = understood;
    }

    /// ChannelData from a client (§12.6). Returns false when it isn't any.
    boolean onChannelData(
            @Nullable Allocation allocation,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        if (allocation == null) {
            counters.increment(Counter.DROPPED_NO_ALLOCATION);
            return false;
        }
        // J-12: shorter than it says is dropped, longer is padding.
        if (length < ChannelData.HEADER_LENGTH
                || ChannelData.dataLength(buffer, offset) > length - ChannelData.HEADER_LENGTH) {
            counters.increment(Counter.DROPPED_MALFORMED);
            return false;
        }
        ChannelBinding channel =
                allocation.channels.find(ChannelData.number(buffer, offset), nowNanos);
        // J-11. W-05: the channel is enough; its permission may have expired before it.
        if (channel == null || !channel.relay.isLive(nowNanos)) {
            counters.increment(Counter.DROPPED_NO_CHANNEL);
            return true;
        }
        toPeer(
                channel.relay,
                channel.peerHigh,
                channel.peerLow,
                channel.peerPort,
                buffer,
                offset + ChannelData.HEADER_LENGTH,
                ChannelData.dataLength(buffer, offset),
                false,
                nowNanos);
        return true;
    }

    /// A Send indication from a client (§11.2). The view is borrowed. Returns false when it isn't a
    /// good one.
    boolean onSend(@Nullable Allocation allocation, StunView message, long nowNanos) {
        if (allocation == null) {
            counters.increment(Counter.DROPPED_NO_ALLOCATION);
            return false;
        }
        int peer = message.find(AttributeType.XOR_PEER_ADDRESS);
        int data = message.find(AttributeType.DATA);
        // I-03, A-17.
        if (peer < 0
                || data < 0
                || !message.isAddress(peer)
                // L-19.
                || allocation.relaysTcp
                || understood.lacksAny(message)) {
            counters.increment(Counter.DROPPED_BAD_INDICATION);
            return false;
        }
        long high = message.xorAddressHigh(peer);
        long low = message.xorAddressLow(peer);
        int port = message.xorPort(peer);
        Relay relay = allocation.relay(familyOf(high, low));
        // I-08.
        if (relay == null || port == 0 || !relay.isLive(nowNanos)) {
            counters.increment(Counter.DROPPED_BAD_INDICATION);
            return false;
        }
        boolean whole =
                message.find(AttributeType.DONT_FRAGMENT) >= 0
                        && Fragmentation.isForbiddenBySend(allocation.client, relay.family);
        // I-05.
        if (whole && !sink.setsDontFragment()) {
            counters.increment(Counter.DROPPED_BAD_INDICATION);
            return false;
        }
        // I-04.
        if (!relay.permissions.isLive(high, low, nowNanos)) {
            counters.increment(Counter.DROPPED_NO_PERMISSION);
            return true;
        }
        // I-07, S-06: the rules hold at send time, too.
        if (!policy.permits(high, low, port) && !shared.isRelayAddress(high, low)) {
            counters.increment(Counter.DROPPED_PEER_DENIED);
            return true;
        }
        toPeer(
                relay,
                high,
                low,
                port,
                message.buffer(),
                data,
                message.valueLength(data),
                whole,
                nowNanos);
        return true;
    }

    /// A datagram that arrived at a relayed transport address (§11.3, §12.5).
    void onPeerDatagram(
            @Nullable Relay relay,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        // F-21, F-22: past its lifetime a relay is deaf, whatever passed through it.
        if (relay == null || !relay.isLive(nowNanos)) {
            counters.increment(Counter.DROPPED_NO_ALLOCATION);
            return;
        }
        // H-10: only the IP address counts.
        if (!relay.permissions.isLive(high, low, nowNanos)) {
            counters.increment(Counter.DROPPED_NO_PERMISSION);
            return;
        }
        Allocation allocation = relay.allocation;
        ChannelBinding channel = allocation.channels.find(high, low, port, nowNanos);
        if (channel == null && length > MESSAGE_BYTES_MAX - indicationOverhead(high, low)) {
            counters.increment(Counter.DROPPED_TOO_LONG);
            return;
        }
        Bandwidth bandwidth = allocation.bandwidth;
        Counter refusal = bandwidth == null ? null : bandwidth.takeToClients(length, nowNanos);
        if (refusal != null) {
            counters.increment(refusal);
            return;
        }
        counters.increment(Counter.PACKETS_TO_CLIENTS);
        counters.add(Counter.BYTES_TO_CLIENTS, length);
        allocation.bytesToClient += length;
        allocation.packetsToClient++;
        if (channel != null) {
            int start = offset - ChannelData.HEADER_LENGTH;
            ChannelData.writeHeader(buffer, start, channel.number, length);
            sink.relayToClient(
                    allocation.client, buffer, start, length + ChannelData.HEADER_LENGTH);
        } else {
            sendDataIndication(allocation.client, high, low, port, buffer, offset, length);
        }
    }

    /// A datagram that another shard passed on.
    void onHandOver(
            long relayHigh,
            long relayLow,
            int relayPort,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        long where = shared.findRelay(relayHigh, relayLow, relayPort);
        if (where == SharedState.NONE || (int) (where >>> 32) != shard) {
            counters.increment(Counter.DROPPED_NO_ALLOCATION);
            return;
        }
        onPeerDatagram(
                allocations.relay((int) where),
                sourceHigh,
                sourceLow,
                sourcePort,
                buffer,
                offset,
                length,
                nowNanos);
    }

    private void toPeer(
            Relay relay,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            boolean whole,
            long nowNanos) {
        if (length > DATAGRAM_BYTES_MAX) {
            counters.increment(Counter.DROPPED_TOO_LONG);
            return;
        }
        if (shared.isRelayAddress(high, low)) {
            long where = shared.findRelay(high, low, port);
            if (where != SharedState.NONE) {
                if (!admit(relay, length, nowNanos)) {
                    return;
                }
                toOwnRelay(where, relay, high, low, port, buffer, offset, length, nowNanos);
                return;
            }
            // S-05: on our own address only relays are open to everybody.
            if (!policy.permits(high, low, port)) {
                counters.increment(Counter.DROPPED_PEER_DENIED);
                return;
            }
        }
        if (!admit(relay, length, nowNanos)) {
            return;
        }
        if (whole) {
            sink.sendWholeToPeer(relay.id, high, low, port, buffer, offset, length);
        } else {
            sink.sendToPeer(relay.id, high, low, port, buffer, offset, length);
        }
    }

    /// Relay to relay never leaves the process.
    private void toOwnRelay(
            long where,
            Relay from,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        counters.increment(Counter.PACKETS_HANDED_OVER);
        int targetShard = (int) (where >>> 32);
        long sourceHigh = from.relayed.high();
        long sourceLow = from.relayed.low();
        int sourcePort = from.relayed.port();
        if (targetShard == shard) {
            onPeerDatagram(
                    allocations.relay((int) where),
                    sourceHigh,
                    sourceLow,
                    sourcePort,
                    buffer,
                    offset,
                    length,
                    nowNanos);
        } else {
            sink.handOver(
                    targetShard,
                    high,
                    low,
                    port,
                    sourceHigh,
                    sourceLow,
                    sourcePort,
                    buffer,
                    offset,
                    length);
        }
    }

    /// Counts a packet to a peer; false when there is no bandwidth left (I-17).
    private boolean admit(Relay relay, int length, long nowNanos) {
        Allocation allocation = relay.allocation;
        Bandwidth bandwidth = allocation.bandwidth;
        Counter refusal = bandwidth == null ? null : bandwidth.takeToPeers(length, nowNanos);
        if (refusal != null) {
            counters.increment(refusal);
            return false;
        }
        allocation.bytesToPeers += length;
        allocation.packetsToPeers++;
        counters.increment(Counter.PACKETS_TO_PEERS);
        counters.add(Counter.BYTES_TO_PEERS, length);
        return true;
    }

    // I-09: written in place around the payload.
    private void sendDataIndication(
            ClientPath client,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length) {
        int start = offset - indicationOverhead(high, low);
        transactionIds.next();
        writer.begin(
                        buffer,
                        start,
                        DATA_INDICATION,
                        TransactionId.MAGIC_COOKIE,
                        transactionIds.high(),
                        transactionIds.low())
                .xorPeerAddress(high, low, port)
                .dataHeader(length);
        sink.relayToClient(client, buffer, start, writer.length());
    }

    private static int indicationOverhead(long high, long low) {
        return TransportAddress.isIpv4(high, low)
                ? StunWriter.DATA_INDICATION_OVERHEAD_IPV4
                : StunWriter.DATA_INDICATION_OVERHEAD_IPV6;
    }

    private static AddressFamily familyOf(long high, long low) {
        return TransportAddress.isIpv4(high, low) ? AddressFamily.IPV4 : AddressFamily.IPV6;
    }
}

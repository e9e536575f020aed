package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.SharedState;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Which application data goes where (RFC 8656 §11, §12): exactly one packet where the model says
/// so, with exactly these bytes, and none anywhere else.
final class ForwardingRules {
    /// J-19: what fits one UDP datagram.
    private static final int PEER_BYTES_MAX = 65_507;

    private static final int STUN_BODY_MAX = 0xFFFC;

    private final Model model;
    private final RelaySockets sockets;
    private final AddressPlan plan;

    ForwardingRules(Model model, RelaySockets sockets, AddressPlan plan) {
        this.model = model;
        this.sockets = sockets;
        this.plan = plan;
    }

    /// ChannelData from a client.
    void channelData(FiveTuple from, Octets bytes, List<Output> outputs) {
        ByteBuf frame = Unpooled.wrappedBuffer(bytes.toByteArray());
        Model.Allocation allocation = model.allocation(from);
        boolean whole = bytes.length() >= 4 && frame.getUnsignedShort(2) <= bytes.length() - 4;
        Model.Channel channel =
                allocation == null || !whole
                        ? null
                        : allocation.channels.get(frame.getUnsignedShort(0));
        if (allocation == null || channel == null) {
            expectNothing("ChannelData without a channel", outputs);
            return;
        }
        Octets data = Octets.of(frame, 4, frame.getUnsignedShort(2));
        toPeer(relayTowards(allocation, channel.peer()), channel.peer(), data, false, outputs);
    }

    /// A Send indication from a client.
    void send(FiveTuple from, StunMessage message, List<Output> outputs) {
        Model.Allocation allocation = model.allocation(from);
        StunAttribute.XorPeerAddress peer = message.first(StunAttribute.XorPeerAddress.class);
        StunAttribute.Data data = message.first(StunAttribute.Data.class);
        if (allocation == null
                || peer == null
                || data == null
                || peer.address().port() == 0
                || Understood.lacksAny(message)) {
            expectNothing("useless Send", outputs);
            return;
        }
        Model.Relay relay = relayTowards(allocation, peer.address());
        if (relay == null || !relay.permits(peer.address())) {
            expectNothing("I-04: Send without permission", outputs);
            return;
        }
        if (!outputs.isEmpty() || !Understood.isOdd(message)) {
            // I-05, K-06, K-08.
            boolean whole =
                    message.has(AttributeType.DONT_FRAGMENT)
                            && (!from.transport().isDatagram()
                                    || (from.client().isIpv4() && peer.address().isIpv4()));
            toPeer(relay, peer.address(), data.value(), whole, outputs);
        }
    }

    /// A datagram for a relayed transport address.
    ///
    /// @param socket where it arrived; null when there is none
    void inbound(
            RelaySockets.@Nullable Socket socket,
            TransportAddress source,
            Octets data,
            List<Output> outputs) {
        Model.Relay relay = model.relay(socket);
        if (relay == null || !relay.permits(source)) {
            expectNothing("H-10: from " + source + " without permission", outputs);
            return;
        }
        Integer channel = relay.allocation.channelTo(source);
        if (channel == null && !fitsDataIndication(source, data)) {
            expectNothing("too long for a Data indication", outputs);
            return;
        }
        Output only = onlyOne("permitted data from " + source, outputs);
        if (!(only instanceof Output.ToClient sent)) {
            throw new SimulationFailure("not sent to the client: " + only);
        }
        check(
                sent.to().equals(relay.allocation.client),
                "data for %s sent to %s",
                relay.allocation.client,
                sent.to());
        if (channel == null) {
            checkDataIndication(
                    sent.bytes(),
                    List.of(
                            new StunAttribute.XorPeerAddress(source),
                            new StunAttribute.Data(data)));
        } else {
            checkChannelData(sent.bytes(), channel, data);
        }
    }

    /// An ICMP error about a datagram to a peer (I-12 to I-15).
    void icmpError(
            RelaySockets.@Nullable Socket socket, Input.IcmpError error, List<Output> outputs) {
        Model.Relay relay = model.relay(socket);
        boolean ipv4 = error.peer().isIpv4();
        List<Integer> types = ipv4 ? List.of(3, 11) : List.of(1, 2, 3);
        if (relay == null || !relay.permits(error.peer()) || !types.contains(error.type())) {
            expectNothing("I-13: " + error, outputs);
            return;
        }
        boolean tooBig = ipv4 ? error.type() == 3 && error.code() == 4 : error.type() == 2;
        int mtu = tooBig ? error.mtu() : 0;
        if (!(onlyOne("I-12: " + error, outputs) instanceof Output.ToClient sent)) {
            throw new SimulationFailure("not sent to the client: " + outputs);
        }
        check(sent.to().equals(relay.allocation.client), "%s told to %s", error, sent.to());
        checkDataIndication(
                sent.bytes(),
                List.of(
                        new StunAttribute.XorPeerAddress(error.peer()),
                        new StunAttribute.Icmp(error.type(), error.code(), mtu)));
    }

    static void expectNothing(String why, List<Output> outputs) {
        check(outputs.isEmpty(), "%s: sent %s", why, outputs);
    }

    private void toPeer(
            Model.@Nullable Relay relay,
            TransportAddress peer,
            Octets data,
            boolean whole,
            List<Output> outputs) {
        if (relay == null || data.length() > PEER_BYTES_MAX) {
            expectNothing("nothing to relay with", outputs);
            return;
        }
        TransportAddress relayed = plan.relayed(peer);
        RelaySockets.Socket target =
                relayed == null ? null : sockets.find(relayed.family(), relayed.port());
        if (target == null || !target.published) {
            if (AddressPlan.isDenied(peer)) {
                expectNothing("S-06: to the denied peer " + peer, outputs);
                return;
            }
            check(
                    onlyOne("permitted data to " + peer, outputs)
                            .equals(new Output.ToPeer(relay.socket.relay, peer, data, whole)),
                    "data to %s changed: %s",
                    peer,
                    outputs);
        } else if (target.shard == relay.socket.shard) {
            inbound(target, relay.relayed, data, outputs);
        } else {
            check(
                    onlyOne("data to " + peer, outputs)
                            .equals(new Output.HandOver(target.shard, peer, relay.relayed, data)),
                    "data handed over to %s changed: %s",
                    peer,
                    outputs);
        }
    }

    private static Model.@Nullable Relay relayTowards(
            Model.Allocation allocation, TransportAddress peer) {
        return allocation.relays.get(peer.family());
    }

    private static Output onlyOne(String what, List<Output> outputs) {
        check(outputs.size() == 1, "%s became %d packets", what, outputs.size());
        return outputs.getFirst();
    }

    private static boolean fitsDataIndication(TransportAddress source, Octets data) {
        int body = (source.isIpv4() ? 12 : 24) + 4 + (data.length() + 3 & ~3);
        return body <= STUN_BODY_MAX;
    }

    // I-09.
    private static void checkDataIndication(Octets bytes, List<StunAttribute> attributes) {
        byte[] array = bytes.toByteArray();
        if (!(StunMessage.decode(Unpooled.wrappedBuffer(array), 0, array.length)
                instanceof StunMessage message)) {
            throw new SimulationFailure("J-10: neither ChannelData nor a Data indication");
        }
        check(
                message.method() == StunMethod.DATA
                        && message.messageClass() == StunClass.INDICATION
                        && message.attributes().equals(attributes),
                "Data indication of %s changed: %s",
                attributes,
                message);
    }

    // J-10.
    private static void checkChannelData(Octets bytes, int channel, Octets data) {
        ByteBuf frame = Unpooled.wrappedBuffer(bytes.toByteArray());
        check(
                bytes.length() == 4 + data.length()
                        && frame.getUnsignedShort(0) == channel
                        && frame.getUnsignedShort(2) == data.length()
                        && Octets.of(frame, 4, data.length()).equals(data),
                "J-10: not ChannelData of channel %#x with the same bytes",
                channel);
    }

    /// The directory of relays agrees with what clients were told.
    void checkDirectory(SharedState shared) {
        for (Model.Allocation allocation : model.allocations()) {
            for (Model.Relay relay : allocation.relays.values()) {
                TransportAddress at = relay.relayed;
                check(
                        shared.findRelay(at.high(), at.low(), at.port())
                                == ((long) relay.socket.shard << 32 | relay.socket.relay),
                        "relay %s isn't in the directory",
                        at);
            }
        }
    }
}

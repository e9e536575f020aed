package org.turnd.server.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.turnd.stun.TransportAddress;

/// Sends in every direction one nanosecond before, at, and after the end of a permission, a channel
/// or an allocation, and again after the timers have run. It reads the model to know when; whether
/// what comes of it is right, the invariants judge as ever.
final class EdgeProber {
    private static final long[] AROUND_NANOS = {
        -1, 0, 1, VirtualNetwork.SECONDS, 2 * VirtualNetwork.SECONDS
    };
    private static final int PAYLOAD_LENGTH = 40;
    private static final int PROBER = -2;

    private final World world;
    private final VirtualServer server;
    private final RandomGenerator random;
    private final RequestWriter writer;
    private int sequence;

    EdgeProber(World world, VirtualServer server) {
        this.world = world;
        this.server = server;
        this.random = world.random().split();
        this.writer = new RequestWriter(random);
    }

    /// Picks something that will end, and waits for its end.
    void act() {
        List<Model.Allocation> allocations = world.model().allocations();
        if (allocations.isEmpty()) {
            return;
        }
        Model.Allocation allocation = World.anyOf(allocations, random);
        Model.Relay relay = World.anyOf(List.copyOf(allocation.relays.values()), random);
        List<Runnable> probes = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        ends.add(relay.socket.expiresNanos);
        relay.permissions.forEach((peer, expiresNanos) -> {
            ends.add(expiresNanos);
            TransportAddress port = peer.withPort(5000);
            probes.add(() -> fromPeer(relay.relayed, port));
            probes.add(() -> fromClient(allocation, writer.send(port, payload(port))));
        });
        allocation.channels.forEach((number, channel) -> {
            ends.add(channel.expiresNanos());
            probes.add(() -> fromPeer(relay.relayed, channel.peer()));
            probes.add(() -> overChannel(allocation, number, channel));
        });
        long end = World.anyOf(ends, random);
        for (long around : AROUND_NANOS) {
            long at = end + around;
            if (at > world.network().nowNanos()) {
                world.network().at(at, () -> probes.forEach(Runnable::run));
            }
        }
    }

    /// Names the peer that the channel has by now: it may have been bound anew.
    private void overChannel(Model.Allocation allocation, int number, Model.Channel before) {
        Model.Allocation now = world.model().allocation(allocation.client);
        Model.Channel channel = now == null ? null : now.channels.get(number);
        TransportAddress peer = channel == null ? before.peer() : channel.peer();
        fromClient(allocation, writer.channelData(number, payload(peer)));
    }

    private byte[] payload(TransportAddress to) {
        return Payload.write(PROBER, sequence++, to, PAYLOAD_LENGTH, random);
    }

    private void fromPeer(TransportAddress relayed, TransportAddress peer) {
        server.fromPeer(relayed, peer, payload(relayed));
    }

    private void fromClient(Model.Allocation allocation, byte[] bytes) {
        FiveTuple client = allocation.client;
        if (client.transport().isDatagram()) {
            server.fromClient(client.listener(), client.client(), bytes);
        } else {
            server.fromStream(client, bytes);
        }
    }
}

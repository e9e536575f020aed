package org.turnd.server.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.engine.AbuseLimits;
import org.turnd.server.engine.ChannelOffload;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.EngineSettings;
import org.turnd.server.engine.Redirect;
import org.turnd.server.engine.RelayTransports;
import org.turnd.server.engine.SecurityFeatures;
import org.turnd.server.engine.Transport;
import org.turnd.server.engine.TurnEngine;
import org.turnd.server.policy.AddressRules;
import org.turnd.server.policy.LocalSharedState;
import org.turnd.server.policy.Quotas;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// The server: its shards, what brings packets to them and what they send away.
final class VirtualServer {
    /// Listeners 0 and 1 take UDP, 2 takes TCP and 3 TLS.
    static final int UDP_LISTENERS = 2;

    static final int TCP_LISTENER = 2;
    static final int TLS_LISTENER = 3;

    /// How long a mobile allocation outlives its connection.
    static final int MOBILITY_WINDOW_SECONDS = 20;

    private static final int CAPTURED_MAX = 64;

    /// A datagram seen on its way to the server, for those who replay.
    record Captured(FiveTuple from, Octets datagram) {
        byte[] bytes() {
            return datagram.toByteArray();
        }
    }

    private final World world;
    private final AddressRules rules;
    private final List<VirtualShard> shards = new ArrayList<>();
    private final List<Captured> captured = new ArrayList<>();
    private final RandomGenerator random;
    private Internet internet = Internet.NOBODY;
    private int connections;
    private final Tally tally = new Tally();

    VirtualServer(World world) {
        this.world = world;
        this.rules = world.plan().rules();
        this.random = world.random().split();
        for (int i = 0; i < world.settings().shards(); i++) {
            shards.add(new VirtualShard(i, this, world));
        }
    }

    void connect(Internet clientsAndPeers) {
        internet = clientsAndPeers;
    }

    /// A UDP datagram arrives at a listener.
    void fromClient(int listener, TransportAddress source, byte[] bytes) {
        FiveTuple from = fiveTuple(listener, source);
        capture(new Captured(from, Octets.of(bytes)));
        shards.get(from.shard()).fromClient(from, bytes);
    }

    FiveTuple fiveTuple(int listener, TransportAddress source) {
        int shard = Math.floorMod(source.hashCode() * 31 + listener, shards.size());
        return new FiveTuple(shard, Transport.UDP, listener, ClientPath.NO_CONNECTION, source);
    }

    /// A client connects.
    FiveTuple openStream(boolean tls, TransportAddress source) {
        VirtualShard shard = World.anyOf(shards, random);
        return shard.openStream(
                tls ? TLS_LISTENER : TCP_LISTENER,
                tls ? Transport.TLS : Transport.TCP,
                connections++,
                source);
    }

    /// A whole message arrives on a connection.
    void fromStream(FiveTuple client, byte[] bytes) {
        shards.get(client.shard()).fromClient(client, bytes);
    }

    /// A connection ends.
    void closeStream(FiveTuple client) {
        shards.get(client.shard()).closeStream(client);
    }

    /// A datagram arrives at a relay address; whoever has the port gets it.
    void fromPeer(TransportAddress relayed, TransportAddress peer, byte[] bytes) {
        TransportAddress known = world.plan().relayed(relayed);
        RelaySockets.Socket socket =
                known == null ? null : world.sockets().find(known.family(), known.port());
        if (socket != null && socket.state == RelaySockets.State.BOUND) {
            shards.get(socket.shard).fromPeer(socket.relay, peer, bytes);
        }
    }

    /// An ICMP error arrives at a relay address.
    void icmpError(TransportAddress relayed, TransportAddress peer, int type, int code, int mtu) {
        TransportAddress known = world.plan().relayed(relayed);
        RelaySockets.Socket socket =
                known == null ? null : world.sockets().find(known.family(), known.port());
        if (socket != null && socket.state == RelaySockets.State.BOUND) {
            shards.get(socket.shard)
                    .icmpError(new Input.IcmpError(socket.relay, peer, type, code, mtu));
        }
    }

    void restart(int shard) {
        shards.get(shard).restart();
        internet.shardRestarted(shard);
    }

    int shardCount() {
        return shards.size();
    }

    int allocationCount() {
        return shards.stream().mapToInt(VirtualShard::allocationCount).sum();
    }

    /// What engines that were stopped had counted.
    Tally tally() {
        return tally;
    }

    /// What all engines have counted.
    Tally finalTally() {
        shards.forEach(shard -> shard.tally(tally));
        return tally;
    }

    List<Captured> captured() {
        return captured;
    }

    /// Sends away what an engine has put out.
    void deliver(int shard, Output output) {
        switch (output) {
            case Output.ToClient(FiveTuple to, var bytes) ->
                    internet.toClient(to, bytes.toByteArray());
            case Output.ToPeer(int relay, TransportAddress peer, var bytes, boolean whole) -> {
                RelaySockets.Socket socket = world.sockets().find(shard, relay);
                if (socket != null) {
                    TransportAddress outside = world.plan().relayOutside(socket.family);
                    internet.toPeer(
                            outside == null ? peer : outside.withPort(socket.port),
                            peer,
                            bytes.toByteArray());
                }
            }
            case Output.HandOver handOver ->
                    world.network()
                            .after(
                                    random.nextLong(VirtualNetwork.MILLIS),
                                    () -> shards.get(handOver.shard()).handedOver(handOver));
        }
    }

    TurnEngine newEngine(int shard, VirtualShard sink, RandomGenerator engineRandom) {
        ScenarioSettings settings = world.settings();
        return new TurnEngine(
                shard,
                new EngineSettings(
                        Authentication.REALM,
                        "turnd",
                        600,
                        settings.maxLifetimeSeconds(),
                        settings.nonceLifetimeSeconds(),
                        SecurityFeatures.DEFAULT,
                        Redirect.NONE,
                        settings.allocationsMax(),
                        settings.permissionsMax(),
                        settings.channelsMax(),
                        10_000,
                        true,
                        MOBILITY_WINDOW_SECONDS,
                        0x4FFF,
                        false,
                        AbuseLimits.NONE,
                        RelayTransports.UDP_ONLY),
                world.shared(),
                world.authentication(),
                rules,
                sink,
                // Events are for logs; the simulation judges packets.
                new EngineEvents() {},
                ChannelOffload.NONE,
                engineRandom);
    }

    static LocalSharedState sharedState(
            ScenarioSettings settings, AddressPlan plan, RandomGenerator random) {
        ServerSettings.Relay relay =
                new ServerSettings.Relay(
                        plan.relayInside(AddressFamily.IPV4),
                        plan.relayInside(AddressFamily.IPV6),
                        plan.relayOutside(AddressFamily.IPV4),
                        plan.relayOutside(AddressFamily.IPV6),
                        RelaySockets.FIRST_PORT,
                        RelaySockets.FIRST_PORT + settings.relayPorts() - 1,
                        Duration.ofSeconds(settings.quarantineSeconds()));
        return new LocalSharedState(relay, Quotas.perUser(settings.allocationsPerUser()), random);
    }

    private void capture(Captured datagram) {
        if (captured.size() < CAPTURED_MAX) {
            captured.add(datagram);
        } else {
            captured.set(random.nextInt(CAPTURED_MAX), datagram);
        }
    }
}
